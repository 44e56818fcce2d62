import type { MetricType } from '../metric.js';
import { DDSketch } from '../sketch/ddsketch.js';
import { type CondensingOptions, maxRawSamples, withSamples } from './condensing.js';
import type { DistributionPartial } from './partial.js';

const firstSamples = 8;

/** Collects a timer or distribution for one interval: raw samples first, a sketch when they become many. */
export class DistributionAccumulator {
  readonly type: DistributionPartial['type'];
  private readonly options: CondensingOptions;
  private samples = 0;
  private count = 0;
  private sum = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;
  private values = new Float64Array(firstSamples);
  private weights = new Float64Array(firstSamples);
  private held = 0;
  private sketch: DDSketch | undefined;

  constructor(type: typeof MetricType.Timer | typeof MetricType.Distribution, options: CondensingOptions) {
    this.type = type;
    this.options = options;
  }

  /** Adds a sample that stands for `weight` of its kind (1 / sampleRate). */
  record(value: number, weight: number): void {
    if (this.held === this.values.length) this.makeRoom();
    this.values[this.held] = value;
    this.weights[this.held] = weight;
    this.held += 1;
    this.samples += 1;
    this.count += weight;
    this.sum += value * weight;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  /** The samples as they came; none once they are a sketch. */
  rawValues(): Float64Array {
    return this.values.subarray(0, this.sketch === undefined ? this.held : 0);
  }

  /** What was collected. The accumulator must not be used afterwards. */
  partial(): DistributionPartial {
    const { type, samples, count, sum, min, max } = this;
    const isRaw = this.sketch === undefined;
    const partial = { type, samples, count, sum, min, max, sketch: this.fold() };
    return isRaw ? withSamples(partial, this.options, this.values, this.weights) : partial;
  }

  private makeRoom(): void {
    if (this.held === maxRawSamples) {
      this.sketch = this.fold();
      this.held = 0;
      return;
    }
    const wider = Math.min(this.values.length * 2, maxRawSamples);
    const { values, weights } = this;
    this.values = new Float64Array(wider);
    this.weights = new Float64Array(wider);
    this.values.set(values);
    this.weights.set(weights);
  }

  private fold(): DDSketch {
    const sketch = this.sketch ?? new DDSketch(this.options);
    sketch.addAll(this.values, this.weights, 0, this.held);
    return sketch;
  }
}
