import type { AdaptiveBits } from './adaptive-bits.js';
import { BlockFormatError } from './format-error.js';

/**
 * Reads what `RangeEncoder` wrote, asked the same questions in the same order. Throws BlockFormatError well behind the end
 * of the bytes: so what they can make it do is bounded by their number.
 */
export class RangeDecoder {
  private readonly bytes: Uint8Array;
  private at = 0;
  private range = 0xffffffff;
  private code = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    for (let i = 0; i < 4; i += 1) this.code = ((this.code << 8) | this.next()) >>> 0;
  }

  bit(model: AdaptiveBits, i: number): number {
    const bound = ((this.range >>> 16) * model.zero[i]!) >>> 0;
    const bit = this.code < bound ? 0 : 1;
    if (bit === 0) {
      this.range = bound;
    } else {
      this.code = (this.code - bound) >>> 0;
      this.range = (this.range - bound) >>> 0;
    }
    model.learn(i, bit);
    this.normalize();
    return bit;
  }

  raw(bits: number): number {
    this.range = this.range >>> bits;
    const value = Math.min(2 ** bits - 1, Math.floor(this.code / this.range));
    this.code = (this.code - value * this.range) >>> 0;
    this.normalize();
    return value;
  }

  private normalize(): void {
    while (this.range < 0x1000000) {
      this.range = (this.range << 8) >>> 0;
      this.code = ((this.code << 8) | this.next()) >>> 0;
    }
  }

  private next(): number {
    const { at } = this;
    this.at = at + 1;
    if (at < this.bytes.length) return this.bytes[at]!;
    if (at > this.bytes.length + mostTrimmed) throw new BlockFormatError('it ends too soon');
    return 0;
  }
}

/** Zeros at the end are not stored: those of the coder's last word, and it reads a word ahead. */
const mostTrimmed = 12;
