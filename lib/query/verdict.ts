import { type Interval, percentileInterval } from './interval.js';
import type { Percentile } from './percentile.js';
import type { Shape } from './shape.js';

/**
 * Whether a figure changed beyond what chance does; undefined where that cannot be judged. `drift`: it did, but it moves
 * so steadily within both windows that any two windows differ.
 */
export type Verdict = 'higher' | 'lower' | 'drift' | 'unclear' | undefined;

export function verdictOf(before: Interval | undefined, after: Interval | undefined): Verdict {
  if (before === undefined || after === undefined) return undefined;
  if (after.low > before.high) return 'higher';
  return after.high < before.low ? 'lower' : 'unclear';
}

export function isClear(verdict: Verdict): boolean {
  return verdict === 'higher' || verdict === 'lower';
}

/** The verdicts on each percentile. */
export function percentileVerdicts(
  before: Shape,
  after: Shape,
  percentiles: readonly Percentile[],
): Verdict[] {
  const share = commonShare(before, after);
  const verdicts = percentiles.map(({ percent }): Verdict => {
    const judged = (ofShare: number): Verdict =>
      verdictOf(percentileInterval(before, percent, ofShare), percentileInterval(after, percent, ofShare));
    const verdict = judged(1);
    if (share === 1 || !isClear(verdict)) return verdict;
    return judged(share) === verdict ? verdict : 'drift';
  });
  // Where the middle drifts, the ends drift with it, though by themselves they may be too few to tell.
  if (!verdicts.includes('drift')) return verdicts;
  return verdicts.map((verdict) => (verdict === 'unclear' ? 'drift' : verdict));
}

/** That of the steadier window: a gauge that begins to climb has changed. */
export function commonShare(before: Shape, after: Shape): number {
  return Math.max(before.independentShare, after.independentShare);
}
