import type { DDSketch } from '../sketch/ddsketch.js';
import type { Percentile } from './percentile.js';

/**
 * Index into `count` sorted values of the lower quantile: the value with at most `percent` % of the others
 * below it. It is the definition that DDSketch approximates, so exact and sketched percentiles agree.
 */
export function rankOf(percent: number, count: number): number {
  return Math.floor((percent * (count - 1)) / 100);
}

/** Quantiles of a sketch, kept within the smallest and largest value, which are known exactly. */
export function sketchQuantiles(
  sketch: DDSketch,
  percentiles: readonly Percentile[],
  min: number,
  max: number,
): number[] {
  return percentiles.map(({ percent }) => {
    if (percent === 0) return min;
    if (percent === 100) return max;
    return Math.min(max, Math.max(min, sketch.quantile(percent / 100)));
  });
}
