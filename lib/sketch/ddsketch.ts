import { Batch } from './batch.js';
import { keyFromBottom, keyFromTop, weightBetween } from './bin-search.js';
import { BinStore } from './bin-store.js';
import { decodeDDSketch, defaultMaxBins, encodeDDSketch, maxMaxBins } from './ddsketch-codec.js';
import { coarsened, type DDSketchParts, errorOf } from './ddsketch-parts.js';
import { type CubicMapping, defaultRelativeAccuracy, mappingOf, minMagnitude } from './mapping.js';

export interface DDSketchOptions {
  /** Bound of the relative error of a quantile: 0.0001 up to, not including, 0.5. Default 0.01. */
  readonly relativeAccuracy?: number;
  /** Most bins for the positive values, and as many for the negative ones: 1 to 65,536. Default 2,048. */
  readonly maxBins?: number;
}

/**
 * Quantiles of weighted samples with bounded relative error, in little memory, mergeable: DDSketch (Masson,
 * Rim, Lee, VLDB 2019) with a cubically interpolated mapping (mapping.ts) and collapsing of the smallest
 * magnitudes (bin-store.ts).
 *
 * The same samples give the same bins, in whatever order and grouping they were added and merged. (Weights that
 * are no integers sum up to a rounding difference.)
 */
export class DDSketch {
  private mapping: CubicMapping;
  /** Relative error that values had before they came into these bins. */
  private inheritedError = 0;
  private zeroCount = 0;
  private positive: BinStore;
  private negative: BinStore;

  /** Throws RangeError for options out of their range. */
  constructor(options?: DDSketchOptions) {
    this.mapping = mappingOf(options?.relativeAccuracy ?? defaultRelativeAccuracy);
    const maxBins = options?.maxBins ?? defaultMaxBins;
    if (!(Number.isInteger(maxBins) && maxBins >= 1 && maxBins <= maxMaxBins)) {
      throw new RangeError(`maxBins ${maxBins} is not an integer from 1 to ${maxMaxBins}`);
    }
    this.positive = new BinStore(maxBins);
    this.negative = new BinStore(maxBins);
  }

  /**
   * The promise of `quantile`: as asked for in the options, until a sketch of another accuracy is merged. Then
   * the bins are those of the coarser accuracy c, the values that came from bins of a finer one f have an error
   * of up to (1 + c)(1 + f) - 1, and this says so.
   */
  get relativeAccuracy(): number {
    return errorOf(this.inheritedError, this.mapping);
  }

  /** Weight of all samples. */
  get count(): number {
    return this.negative.total() + this.zeroCount + this.positive.total();
  }

  /** Weight that was moved into the lowest bin to stay within maxBins. */
  get collapsed(): number {
    return this.positive.collapsed + this.negative.collapsed;
  }

  /**
   * Adds a sample. Magnitudes below 2^-1022 count as zero. Throws RangeError unless value is finite and weight
   * is finite and positive.
   */
  add(value: number, weight = 1): void {
    checkSample(value, weight);
    if (value >= minMagnitude) this.positive.add(this.mapping.key(value), weight);
    else if (value <= -minMagnitude) this.negative.add(this.mapping.key(-value), weight);
    else this.zeroCount += weight;
  }

  /**
   * Adds the samples from start (0) up to, not including, end (all). Without weights, each weighs 1. Throws as
   * `add` does, at the first bad sample, when those before it have been added.
   */
  addAll(
    values: ArrayLike<number>,
    weights?: ArrayLike<number>,
    start = 0,
    end: number = values.length,
  ): void {
    if (end - start < leastBatch) {
      for (let i = start; i < end; i += 1) this.add(values[i]!, weights === undefined ? 1 : weights[i]!);
    } else {
      this.addBatch(values, weights, start, end);
    }
  }

  /**
   * Adds another sketch's samples; it is left as it was. Of unequal accuracies the coarser is the result's, see
   * `relativeAccuracy`; of unequal maxBins, the smaller. An empty sketch takes the other's accuracy.
   */
  merge(from: Readonly<DDSketch>): void {
    const source = from as DDSketch;
    if (source.isEmpty()) return;
    if (this.isEmpty()) {
      this.mapping = source.mapping;
    } else if (source.mapping.relativeAccuracy > this.mapping.relativeAccuracy) {
      this.become(coarsened(this.parts(), source.mapping));
    }
    const other = coarsened(source.parts(), this.mapping);
    this.inheritedError = Math.max(this.inheritedError, other.inheritedError);
    this.zeroCount += other.zeroCount;
    this.positive.merge(other.positive);
    this.negative.merge(other.negative);
  }

