import type { Percentile } from './percentile.js';

/** How far the percentiles of a row can be trusted, beside the relative accuracy of the whole answer. */
export interface Trust {
  /** What the percentiles rest on: as many samples of equal weight tell as much. */
  readonly effectiveSamples: number;
  /** For each percentile whether too few samples are beyond it. */
  readonly uncertain: readonly boolean[];
  /** Weight of the samples whose size was lost in a sketch that ran out of bins: they share its lowest one. */
  readonly collapsed: number;
}

/** With fewer samples than this beyond it, the next few samples may move a percentile far. */
export const leastBeyond = 10;

export function trustOf(
  effectiveSamples: number,
  percentiles: readonly Percentile[],
  collapsed: number,
): Trust {
  const uncertain = percentiles.map(({ percent }) => isUncertain(percent, effectiveSamples));
  return { effectiveSamples, uncertain, collapsed };
}

/** P0 and P100 are the least and the greatest value and estimate nothing. */
export function isUncertain(percent: number, effectiveSamples: number): boolean {
  if (percent === 0 || percent === 100) return false;
  // With room for rounding: 100 - 99.9 is a little less than 0.1.
  return samplesBeyond(percent, effectiveSamples) < leastBeyond * (1 - 1e-9);
}

/** How many samples are further out than the percentile, on the side where there are fewer. */
export function samplesBeyond(percent: number, effectiveSamples: number): number {
  return (effectiveSamples * Math.min(percent, 100 - percent)) / 100;
}

/**
 * Effective sample size of weighted samples (Kish, Survey Sampling, 1965): the square of the sum of weights
 * over the sum of their squares. A part of n samples with weight W in all counts as n samples of W / n each,
 * which is what a client with one sample rate sends; where rates are mixed within one bucket of one series the
 * size is an upper bound.
 */
export class EffectiveSize {
  private weight = 0;
  private squares = 0;

  add(samples: number, weight: number): void {
    this.weight += weight;
    this.squares += (weight * weight) / samples;
  }

  get value(): number {
    return this.squares === 0 ? 0 : (this.weight * this.weight) / this.squares;
  }
}
