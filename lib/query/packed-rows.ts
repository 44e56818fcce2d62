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
}

/** What the rows of a group have in common. */
export interface RowFace extends Pick<Row, 'name' | 'type' | 'tags'> {
  /** What is missing in the step that starts there; steps are the same for all groups. */
  readonly flawAt: (timeMs: number) => Flaw | undefined;
}

/**
 * The rows of one group, one a step, with their numbers side by side in one array: a quarter of what objects
 * take, and they can be put away in a file (row-shelf.ts). A row is made when it is come to; its figures are to be
 * asked for by name: a copy (`{...row}`) has none of them.
 *
 * The array is a plain one, of doubles: typed ones lie outside the heap, where V8 lets 64 MiB of them pile up before
 * it looks for those that are done with.
 */
export class RowPack implements Iterable<Row> {
  readonly length: number;

  constructor(
    readonly face: RowFace,
    readonly layout: RowLayout,
    readonly numbers: readonly number[],
  ) {
    this.length = numbers.length / layout.width;
  }

  /** @param percentiles what the steps' percentiles are */
  static of(face: RowFace, steps: readonly StepNumbers[], percentiles: readonly Percentile[]): RowPack {
    const layout = RowLayout.of(steps[0]?.numbers, percentiles);
    const numbers: number[] = [];
    for (const step of steps) layout.append(numbers, step);
    return new RowPack(face, layout, numbers);
  }

  *[Symbol.iterator](): Generator<Row> {
    const { face, layout, numbers } = this;
    for (let at = 0; at < numbers.length; at += layout.width) yield new PackedRow(face, layout, numbers, at);
  }
}

const layouts = new WeakMap<readonly Percentile[], Map<string, RowLayout>>();

/** Where the numbers of a row lie. */
export class RowLayout {
  readonly width: number;
  private readonly slots: Readonly<Partial<Record<Key, number>>>;
  private readonly firstPercentile: number;

  private constructor(
    private readonly present: readonly Key[],
    private readonly percentiles: readonly Percentile[] | undefined,
  ) {
    this.slots = Object.fromEntries(present.map((key, i) => [key, i + 1]));
    this.firstPercentile = present.length + 3;
    this.width = percentiles === undefined ? present.length + 1 : this.firstPercentile + percentiles.length;
  }

  /** That of rows with such figures: the same one for all groups of a type. */
  static of(numbers: RowNumbers | undefined, percentiles: readonly Percentile[]): RowLayout {
    const present = keys.filter((key) => numbers?.[key] !== undefined);
    const name = [...present, numbers?.percentiles !== undefined].join();
    const known = layouts.get(percentiles) ?? new Map<string, RowLayout>();
    layouts.set(percentiles, known);
    const layout =
      known.get(name) ?? new RowLayout(present, numbers?.percentiles === undefined ? undefined : percentiles);
    known.set(name, layout);
    return layout;
  }

  number(numbers: readonly number[], at: number, key: Key): number | undefined {
    const slot = this.slots[key];
    return slot === undefined ? undefined : numbers[at + slot];
  }

  percentilesOf(numbers: readonly number[], at: number): readonly number[] | undefined {
    if (this.percentiles === undefined) return undefined;
    const start = at + this.firstPercentile;
    return numbers.slice(start, start + this.percentiles.length);
  }

  trustOf(numbers: readonly number[], at: number): Trust | undefined {
    if (this.percentiles === undefined) return undefined;
    const place = at + this.firstPercentile - 2;
    const [effectiveSamples, collapsed] = [numbers[place] as number, numbers[place + 1] as number];
    return trustOf(effectiveSamples, this.percentiles, collapsed);
  }

  append(numbers: number[], { timeMs, numbers: own }: StepNumbers): void {
    numbers.push(timeMs);
    for (const key of this.present) numbers.push(own[key] ?? Number.NaN);
    if (this.percentiles === undefined) return;
    numbers.push(own.trust?.effectiveSamples ?? 0, own.trust?.collapsed ?? 0);
    for (let i = 0; i < this.percentiles.length; i += 1) numbers.push(own.percentiles?.[i] ?? Number.NaN);
  }
}

/** A row whose numbers start at a place in an array of many. */
export class PackedRow implements Row {
  constructor(
    readonly face: RowFace,
    readonly layout: RowLayout,
    readonly numbers: readonly number[],
    readonly at: number,
  ) {}

  /** The numbers of this row alone. */
  own(): number[] {
    return this.numbers.slice(this.at, this.at + this.layout.width);
  }

  /** The same row beside no others, which so need not stay. */
  alone(): PackedRow {
    return new PackedRow(this.face, this.layout, this.own(), 0);
  }

  get name(): string {
    return this.face.name;
  }

  get type(): Row['type'] {
    return this.face.type;
  }

  get tags(): Row['tags'] {
    return this.face.tags;
  }

  get timeMs(): number {
    return this.numbers[this.at] as number;
  }

  get flaw(): Flaw | undefined {
    return this.face.flawAt(this.timeMs);
  }

  get count(): number {
    return this.number('count') as number;
  }

  get rate(): number | undefined {
    return this.number('rate');
  }

  get sum(): number | undefined {
    return this.number('sum');
  }

  get min(): number | undefined {
    return this.number('min');
  }

  get mean(): number | undefined {
    return this.number('mean');
  }

  get max(): number | undefined {
    return this.number('max');
  }

  get last(): number | undefined {
    return this.number('last');
  }

  get lastAtMs(): number | undefined {
    return this.number('lastAtMs');
  }

  get percentiles(): readonly number[] | undefined {
    return this.layout.percentilesOf(this.numbers, this.at);
  }

  get trust(): Trust | undefined {
    return this.layout.trustOf(this.numbers, this.at);
  }

  private number(key: Key): number | undefined {
    return this.layout.number(this.numbers, this.at, key);
  }
}
