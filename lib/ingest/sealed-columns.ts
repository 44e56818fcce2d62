import type { PointColumns } from '../aggregate/flush-points.js';
import type { RefPoint } from '../aggregate/listed-columns.js';
import { ownCopyOf } from '../aggregate/packed.js';
import { mergePartial, type Partial } from '../aggregate/partial.js';
import type { SealedList } from '../kernel/host.js';
import type { SealedReader } from '../kernel/sealed.js';
import type { MetricType } from '../metric.js';
import type { SeriesNumbering } from '../series/numbering.js';
import type { SeriesRef } from '../series/table.js';

/** Points where the kernel has collected them; late ones come first. */
export class SealedColumns implements PointColumns {
  readonly length: number;

  constructor(
    readonly numbering: SeriesNumbering,
    private readonly reader: SealedReader,
    private readonly list: SealedList,
    private readonly startMs: number,
    private readonly late: readonly RefPoint[],
  ) {
    this.length = late.length + reader.count(list);
  }

  ref(index: number): SeriesRef {
    const { late } = this;
    return index < late.length ? late[index]!.ref : this.reader.refAt(this.list, index - late.length);
  }

  type(index: number): MetricType {
    const { late } = this;
    if (index < late.length) return late[index]!.partial.type;
    return this.reader.typeAt(this.list, index - late.length);
  }

  timeMs(index: number): number {
    return index < this.late.length ? this.late[index]!.timeMs : this.startMs;
  }

  partial(index: number): Partial {
    const { late } = this;
    if (index < late.length) return ownCopyOf(late[index]!.partial);
    return this.reader.partialAt(this.list, index - late.length);
  }
}

/** Merges the points of one series and bucket, of which a thread may have kept two parts. */
export function joined(points: readonly RefPoint[]): RefPoint[] {
  const merged = new Map<SeriesRef, Map<number, Partial>>();
  return points.filter(({ ref, timeMs, partial }) => {
    const times = merged.get(ref);
    const into = times?.get(timeMs);
    if (into !== undefined) mergePartial(into, partial);
    else if (times === undefined) merged.set(ref, new Map([[timeMs, partial]]));
    else times.set(timeMs, partial);
    return into === undefined;
  });
}
