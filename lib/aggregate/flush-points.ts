import type { MetricType, SeriesKey } from '../metric.js';
import type { SeriesNumbering } from '../series/numbering.js';
import type { SeriesRef } from '../series/table.js';
import type { Partial } from './partial.js';

/** One series' aggregate of one bucket; `timeMs` is the bucket's start. */
export interface FlushPoint {
  readonly series: SeriesKey;
  readonly timeMs: number;
  readonly partial: Partial;
}

/**
 * The points of a flush. An array is one; those of many series lie packed somewhere, and each is made when it
 * is asked for, anew at every call: read each once, and keep none.
 */
export interface FlushPoints extends Iterable<FlushPoint> {
  readonly length: number;
  at(index: number): FlushPoint | undefined;
  /** The same, for whoever does not need whole points; arrays have none. */
  readonly columns?: PointColumns;
  /**
   * Keeps the series that they are of known by their refs, even when the points are given back; until the
   * function that is returned is called.
   */
  hold?(): () => void;
  /** Says that nobody reads them any more: what they lie in may be used again. */
  release?(): void;
}

/** Points in parts, by index. Partials are made anew at each call. */
export interface PointColumns {
  readonly length: number;
  /** What the refs are refs of: the same object in all flushes of one place. */
  readonly numbering: SeriesNumbering;
  ref(index: number): SeriesRef;
  type(index: number): MetricType;
  timeMs(index: number): number;
  partial(index: number): Partial;
}

export function pointAt(columns: PointColumns, index: number): FlushPoint {
  const series = columns.numbering.keyOf(columns.ref(index));
  return { series, timeMs: columns.timeMs(index), partial: columns.partial(index) };
}
