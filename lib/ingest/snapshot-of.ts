import type { IntervalPoint } from '../aggregate/interval.js';
import type { Snapshot } from '../aggregate/snapshot.js';
import type { SeriesKey } from '../metric.js';
import type { Harvest } from './line-taker.js';

/**
 * Makes a snapshot of what an interval brought, with series in place of their refs.
 *
 * @param points those of the interval's own bucket
 * @param keys of all series, by their refs
 */
export function snapshotOf<Content>(
  { sealed, counts, badLines, events, checks }: Harvest<Content>,
  points: readonly IntervalPoint[],
  keys: readonly SeriesKey[],
): Snapshot {
  const own = points.map(({ ref, partial }) => ({ series: keys[ref]!, timeMs: sealed.startMs, partial }));
  const late = sealed.late.map(({ ref, timeMs, partial }) => ({ series: keys[ref]!, timeMs, partial }));
  return { startMs: sealed.startMs, points: [...late, ...own], events, checks, badLines, counts };
}
