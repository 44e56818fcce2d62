import { Batch } from './batch.js';
import { keyFromBottom, keyFromTop, weightBetween } from './bin-search.js';
import { BinStore } from './bin-store.js';
import { BinRoom, decodeDDSketch, defaultMaxBins, encodeDDSketch, maxMaxBins } from './ddsketch-codec.js';
import { coarsened, type DDSketchParts, errorOf, isEmpty } from './ddsketch-parts.js';
import { defaultRelativeAccuracy, mappingOf, minMagnitude } from './mapping.js';

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
  private held: DDSketchParts | undefined;

  /**
   * Throws RangeError for options out of their range.
   *
   * @param bytes in the place of what is held, until that is asked for; see `encoded`
   */
  constructor(
    options?: DDSketchOptions,
    private bytes?: Uint8Array,
  ) {
    if (bytes !== undefined) return;
    const maxBins = options?.maxBins ?? defaultMaxBins;
    if (!(Number.isInteger(maxBins) && maxBins >= 1 && maxBins <= maxMaxBins)) {
      throw new RangeError(`maxBins ${maxBins} is not an integer from 1 to ${maxMaxBins}`);
    }
    this.held = {
      mapping: mappingOf(options?.relativeAccuracy ?? defaultRelativeAccuracy),
      inheritedError: 0,
      zeroCount: 0,
      positive: new BinStore(maxBins),
      negative: new BinStore(maxBins),
    };
  }

  /**
   * The promise of `quantile`: as asked for in the options, until a sketch of another accuracy is merged. Then
   * the bins are those of the coarser accuracy c, the values that came from bins of a finer one f have an error
   * of up to (1 + c)(1 + f) - 1, and this says so.
   */
  get relativeAccuracy(): number {
    const { inheritedError, mapping } = this.parts;
    return errorOf(inheritedError, mapping);
  }

  /** Weight of all samples. */
  get count(): number {
    const { negative, zeroCount, positive } = this.parts;
    return negative.total() + zeroCount + positive.total();
  }

  /** Weight that was moved into the lowest bin to stay within maxBins. */
  get collapsed(): number {
    const { negative, positive } = this.parts;
    return positive.collapsed + negative.collapsed;
  }

  /**
   * Adds a sample. Magnitudes below 2^-1022 count as zero. Throws RangeError unless value is finite and weight
   * is finite and positive.
   */
  add(value: number, weight = 1): void {
    checkSample(value, weight);
    const { parts } = this;
    if (value >= minMagnitude) parts.positive.add(parts.mapping.key(value), weight);
    else if (value <= -minMagnitude) parts.negative.add(parts.mapping.key(-value), weight);
    else parts.zeroCount += weight;
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
    const { held, bytes } = from as DDSketch;
    const source = held ?? decodeDDSketch(bytes!, room);
    if (isEmpty(source)) return;
    const { parts } = this;
    if (isEmpty(parts)) {
      parts.mapping = source.mapping;
    } else if (source.mapping.relativeAccuracy > parts.mapping.relativeAccuracy) {
      Object.assign(parts, coarsened(parts, source.mapping));
    }
    const other = coarsened(source, parts.mapping);
    parts.inheritedError = Math.max(parts.inheritedError, other.inheritedError);
    parts.zeroCount += other.zeroCount;
    parts.positive.merge(other.positive);
    parts.negative.merge(other.negative);
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
    const { mapping, zeroCount, positive, negative } = this.parts;
    const below = negative.total();
    const total = below + zeroCount + positive.total();
    if (total === 0) return Number.NaN;
    const rank = q * (total - 1);
    if (below > rank) return -mapping.representative(keyFromTop(negative.bins, rank));
    if (below + zeroCount > rank) return 0;
    return mapping.representative(keyFromBottom(positive.bins, rank - below - zeroCount));
  }

  /**
   * Weight of the samples at or below a value, and of those that share its bin. With a = `relativeAccuracy` and
   * g = (1 + a) / (1 - a), no sample is on the wrong side that is more than a factor of g away from the value,
   * but for what was `collapsed`. RangeError for NaN.
   */
  rank(value: number): number {
    if (Number.isNaN(value)) throw new RangeError('the rank of NaN is not defined');
    const magnitude = Math.min(Math.abs(value), Number.MAX_VALUE);
    const { mapping, zeroCount, positive, negative } = this.parts;
    if (magnitude < minMagnitude) return negative.total() + zeroCount;
    const key = mapping.key(magnitude);
    if (value < 0) return weightBetween(negative.bins, key, Infinity);
    return negative.total() + zeroCount + weightBetween(positive.bins, -Infinity, key);
  }

  /** The bins that hold something, in order of values: for histograms. */
  *bins(): Generator<SketchBin> {
    const { mapping, zeroCount, ...stores } = this.parts;
    const negative = stores.negative.bins;
    for (let slot = negative.slots - 1; slot >= 0; slot -= 1) {
      const key = negative.keyAt(slot);
      const weight = negative.weightAt(slot);
      if (weight > 0) yield { low: -mapping.lowerBound(key + 1), high: -mapping.lowerBound(key), weight };
    }
    if (zeroCount > 0) yield { low: 0, high: 0, weight: zeroCount };
    const positive = stores.positive.bins;
    for (let slot = 0; slot < positive.slots; slot += 1) {
      const key = positive.keyAt(slot);
      const weight = positive.weightAt(slot);
      if (weight > 0) yield { low: mapping.lowerBound(key), high: mapping.lowerBound(key + 1), weight };
    }
  }

  /** The encoding of lib/docs/sketches.md, to be read only. */
  encode(): Uint8Array {
    return this.bytes ?? encodeDDSketch(this.parts);
  }

  /** Throws SketchFormatError for bytes that are not an encoded sketch. */
  static decode(bytes: Uint8Array): DDSketch {
    const sketch = new DDSketch();
    sketch.held = decodeDDSketch(bytes);
    return sketch;
  }

  /**
   * As `decode`, but the bytes, which must not change any more, are decoded only when the sketch is asked for anything, which
   * then throws: merging it into another one takes a third of the time so, and encoding it none.
   */
  static encoded(bytes: Uint8Array): DDSketch {
    return new DDSketch(undefined, bytes);
  }

  private addBatch(
    values: ArrayLike<number>,
    weights: ArrayLike<number> | undefined,
    start: number,
    end: number,
  ): void {
    const { parts } = this;
    const { mapping, positive, negative } = parts;
    try {
      for (let i = start; i < end; i += 1) {
        const value = values[i]!;
        const weight = weights === undefined ? 1 : weights[i]!;
        checkSample(value, weight);
        if (value >= minMagnitude) positiveBatch.add(positive, mapping.key(value), weight);
        else if (value <= -minMagnitude) negativeBatch.add(negative, mapping.key(-value), weight);
        else parts.zeroCount += weight;
      }
    } finally {
      positiveBatch.flush(positive);
      negativeBatch.flush(negative);
    }
  }

  /** To be changed in place by whoever adds samples. */
  private get parts(): DDSketchParts {
    if (this.held === undefined) {
      this.held = decodeDDSketch(this.bytes!);
      this.bytes = undefined;
    }
    return this.held;
  }
}

/** One bin: the weight of the samples from low to high, which are equal for zero. */
export interface SketchBin {
  readonly low: number;
  readonly high: number;
  readonly weight: number;
}

/** For bins that are merged as soon as they are decoded. */
const room = new BinRoom();

/** With fewer samples than this a batch does not pay. */
const leastBatch = 32;

// Shared by all sketches: each addAll leaves them empty.
const positiveBatch = new Batch();
const negativeBatch = new Batch();

function checkSample(value: number, weight: number): void {
  if (value - value !== 0) throw new RangeError(`value ${value} is not finite`);
  if (!(weight > 0 && weight < Infinity)) throw new RangeError(`weight ${weight} is not above 0 and finite`);
}
