import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PointColumns } from '../aggregate/flush-points.js';
import { mergePartial, type Partial } from '../aggregate/partial.js';
import type { MetricType, SeriesKey } from '../metric.js';
import { TextIndex } from '../series/key-index.js';
import { KeyList, SeriesNotes, type SeriesNumbering } from '../series/numbering.js';
import { NoSeries } from '../series/raw-index.js';
import type { SeriesRef } from '../series/table.js';
import type { ColumnPoints } from './lending.js';

/** One numbering for the series of several: those of one key are one. */
export class CommonNumbering implements SeriesNumbering {
  private readonly index = new TextIndex();
  private readonly keys = new KeyList();
  /** For each numbering what its refs are here, plus one. */
  private readonly known = new WeakMap<SeriesNumbering, SeriesNotes>();

  keyOf(ref: SeriesRef): SeriesKey {
    return this.keys.keyOf(ref);
  }

  /** The ref of what `numbering` calls `ref`. */
  translate(numbering: SeriesNumbering, ref: SeriesRef): SeriesRef {
    let notes = this.known.get(numbering);
    if (notes === undefined) {
      notes = new SeriesNotes();
      this.known.set(numbering, notes);
    }
    const known = notes.get(ref);
    if (known > 0) return known - 1;
    const common = this.intern(numbering.keyOf(ref));
    notes.set(ref, common + 1);
    return common;
  }

  private intern(key: SeriesKey): SeriesRef {
    const known = this.index.find(key);
    if (known !== NoSeries) return known;
    const ref = this.index.size;
    this.index.add(key, ref);
    this.keys.learn([{ ref, key }]);
    return ref;
  }
}

/** Points looked at in one turn of the event loop: a few milliseconds' work. */
const pointsPerTurn = 4000;

/** The points of several places as one: those of one series and bucket are merged when they are read. */
export class MergedColumns implements PointColumns {
  /** Of each part of a point: where it is, its index there, the next part of the point plus one. */
  private readonly places: Uint8Array;
  private readonly indexes: Int32Array;
  private readonly nexts: Int32Array;
  private readonly refs: Int32Array;
  private parts = 0;
  /** The first part of each point. */
  private readonly firsts: Int32Array;
  private points = 0;

  private constructor(
    readonly numbering: CommonNumbering,
    private readonly lent: readonly ColumnPoints[],
  ) {
    const most = lent.reduce((sum, { length }) => sum + length, 0);
    this.places = new Uint8Array(most);
    this.indexes = new Int32Array(most);
    this.nexts = new Int32Array(most);
    this.refs = new Int32Array(most);
    this.firsts = new Int32Array(most);
  }

  /** Finds what belongs together without holding up the event loop for long. */
  static async of(numbering: CommonNumbering, lent: readonly ColumnPoints[]): Promise<MergedColumns> {
    const merged = new MergedColumns(numbering, lent);
    /** By bucket, of each series its last part so far, plus one. */
    const lasts = new Map<number, SeriesNotes>();
    for (const [place, points] of lent.entries()) {
      for (let index = 0; index < points.length; index += 1) {
        merged.append(points.columns, place, index, lasts);
        if (index % pointsPerTurn === pointsPerTurn - 1) await nextTurn();
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
    return this.columnsOf(part).timeMs(this.indexes[part]!);
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
    const ref = this.numbering.translate(columns.numbering, columns.ref(index));
    const timeMs = columns.timeMs(index);
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
