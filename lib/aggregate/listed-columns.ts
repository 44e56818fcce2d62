import type { MetricType } from '../metric.js';
import type { SeriesNumbering } from '../series/numbering.js';
import type { SeriesRef } from '../series/table.js';
import type { PointColumns } from './flush-points.js';
import { ownCopyOf } from './packed.js';
import type { Partial } from './partial.js';

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
    return ownCopyOf(this.points[index]!.partial);
  }
}
