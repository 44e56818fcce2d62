import { AdaptiveBits, lastShift, shifts } from './adaptive-bits.js';
import { BlockFormatError } from './format-error.js';

/**
 * Reads what `RangeEncoder` wrote, asked the same questions in the same order. Throws BlockFormatError well
 * behind the end of the bytes: so what they can make it do is bounded by their number. All its numbers are of
 * 31 bits, which is what engines calculate fastest.
 */
export class RangeDecoder {
  readonly models = new AdaptiveBits();
  private bytes: Uint8Array = new Uint8Array(0);
  private at = 0;
  private range = 0;
  private code = 0;

  start(bytes: Uint8Array): void {
    this.models.clear();
    this.bytes = bytes;
    this.at = 0;
    this.range = 0x7fffffff;
    this.code = 0;
    for (let i = 0; i < 4; i += 1) this.code = (this.code << 8) | this.next();
    if (this.code < 0) throw new BlockFormatError('it does not begin as it should');
  }

  bit(i: number): number {
    const { models, range, code } = this;
    const bound = (range >>> 15) * models.zero[i]!;
    if (code < bound) {
      this.range = bound;
      models.learn(i, 0);
      if (bound < least) this.normalize();
      return 0;
    }
    this.code = code - bound;
    this.range = range - bound;
    models.learn(i, 1);
    if (range - bound < least) this.normalize();
    return 1;
  }

  /**
   * So many binary decisions, the high bit first, each given those before it; their model begins at `first`.
   * The same as `bit` for each, faster by what is held in local variables.
   */
  tree(first: number, depth: number): number {
    const { zero, seen } = this.models;
    let { range, code } = this;
    let node = 1;
    for (let level = 0; level < depth; level += 1) {
      const i = first + node;
      const p = zero[i]!;
      const count = seen[i]!;
      const shift = shifts[count]!;
      if (count < lastShift) seen[i] = count + 1;
      const bound = (range >>> 15) * p;
      if (code < bound) {
        range = bound;
        zero[i] = p + ((32768 - p) >>> shift);
        node *= 2;
      } else {
        code -= bound;
        range -= bound;
        zero[i] = p - (p >>> shift);
        node = node * 2 + 1;
      }
      while (range < least) {
        range <<= 8;
        code = (code << 8) | this.next();
      }
    }
    this.range = range;
    this.code = code;
    return node - (1 << depth);
  }

  raw(bits: number): number {
    const range = this.range >>> bits;
    const value = Math.min((1 << bits) - 1, (this.code / range) | 0);
    this.code -= value * range;
    this.range = range;
    if (range < least) this.normalize();
    return value;
  }

  private normalize(): void {
    do {
      this.range <<= 8;
      this.code = (this.code << 8) | this.next();
    } while (this.range < least);
  }

  private next(): number {
    const { at } = this;
    this.at = at + 1;
    if (at < this.bytes.length) return this.bytes[at]!;
    if (at > this.bytes.length + mostTrimmed) throw new BlockFormatError('it ends too soon');
    return 0;
  }
}

const least = 1 << 23;

/** Zeros at the end are not stored: those of the coder's last word, and it reads a word ahead. */
const mostTrimmed = 12;