  /**
   * The value at a quantile, q in [0, 1]; NaN when empty; RangeError for another q. It is within
   * `relativeAccuracy` of the exact lower quantile: of n samples in order, number floor(q·(n - 1)) counted from
   * 0. A sample of weight w is as w samples. Put for any weights of total W: the least sample such that those
   * up to it weigh more than q·(W - 1). So 0 gives the least sample, and 1 the greatest (its weight being at
   * least 1, as sample rates make it).
   *
   * The promise does not cover what was `collapsed`. The answer can be beyond the least or the greatest sample
   * by the accuracy: a caller who knows these clamps it to them.
   */
  quantile(q: number): number {
    if (!(q >= 0 && q <= 1)) throw new RangeError(`quantile ${q} is not from 0 to 1`);
    const below = this.negative.total();
    const total = below + this.zeroCount + this.positive.total();
    if (total === 0) return Number.NaN;
    const rank = q * (total - 1);
    if (below > rank) return -this.mapping.representative(keyFromTop(this.negative.bins, rank));
    if (below + this.zeroCount > rank) return 0;
    return this.mapping.representative(keyFromBottom(this.positive.bins, rank - below - this.zeroCount));
  }

  /**
   * Weight of the samples at or below a value, and of those that share its bin. With a = `relativeAccuracy` and
   * g = (1 + a) / (1 - a), no sample is on the wrong side that is more than a factor of g away from the value,
   * but for what was `collapsed`. RangeError for NaN.
   */
  rank(value: number): number {
    if (Number.isNaN(value)) throw new RangeError('the rank of NaN is not defined');
    const magnitude = Math.min(Math.abs(value), Number.MAX_VALUE);
    if (magnitude < minMagnitude) return this.negative.total() + this.zeroCount;
    const key = this.mapping.key(magnitude);
    if (value < 0) return weightBetween(this.negative.bins, key, Infinity);
    return this.negative.total() + this.zeroCount + weightBetween(this.positive.bins, -Infinity, key);
  }

  /** The bins that hold something, in order of values: for histograms. */
  *bins(): Generator<SketchBin> {
    const { mapping } = this;
    const negative = this.negative.bins;
    for (let slot = negative.slots - 1; slot >= 0; slot -= 1) {
      const key = negative.keyAt(slot);
      const weight = negative.weightAt(slot);
      if (weight > 0) yield { low: -mapping.lowerBound(key + 1), high: -mapping.lowerBound(key), weight };
    }
    if (this.zeroCount > 0) yield { low: 0, high: 0, weight: this.zeroCount };
    const positive = this.positive.bins;
    for (let slot = 0; slot < positive.slots; slot += 1) {
      const key = positive.keyAt(slot);
      const weight = positive.weightAt(slot);
      if (weight > 0) yield { low: mapping.lowerBound(key), high: mapping.lowerBound(key + 1), weight };
    }
  }

  /** The encoding of lib/docs/sketches.md. */
  encode(): Uint8Array {
    return encodeDDSketch(this.parts());
  }

  /** Throws SketchFormatError for bytes that are not an encoded sketch. */
  static decode(bytes: Uint8Array): DDSketch {
    const sketch = new DDSketch();
    sketch.become(decodeDDSketch(bytes));
    return sketch;
  }

  private addBatch(
    values: ArrayLike<number>,
    weights: ArrayLike<number> | undefined,
    start: number,
    end: number,
  ): void {
    const { mapping } = this;
    try {
      for (let i = start; i < end; i += 1) {
        const value = values[i]!;
        const weight = weights === undefined ? 1 : weights[i]!;
        checkSample(value, weight);
        if (value >= minMagnitude) positiveBatch.add(this.positive, mapping.key(value), weight);
        else if (value <= -minMagnitude) negativeBatch.add(this.negative, mapping.key(-value), weight);
        else this.zeroCount += weight;
      }
    } finally {
      positiveBatch.flush(this.positive);
      negativeBatch.flush(this.negative);
    }
  }

  private isEmpty(): boolean {
    return this.zeroCount === 0 && this.positive.bins.slots === 0 && this.negative.bins.slots === 0;
  }

  private parts(): DDSketchParts {
    const { mapping, inheritedError, zeroCount, positive, negative } = this;
    return { mapping, inheritedError, zeroCount, positive, negative };
  }

  private become(parts: DDSketchParts): void {
    this.mapping = parts.mapping;
    this.inheritedError = parts.inheritedError;
    this.zeroCount = parts.zeroCount;
    this.positive = parts.positive;
    this.negative = parts.negative;
  }
}

/** One bin: the weight of the samples from low to high, which are equal for zero. */
export interface SketchBin {
  readonly low: number;
  readonly high: number;
  readonly weight: number;
}

/** With fewer samples than this a batch does not pay. */
const leastBatch = 32;

// Shared by all sketches: each addAll leaves them empty.
const positiveBatch = new Batch();
const negativeBatch = new Batch();

function checkSample(value: number, weight: number): void {
  if (value - value !== 0) throw new RangeError(`value ${value} is not finite`);
  if (!(weight > 0 && weight < Infinity)) throw new RangeError(`weight ${weight} is not above 0 and finite`);
}
