import type { IntervalPoint } from '../aggregate/interval.js';
import type { Snapshot } from '../aggregate/snapshot.js';
import type { SeriesNumbering } from '../series/numbering.js';
import type { Harvest } from './line-taker.js';

/**
 * Makes a snapshot of what an interval brought, with series in place of their refs.
 *
 * @param points those of the interval's own bucket
 * @param numbering that of their refs
 */
export function snapshotOf<Content>(
  { sealed, ...rest }: Harvest<Content>,
  points: readonly IntervalPoint[],
  numbering: SeriesNumbering,
): Snapshot {
  const own = points.map(({ ref, partial }) => ({
    series: numbering.keyOf(ref),
    timeMs: sealed.startMs,
    partial,
  }));
  const late = sealed.late.map(({ ref, timeMs, partial }) => ({
    series: numbering.keyOf(ref),
    timeMs,
    partial,
  }));
  return { ...rest, startMs: sealed.startMs, points: [...late, ...own] };
}
