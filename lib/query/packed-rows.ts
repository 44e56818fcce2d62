import type { Flaw } from './flaws.js';
import type { Percentile } from './percentile.js';
import type { Row, RowNumbers } from './row.js';
import { type Trust, trustOf } from './trust.js';

const keys = ['count', 'rate', 'sum', 'min', 'mean', 'max', 'last', 'lastAtMs'] as const;
type Key = (typeof keys)[number];

/** What one step of a group came to. */
export interface StepNumbers {
  readonly timeMs: number;
  readonly numbers: RowNumbers;
  readonly flaw: Flaw | undefined;
}

/**
 * The rows of one group, one a step, with their numbers side by side in one array: a quarter of what objects
 * take, which decides where a report has hundreds of thousands of rows. Their figures are to be asked for by
 * name: a copy (`{...row}`) has none of them.
 *
 * @param percentiles what the rows' percentiles are
 */
export function packRows(
  face: Pick<Row, 'name' | 'type' | 'tags'>,
  steps: readonly StepNumbers[],
  percentiles: readonly Percentile[],
): Row[] {
  const [first] = steps;
  if (first === undefined) return [];
  const pack = new Pack(face, steps, first.numbers, percentiles);
  return steps.map((_, index) => new PackedRow(pack, index));
}

class Pack {
  readonly name: string;
  readonly type: Row['type'];
  readonly tags: Row['tags'];
  private readonly slots: Readonly<Partial<Record<Key, number>>>;
  private readonly hasPercentiles: boolean;
  private readonly firstPercentile: number;
  private readonly width: number;
  private readonly numbers: Float64Array;
  /** Undefined where no row has one. */
  private readonly flaws: readonly (Flaw | undefined)[] | undefined;

  constructor(
    { name, type, tags }: Pick<Row, 'name' | 'type' | 'tags'>,
    steps: readonly StepNumbers[],
    first: RowNumbers,
    private readonly percentiles: readonly Percentile[],
  ) {
    this.name = name;
    this.type = type;
    this.tags = tags;
    const present = keys.filter((key) => first[key] !== undefined);
    this.slots = Object.fromEntries(present.map((key, i) => [key, i + 1]));
    this.hasPercentiles = first.percentiles !== undefined;
    this.firstPercentile = present.length + 3;
    this.width = this.hasPercentiles ? this.firstPercentile + percentiles.length : present.length + 1;
    this.numbers = new Float64Array(steps.length * this.width);
    for (const [index, step] of steps.entries()) this.take(step, index * this.width, present);
    this.flaws = steps.some(({ flaw }) => flaw !== undefined) ? steps.map(({ flaw }) => flaw) : undefined;
  }

  timeOf(index: number): number {
    return this.numbers[index * this.width] as number;
  }

  number(index: number, key: Key): number | undefined {
    const slot = this.slots[key];
    return slot === undefined ? undefined : this.numbers[index * this.width + slot];
  }

  percentilesOf(index: number): readonly number[] | undefined {
    if (!this.hasPercentiles) return undefined;
    const start = index * this.width + this.firstPercentile;
    return Array.from(this.numbers.subarray(start, start + this.percentiles.length));
  }

  trustOf(index: number): Trust | undefined {
    if (!this.hasPercentiles) return undefined;
    const at = index * this.width + this.firstPercentile - 2;
    const [effectiveSamples, collapsed] = [this.numbers[at] as number, this.numbers[at + 1] as number];
    return trustOf(effectiveSamples, this.percentiles, collapsed);
  }

  flawOf(index: number): Flaw | undefined {
    return this.flaws?.[index];
  }

  private take({ timeMs, numbers: own }: StepNumbers, start: number, present: readonly Key[]): void {
    const { numbers, firstPercentile } = this;
    numbers[start] = timeMs;
    for (const [i, key] of present.entries()) numbers[start + i + 1] = own[key] ?? Number.NaN;
    if (!this.hasPercentiles) return;
    numbers[start + firstPercentile - 2] = own.trust?.effectiveSamples ?? 0;
    numbers[start + firstPercentile - 1] = own.trust?.collapsed ?? 0;
    numbers.set(own.percentiles ?? [], start + firstPercentile);
  }
}

class PackedRow implements Row {
  constructor(
    private readonly pack: Pack,
    private readonly index: number,
  ) {}

  get name(): string {
    return this.pack.name;
  }

  get type(): Row['type'] {
    return this.pack.type;
  }

  get tags(): Row['tags'] {
    return this.pack.tags;
  }

  get timeMs(): number {
    return this.pack.timeOf(this.index);
  }

  get flaw(): Flaw | undefined {
    return this.pack.flawOf(this.index);
  }

  get count(): number {
    return this.pack.number(this.index, 'count') as number;
  }

  get rate(): number | undefined {
    return this.pack.number(this.index, 'rate');
  }

  get sum(): number | undefined {
    return this.pack.number(this.index, 'sum');
  }

  get min(): number | undefined {
    return this.pack.number(this.index, 'min');
  }

  get mean(): number | undefined {
    return this.pack.number(this.index, 'mean');
  }

  get max(): number | undefined {
    return this.pack.number(this.index, 'max');
  }

  get last(): number | undefined {
    return this.pack.number(this.index, 'last');
  }

  get lastAtMs(): number | undefined {
    return this.pack.number(this.index, 'lastAtMs');
  }

  get percentiles(): readonly number[] | undefined {
    return this.pack.percentilesOf(this.index);
  }

  get trust(): Trust | undefined {
    return this.pack.trustOf(this.index);
  }
}
