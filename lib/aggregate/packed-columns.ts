import { MetricType } from '../metric.js';
import type { SeriesNumbering } from '../series/numbering.js';
import type { SeriesRef } from '../series/table.js';
import { DDSketch } from '../sketch/ddsketch.js';
import { HyperLogLog } from '../sketch/hyperloglog.js';
import type { RawSamples } from './condensing.js';
import type { PointColumns } from './flush-points.js';
import type { DistributionPartial, Partial, SetPartial } from './partial.js';

export interface CopyOptions {
  /** Lets the event loop turn. */
  readonly pause: () => Promise<unknown>;
  /** Asked between two turns of the event loop: if not, the copy is left incomplete. */
  readonly isWanted?: () => boolean;
  /** Points copied in one turn of the event loop: a few milliseconds' work. */
  readonly pointsPerTurn?: number;
  /** Whether samples and members themselves, where there are any, are copied too. */
  readonly keepsSamples?: boolean;
}

/** Type, six numbers and the length of a sketch: what a point takes at most, but for the sketch. */
const mostBytes = 1 + 6 * 8 + 4;

/**
 * Points as bytes: some 20 for a counter, some 100 for a timer, where objects would take hundreds and
 * thousands.
 */
export class PackedColumns implements PointColumns {
  readonly length: number;
  readonly numbering: SeriesNumbering;
  private readonly refs: Uint32Array;
  private readonly times: Float64Array;
  private readonly starts: Float64Array;
  private bytes = Buffer.alloc(64 * 1024);
  private used = 0;
  private count = 0;
  /** By index: most points have none. */
  private readonly samples = new Map<number, RawSamples>();
  private readonly members = new Map<number, ReadonlySet<string>>();

  private constructor(
    { length, numbering }: PointColumns,
    private readonly keepsSamples: boolean,
  ) {
    this.length = length;
    this.numbering = numbering;
    this.refs = new Uint32Array(length);
    this.times = new Float64Array(length);
    this.starts = new Float64Array(length);
  }

  /** Copies without holding up the event loop for long. */
  static async copy(
    columns: PointColumns,
    { pause, isWanted = () => true, pointsPerTurn = 1000, keepsSamples = true }: CopyOptions,
  ): Promise<PackedColumns> {
    const packed = new PackedColumns(columns, keepsSamples);
    while (packed.count < columns.length && isWanted()) {
      const end = Math.min(packed.count + pointsPerTurn, columns.length);
      while (packed.count < end) packed.append(columns, packed.count);
      await pause();
    }
    return packed;
  }

  ref(index: number): SeriesRef {
    return this.refs[index]!;
  }

  type(index: number): MetricType {
    return this.bytes[this.starts[index]!] as MetricType;
  }

  timeMs(index: number): number {
    return this.times[index]!;
  }

  partial(index: number): Partial {
    const start = this.starts[index]!;
    const type = this.type(index);
    const number = (at: number): number => this.bytes.readDoubleLE(start + 1 + 8 * at);
    switch (type) {
      case MetricType.Counter:
        return { type, sum: number(0), samples: number(1) };
      case MetricType.Gauge: {
        const [last, lastAtMs, min, max, sum, samples] = [0, 1, 2, 3, 4, 5].map(number) as Six;
        return { type, last, lastAtMs, min, max, sum, samples };
      }
      case MetricType.Set:
        return this.setAt(index, start + 1);
      default: {
        const [samples, count, sum, min, max] = [0, 1, 2, 3, 4].map(number) as Six;
        const sketch = DDSketch.decode(this.sketch(start + 41));
        const partial = { type, samples, count, sum, min, max, sketch };
        const raw = this.samples.get(index);
        return raw === undefined ? partial : { ...partial, raw };
      }
    }
  }

  private setAt(index: number, at: number): SetPartial {
    const partial = { type: MetricType.Set, members: HyperLogLog.decode(this.sketch(at)) };
    const members = this.members.get(index);
    // Whoever reads a point may merge into it.
    return members === undefined ? partial : { ...partial, kept: new Set(members) };
  }

  private append(columns: PointColumns, index: number): void {
    this.refs[index] = columns.ref(index);
    this.times[index] = columns.timeMs(index);
    this.starts[index] = this.used;
    this.count += 1;
    const partial = columns.partial(index);
    this.put(partial);
    if (!this.keepsSamples) return;
    if ('raw' in partial && partial.raw !== undefined) this.samples.set(index, partial.raw);
    if ('kept' in partial && partial.kept !== undefined) this.members.set(index, partial.kept);
  }

  private put(partial: Partial): void {
    this.reserve(mostBytes);
    this.bytes[this.used] = partial.type;
    this.used += 1;
    switch (partial.type) {
      case MetricType.Counter:
        this.numbers(partial.sum, partial.samples);
        break;
      case MetricType.Gauge: {
        const { last, lastAtMs, min, max, sum, samples } = partial;
        this.numbers(last, lastAtMs, min, max, sum, samples);
        break;
      }
      case MetricType.Set:
        this.encoded(partial.members.encode());
        break;
      default:
        this.distribution(partial);
    }
  }

  private distribution({ samples, count, sum, min, max, sketch }: DistributionPartial): void {
    this.numbers(samples, count, sum, min, max);
    this.encoded(sketch.encode());
  }

  private numbers(...numbers: readonly number[]): void {
    for (const number of numbers) this.used = this.bytes.writeDoubleLE(number, this.used);
  }

  private encoded(sketch: Uint8Array): void {
    this.used = this.bytes.writeUInt32LE(sketch.length, this.used);
    this.reserve(sketch.length);
    this.bytes.set(sketch, this.used);
    this.used += sketch.length;
  }

  private sketch(at: number): Uint8Array {
    return this.bytes.subarray(at + 4, at + 4 + this.bytes.readUInt32LE(at));
  }

  private reserve(bytes: number): void {
    if (this.used + bytes <= this.bytes.length) return;
    const wider = Buffer.alloc(Math.max(this.used + bytes, Math.ceil(this.bytes.length * 1.5)));
    wider.set(this.bytes);
    this.bytes = wider;
  }
}

type Six = [number, number, number, number, number, number];
