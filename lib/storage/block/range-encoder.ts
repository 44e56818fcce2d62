import { AdaptiveBits } from './adaptive-bits.js';

/**
 * A range coder with carry (G. N. N. Martin, "Range encoding", 1979; in the binary form that LZMA uses): a
 * decision of probability p takes -log2(p) bits, be that a fraction of one. One is shared by all blocks:
 * `finish` copies out.
 */
export class RangeEncoder {
  readonly models = new AdaptiveBits();
  private bytes = new Uint8Array(4096);
  private length = 0;
  private low = 0;
  private range = 0;
  /** The last byte, and a run of 0xff after it, wait until it is known whether a carry comes. */
  private last: number | undefined;
  private waiting = 0;

  start(): void {
    this.models.clear();
    this.length = 0;
    this.low = 0;
    this.range = 0x7fffffff;
    this.last = undefined;
    this.waiting = 0;
  }

  bit(i: number, bit: number): void {
    const bound = (this.range >>> 15) * this.models.zero[i]!;
    if (bit === 0) {
      this.range = bound;
    } else {
      this.low += bound;
      this.range -= bound;
    }
    this.models.learn(i, bit);
    if (this.range < least) this.normalize();
  }

  /** A value of so many bits, the high bit first, each given those before it; their model begins at `first`. */
  tree(first: number, depth: number, value: number): void {
    let node = 1;
    for (let shift = depth - 1; shift >= 0; shift -= 1) {
      const bit = (value >>> shift) & 1;
      this.bit(first + node, bit);
      node = node * 2 + bit;
    }
  }

  /** Up to 16 bits that no model knows anything about. */
  raw(value: number, bits: number): void {
    this.range >>>= bits;
    this.low += value * this.range;
    if (this.range < least) this.normalize();
  }

  finish(): Uint8Array {
    for (let i = 0; i < 5; i += 1) this.shiftLow();
    // A decoder reads zeros beyond the end.
    while (this.length > 0 && this.bytes[this.length - 1] === 0) this.length -= 1;
    return this.bytes.slice(0, this.length);
  }

  private normalize(): void {
    do {
      this.range <<= 8;
      this.shiftLow();
    } while (this.range < least);
  }

  private shiftLow(): void {
    if (this.low < 0xff000000 || this.low >= 0x100000000) {
      const carry = this.low >= 0x100000000 ? 1 : 0;
      if (this.last !== undefined) this.emit(this.last + carry);
      for (; this.waiting > 0; this.waiting -= 1) this.emit(0xff + carry);
      this.last = Math.floor(this.low / 0x1000000) & 0xff;
    } else {
      this.waiting += 1;
    }
    this.low = (this.low % 0x1000000) * 256;
  }

  private emit(byte: number): void {
    if (this.length === this.bytes.length) {
      const bytes = new Uint8Array(this.bytes.length * 2);
      bytes.set(this.bytes);
      this.bytes = bytes;
    }
    this.bytes[this.length] = byte & 0xff;
    this.length += 1;
  }
}

const least = 1 << 23;
