import { highWord, lowWord } from './word-order.js';

/**
 * From a magnitude to the key of its bin, and back.
 *
 * DDSketch (Masson, Rim, Lee, VLDB 2019) keeps its promise of relative accuracy a when no bin [low, high) is
 * wider than high / low = gamma = (1 + a) / (1 - a): then the value 2·low·high / (low + high) is within a of
 * everything in the bin. With a = 0.01, gamma is 1.0202. A logarithm gives bins of exactly that width, but
 * Math.log need not give the same last bit in another engine, and takes a third longer
 * (spec/bench/sketch/mapping.ts). So the logarithm to base 2 is interpolated.
 *
 * A double is 2^e · (1 + s) with 0 <= s < 1, and both are plain bits in it. Take
 *
 *     L(2^e · (1 + s)) = e + P(s)      P(s) = 6/35·s³ - 3/5·s² + 10/7·s      key = floor(multiplier · L)
 *
 * P(0) = 0 and P(1) = 6/35 - 21/35 + 50/35 = 1, so L is continuous, as log2 is. How wide a bin gets depends on
 * how fast L grows with ln(v): dL/d(ln v) = P'(s)·(1 + s) = 10/7 + (8·s - 24·s² + 18·s³) / 35. Its derivative
 * is zero at s = 2/9 (a maximum) and s = 2/3 (a minimum); at s = 2/3 the bracket is 16/3 - 32/3 + 16/3 = 0, so
 * the least growth is 10/7, at s = 0 and s = 2/3. A bin is 1/multiplier of L wide, at most 7 / (10 ·
 * multiplier) in ln(v), and multiplier = 0.7 / ln(gamma) keeps the promise everywhere. The price over the true
 * logarithm is 0.7 against ln 2 = 0.693 bins: 35.0 against 34.7 bins an octave at a = 0.01, one per cent.
 *
 * Only + - * and bits: another implementation that is handed `multiplier` finds the same key, bit for bit.
 */
export class CubicMapping {
  readonly relativeAccuracy: number;
  /** Bins per octave. */
  readonly multiplier: number;
  /** Keys of the smallest and the largest magnitude that have one. */
  readonly minKey: number;
  readonly maxKey: number;

  /** Throws RangeError unless `minAccuracy` <= relativeAccuracy < 0.5. */
  constructor(relativeAccuracy: number) {
    if (!(relativeAccuracy >= minAccuracy && relativeAccuracy < 0.5)) {
      throw new RangeError(
        `relative accuracy ${relativeAccuracy} is out of range: ${minAccuracy} up to, not including, 0.5`,
      );
    }
    this.relativeAccuracy = relativeAccuracy;
    const logGamma = Math.log1p((2 * relativeAccuracy) / (1 - relativeAccuracy));
    this.multiplier = 0.7 / logGamma;
    this.minKey = this.key(minMagnitude);
    this.maxKey = this.key(Number.MAX_VALUE);
  }

  /** The key of a magnitude from `minMagnitude` to `Number.MAX_VALUE`. */
  key(magnitude: number): number {
    float[0] = magnitude;
    const high = words[highWord]!;
    // 20 and 32 bits make the 52 of s, exactly. Putting the exponent of 1 into the words and reading the double
    // back costs four times as much: a load that spans two stores waits for both.
    const s = ((high & 0xfffff) * 2 ** 32 + words[lowWord]!) * 2 ** -52;
    return Math.floor(((high >>> 20) - 1023 + ((cubic * s + square) * s + linear) * s) * this.multiplier);
  }

  /**
   * The least magnitude of a bin, up to rounding; `minMagnitude` and `Number.MAX_VALUE` at the ends of the
   * range.
   */
  lowerBound(key: number): number {
    const target = key / this.multiplier;
    const e = Math.floor(target);
    const p = target - e;
    // Newton's method on P(s) = p. P rises and is concave on [0, 1], so from s = 0 it approaches from below.
    // Each step squares the error: six reach the last bit.
    let s = 0;
    for (let step = 0; step < 6; step += 1) {
      s -= (((cubic * s + square) * s + linear) * s - p) / ((3 * cubic * s + 2 * square) * s + linear);
    }
    return Math.min(Math.max((1 + s) * 2 ** e, minMagnitude), Number.MAX_VALUE);
  }

  /** The value within `relativeAccuracy` of everything in the bin. */
  representative(key: number): number {
    const low = this.lowerBound(key);
    const high = this.lowerBound(key + 1);
    // 2·low·high / (low + high), in an order that cannot overflow.
    return low * (2 / (1 + low / high));
  }
}

export const defaultRelativeAccuracy = 0.01;

/**
 * The finest accuracy. Rounding moves the edges of bins: L is up to 1,074 and exact to 2^-43, which at 3,500
 * bins an octave is 8e-10 of a bin for both edges. What makes up for it is that growth is above 10/7 around s =
 * 2/3, by 2e-9 over such a bin. Finer bins would be moved by more and have less in reserve.
 */
export const minAccuracy = 1e-4;

/**
 * 2^-1022, the smallest normal double. What is nearer to zero counts as zero: it has too few bits for the
 * promise.
 */
export const minMagnitude = 2.2250738585072014e-308;

/** The coefficients of P, for implementations elsewhere. */
export const cubic = 6 / 35;
export const square = -3 / 5;
export const linear = 10 / 7;

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

// The default's mapping, or the one asked for last: sketches of one process share their accuracy.
let latest: CubicMapping | undefined;

/** The mapping of an accuracy, shared between sketches. */
export function mappingOf(relativeAccuracy: number): CubicMapping {
  if (latest?.relativeAccuracy !== relativeAccuracy) latest = new CubicMapping(relativeAccuracy);
  return latest;
}
