import { AdaptiveBits } from './adaptive-bits.js';
import type { RangeDecoder } from './range-decoder.js';
import type { RangeEncoder } from './range-encoder.js';

/**
 * Integers from 0 to 2^53 - 1: how many bits one has is learnt, given how many the last one had; so are the two bits
 * after the first; the others are as they are.
 */
export class Integers {
  private readonly lengths = new AdaptiveBits(lengthContexts * 64);
  private readonly heads = new AdaptiveBits(64 * 4);
  private context = 0;

  write(out: RangeEncoder, value: number): void {
    const length = bitLength(value);
    const base = this.context * 64;
    let node = 1;
    for (let shift = 5; shift >= 0; shift -= 1) {
      const bit = (length >>> shift) & 1;
      out.bit(this.lengths, base + node, bit);
      node = node * 2 + bit;
    }
    this.context = contextOf(length);
    let left = length - 1;
    let rest = value - 2 ** left;
    let head = 1;
    for (let i = 0; i < 2 && left > 0; i += 1) {
      left -= 1;
      const bit = rest >= 2 ** left ? 1 : 0;
      rest -= bit * 2 ** left;
      out.bit(this.heads, length * 4 + head, bit);
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

  read(from: RangeDecoder): number {
    const base = this.context * 64;
    let node = 1;
    while (node < 64) node = node * 2 + from.bit(this.lengths, base + node);
    const length = node - 64;
    this.context = contextOf(length);
    if (length === 0) return 0;
    let left = length - 1;
    let value = 1;
    let head = 1;
    for (let i = 0; i < 2 && left > 0; i += 1) {
      left -= 1;
      const bit = from.bit(this.heads, length * 4 + head);
      head = head * 2 + bit;
      value = value * 2 + bit;
    }
    while (left > 0) {
      const bits = Math.min(16, left);
      left -= bits;
      value = value * 2 ** bits + from.raw(bits);
    }
    return value;
  }
}

const lengthContexts = 12;

/** Small lengths are told apart, long ones by fours. */
function contextOf(length: number): number {
  return length < 3 ? length : Math.min(lengthContexts - 1, 3 + ((length - 3) >>> 2));
}

function bitLength(value: number): number {
  return value < 0x100000000 ? 32 - Math.clz32(value) : 64 - Math.clz32(value / 0x100000000);
}

/** Signed integers from -2^53 + 1 to 2^53 - 1: the sign is learnt given the last one, the rest is as of `Integers`. */
export class SignedIntegers {
  private readonly magnitudes = new Integers();
  private readonly signs = new AdaptiveBits(2);
  private last = 0;

  write(out: RangeEncoder, value: number): void {
    this.magnitudes.write(out, Math.abs(value));
    if (value === 0) return;
    const sign = value < 0 ? 1 : 0;
    out.bit(this.signs, this.last, sign);
    this.last = sign;
  }

  read(from: RangeDecoder): number {
    const magnitude = this.magnitudes.read(from);
    if (magnitude === 0) return 0;
    this.last = from.bit(this.signs, this.last);
    return this.last === 1 ? -magnitude : magnitude;
  }
}
