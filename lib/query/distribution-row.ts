import type { DistributionPartial } from '../aggregate/partial.js';
import { DDSketch } from '../sketch/ddsketch.js';
import type { StoredPoint } from '../storage/store.js';
import type { Percentile } from './percentile.js';
import { sketchQuantiles } from './quantiles.js';
import type { RowNumbers } from './row.js';
import type { Lane, RowBuilder } from './row-builder.js';
import { type Shape, sketchShape } from './shape.js';
import { EffectiveSize, trustOf } from './trust.js';

/** Timers and distributions: the population is the samples, each as often as its sample rate says. */
export class DistributionRow implements RowBuilder, Lane {
  private count = 0;
  private sum = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;
  private sketch: DDSketch | undefined;
  private readonly size = new EffectiveSize();

  get relativeAccuracy(): number {
    return this.sketch?.relativeAccuracy ?? 0;
  }

  lane(): Lane {
    return this;
  }

  add(point: StoredPoint): void {
    const partial = point.partial as DistributionPartial;
    this.count += partial.count;
    this.sum += partial.sum;
    this.size.add(partial.samples, partial.count);
    this.min = Math.min(this.min, partial.min);
    this.max = Math.max(this.max, partial.max);
    this.sketch ??= new DDSketch();
    this.sketch.merge(partial.sketch);
  }

  end(): void {}

  finish(seconds: number, percentiles: readonly Percentile[]): RowNumbers {
    return {
      count: this.count,
      rate: this.count / seconds,
      sum: this.sum,
      min: this.min,
      mean: this.sum / this.count,
      max: this.max,
      percentiles:
        this.sketch === undefined ? [] : sketchQuantiles(this.sketch, percentiles, this.min, this.max),
      trust: trustOf(this.size.value, percentiles, this.sketch?.collapsed ?? 0),
    };
  }

  shape(): Shape | undefined {
    const { min, max, size, sketch } = this;
    return sketch === undefined ? undefined : sketchShape(sketch, { min, max, effectiveSamples: size.value });
  }
}
