import type { PointColumns } from '../aggregate/flush-points.js';
import { mergePartial, type Partial } from '../aggregate/partial.js';
import type { SealedList } from '../kernel/host.js';
import type { SealedReader } from '../kernel/sealed.js';
import type { MetricType } from '../metric.js';
import type { SeriesNumbering } from '../series/numbering.js';
import type { SeriesRef } from '../series/table.js';
import { packPartial, unpackPartial } from './packed.js';

/** A point by the ref of its series. */
export interface RefPoint {
  readonly ref: SeriesRef;
  readonly timeMs: number;
  readonly partial: Partial;
}

/** Points that are objects. */
export class ListedColumns implements PointColumns {
  constructor(
    readonly numbering: SeriesNumbering,
    private readonly points: readonly RefPoint[],
  ) {}

  get length(): number {
    return this.points.length;
  }

  ref(index: number): SeriesRef {
    return this.points[index]!.ref;
  }

  type(index: number): MetricType {
    return this.points[index]!.partial.type;
  }

  timeMs(index: number): number {
    return this.points[index]!.timeMs;
  }

  partial(index: number): Partial {
    return copyOf(this.points[index]!.partial);
  }
}

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
    if (index < late.length) return copyOf(late[index]!.partial);
    return this.reader.partialAt(this.list, index - late.length);
  }
}

/** Whoever reads a point may merge into it. */
function copyOf(partial: Partial): Partial {
  return unpackPartial(packPartial(partial));
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
