import { expect } from 'chai';
import type { DDSketch } from '../../lib/sketch/ddsketch.js';

export const quantiles = [0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];

/** The definition that `DDSketch.quantile` documents, on sorted samples. */
export function exactQuantile(sorted: Float64Array, q: number): number {
  return sorted[Math.floor(q * (sorted.length - 1))]!;
}

/** Fails unless every quantile is within the accuracy that the sketch reports. */
export function expectWithinBound(sketch: DDSketch, sorted: Float64Array): void {
  for (const q of quantiles) {
    const exact = exactQuantile(sorted, q);
    const found = sketch.quantile(q);
    if (!(Math.abs(found - exact) <= sketch.relativeAccuracy * Math.abs(exact))) {
      expect.fail(`quantile ${q} is ${found}, exactly ${exact}`);
    }
  }
}
