import type { MetricType } from '../metric.js';
import { CommonNumbering } from '../series/common-numbering.js';
import { SeriesNotes, type SeriesNumbering } from '../series/numbering.js';
import type { SeriesRef } from '../series/table.js';
import type { PointColumns } from './flush-points.js';
import { mergePartial, type Partial } from './partial.js';

/** Points looked at in one turn of the event loop: a few milliseconds' work. */
const pointsPerTurn = 4000;

/** Points of one place, wherever they lie at the moment. */
export interface Lent {
  readonly length: number;
  readonly columns: PointColumns;
}

/** The points of several places as one: those of one series and bucket are merged when they are read. */
export class MergedColumns implements PointColumns {
  /** Of each part of a point: where it is, its index there, the next part of the point plus one. */
  private readonly places: Int32Array;
  private readonly indexes: Int32Array;
  private readonly nexts: Int32Array;
  private readonly refs: Int32Array;
  private parts = 0;
  /** The first part of each point. */
  private readonly firsts: Int32Array;
  private points = 0;

  private constructor(
    readonly numbering: SeriesNumbering,
    private readonly lent: readonly Lent[],
    private readonly bucketOf: (timeMs: number) => number,
  ) {
    const most = lent.reduce((sum, { length }) => sum + length, 0);
    this.places = new Int32Array(most);
    this.indexes = new Int32Array(most);
    this.nexts = new Int32Array(most);
    this.refs = new Int32Array(most);
    this.firsts = new Int32Array(most);
  }

  /**
   * Finds what belongs together without holding up the event loop for long.
   *
   * @param numbering a common one, or that of all the points
   * @param pause lets the event loop turn
   * @param bucketOf where a point is put that lies at a time
   */
  static async of(
    numbering: SeriesNumbering,
    lent: readonly Lent[],
    pause: () => Promise<unknown>,
    bucketOf: (timeMs: number) => number = (timeMs) => timeMs,
  ): Promise<MergedColumns> {
    const merged = new MergedColumns(numbering, lent, bucketOf);
    /** By bucket, of each series its last part so far, plus one. */
    const lasts = new Map<number, SeriesNotes>();
    for (const [place, points] of lent.entries()) {
      for (let index = 0; index < points.length; index += 1) {
        merged.append(points.columns, place, index, lasts);
        if (index % pointsPerTurn === pointsPerTurn - 1) await pause();
      }
    }
    return merged;
  }

  get length(): number {
    return this.points;
  }

  ref(index: number): SeriesRef {
    return this.refs[this.firsts[index]!]!;
  }

  type(index: number): MetricType {
    const part = this.firsts[index]!;
    return this.columnsOf(part).type(this.indexes[part]!);
  }

  timeMs(index: number): number {
    const part = this.firsts[index]!;
    return this.bucketOf(this.columnsOf(part).timeMs(this.indexes[part]!));
  }

  partial(index: number): Partial {
    const first = this.firsts[index]!;
    const merged = this.partOf(first);
    for (let next = this.nexts[first]!; next !== 0; next = this.nexts[next - 1]!) {
      mergePartial(merged, this.partOf(next - 1));
    }
    return merged;
  }

  private append(columns: PointColumns, place: number, index: number, lasts: Map<number, SeriesNotes>): void {
    const ref = refIn(this.numbering, columns, index);
    const timeMs = this.bucketOf(columns.timeMs(index));
    const bucket = lasts.get(timeMs) ?? new SeriesNotes();
    lasts.set(timeMs, bucket);
    const part = this.parts;
    this.parts += 1;
    this.places[part] = place;
    this.indexes[part] = index;
    this.refs[part] = ref;
    const last = bucket.get(ref);
    bucket.set(ref, part + 1);
    if (last > 0) {
      this.nexts[last - 1] = part + 1;
      return;
    }
    this.firsts[this.points] = part;
    this.points += 1;
  }

  private partOf(part: number): Partial {
    return this.columnsOf(part).partial(this.indexes[part]!);
  }

  private columnsOf(part: number): PointColumns {
    return this.lent[this.places[part]!]!.columns;
  }
}

function refIn(numbering: SeriesNumbering, columns: PointColumns, index: number): SeriesRef {
  const ref = columns.ref(index);
  return numbering instanceof CommonNumbering && numbering !== columns.numbering
    ? numbering.translate(columns.numbering, ref)
    : ref;
}
