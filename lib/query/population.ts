import { DDSketch } from '../sketch/ddsketch.js';
import type { Percentile } from './percentile.js';
import { rankOf, sketchQuantiles } from './quantiles.js';
import { exactShape, type Shape, sketchShape } from './shape.js';
import { type Trust, trustOf } from './trust.js';

/** So many values are kept as they are: nearly three hours of 10 s buckets. */
export const exactLimit = 1_024;

/**
 * The values that a percentile of a counter or a gauge is taken over: one a bucket. Percentiles are exact up to
 * `exactLimit` values; beyond, they come from a sketch and are within its relative accuracy. Memory is bounded
 * either way. Number, mean, minimum and maximum are always exact.
 */
export class Population {
  count = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  private sum = 0;
  /** What rounding took from the sum (Neumaier's variant of Kahan's summation). */
  private lostSum = 0;
  // A plain array: a typed one costs each of many thousand rows an allocation outside the heap.
  private values: number[] | undefined = [];
  private sketch: DDSketch | undefined;

  /** Bound of the relative error of a quantile; 0 while exact. */
  get relativeAccuracy(): number {
    return this.sketch?.relativeAccuracy ?? 0;
  }

  get mean(): number {
    const sum = Number.isFinite(this.sum) ? this.sum + this.lostSum : this.sum;
    return sum / this.count;
  }

  add(value: number): void {
    if (this.values !== undefined && this.count === exactLimit) this.spill(this.values);
    if (this.values !== undefined) this.values.push(value);
    else if (Number.isFinite(value)) this.sketch?.add(value);
    this.count += 1;
    this.addToSum(value);
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  quantiles(percentiles: readonly Percentile[]): number[] {
    if (this.sketch !== undefined) return sketchQuantiles(this.sketch, percentiles, this.min, this.max);
    const sorted = Float64Array.from(this.values ?? []).sort();
    return percentiles.map(({ percent }) => sorted[rankOf(percent, this.count)] ?? Number.NaN);
  }

  trust(percentiles: readonly Percentile[]): Trust {
    return trustOf(this.count, percentiles, this.sketch?.collapsed ?? 0);
  }

  shape(independentShare = 1): Shape {
    const { min, max, count } = this;
    if (this.sketch !== undefined)
      return sketchShape(this.sketch, { min, max, effectiveSamples: count, independentShare });
    return exactShape(Float64Array.from(this.values ?? []), independentShare);
  }

  private addToSum(value: number): void {
    const sum = this.sum + value;
    this.lostSum += Math.abs(this.sum) >= Math.abs(value) ? this.sum - sum + value : value - sum + this.sum;
    this.sum = sum;
  }

  private spill(values: readonly number[]): void {
    this.sketch = new DDSketch();
    // Sums of huge counters may have overflowed: a sketch takes finite values only.
    for (const value of values) if (Number.isFinite(value)) this.sketch.add(value);
    this.values = undefined;
  }
}
