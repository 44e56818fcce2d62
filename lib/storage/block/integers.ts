import type { AdaptiveBits } from './adaptive-bits.js';
import { escapeLength, evenHeads, lengthContexts, longLength, noContext, shortLength } from './format.js';
import type { RangeEncoder } from './range-encoder.js';

/**
 * Integers from 0 to 2^53 - 1: how many bits one has is learnt, given a context (how many the ones before had on
 * average, if nothing is known that tells more); so are the two bits after the first; the others are as they are.
 */
export class Integers {
  private readonly lengths: number;
  private readonly longLengths: number;
  private readonly heads: number;
  /** The average in 16ths; less than 0 before the first. */
  private average = -1;
  private own = 0;

  /**
   * @param sides how many kinds of integers there are, which are learnt apart
   */
  constructor(models: AdaptiveBits, sides = 1) {
    this.lengths = models.take((sides * lengthContexts) << shortLength);
    this.longLengths = models.take(1 << longLength);
    this.heads = models.take(64 * 4, evenHeads);
  }

  write(out: RangeEncoder, value: number, context = noContext, side = 0): void {
    const length = bitLength(value);
    const first = this.first(context, side);
    out.tree(first, shortLength, Math.min(length, escapeLength));
    if (length >= escapeLength) out.tree(this.longLengths, longLength, length - escapeLength);
    if (context < 0) this.remember(length);
    let left = length - 1;
    let rest = value - 2 ** left;
    let head = 1;
    for (let i = 0; i < 2 && left > 0; i += 1) {
      left -= 1;
      const bit = rest >= 2 ** left ? 1 : 0;
      rest -= bit * 2 ** left;
      out.bit(this.heads + length * 4 + head, bit);
      head = head * 2 + bit;
    }
    while (left > 0) {
      const bits = Math.min(16, left);
      left -= bits;
      const part = Math.floor(rest / 2 ** left);
      rest -= part * 2 ** left;
      out.raw(part, bits);
    }
  }

  /** The first decision on the length. */
  private first(context: number, side: number): number {
    return this.lengths + ((side * lengthContexts + (context < 0 ? this.own : context)) << shortLength);
  }

  private remember(length: number): void {
    const { average } = this;
    this.average = average < 0 ? length << 4 : average + (((length << 4) - average) >> 4);
    this.own = Math.min(lengthContexts - 1, (this.average + 16) >> 5);
  }
}

/** Small lengths are told apart, long ones by twos and fours. */
export function lengthContext(length: number): number {
  if (length < 5) return length;
  return Math.min(lengthContexts - 1, length < 13 ? 5 + ((length - 5) >>> 1) : 9 + ((length - 13) >>> 2));
}

export function bitLength(value: number): number {
  return value < 0x100000000 ? 32 - Math.clz32(value) : 64 - Math.clz32(value / 0x100000000);
}

/**
 * Signed integers from -2^53 + 1 to 2^53 - 1: the sign is learnt given the last one, the rest is as of
 * `Integers`.
 */
export class SignedIntegers {
  private readonly magnitudes: Integers;
  private readonly signs: number;
  private last = 0;

  constructor(models: AdaptiveBits, sides = 1) {
    this.magnitudes = new Integers(models, sides);
    this.signs = models.take(2);
  }

  write(out: RangeEncoder, value: number, context = noContext, side = 0): void {
    this.magnitudes.write(out, Math.abs(value), context, side);
    if (value === 0) return;
    const sign = value < 0 ? 1 : 0;
    out.bit(this.signs + this.last, sign);
    this.last = sign;
  }
}
