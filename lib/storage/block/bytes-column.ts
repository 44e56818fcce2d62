import { AdaptiveBits } from './adaptive-bits.js';
import { Integers } from './integers.js';
import type { RangeDecoder } from './range-decoder.js';
import type { RangeEncoder } from './range-encoder.js';

/**
 * A column of encoded sketches, as the bytes they are. Nearly all bytes of a DDSketch are bins, the high half the gap and
 * the low half the weight (see lib/docs/sketches.md): so a high half is learnt given the one before it and whether
 * it is near the beginning, a low half given its high half. Other bytes come out all the same.
 */
export class SketchBytes {
  private readonly lengths = new Integers();
  private readonly highs = new AdaptiveBits(headBytes * 16 + 16 * 16);
  private readonly lows = new AdaptiveBits((headBytes + 16) * 16);

  write(out: RangeEncoder, bytes: Uint8Array): void {
    this.lengths.write(out, bytes.length);
    let last = 0;
    for (let i = 0; i < bytes.length; i += 1) {
      const byte = bytes[i]!;
      const high = byte >>> 4;
      writeHalf(out, this.highs, highContext(i, last), high);
      writeHalf(out, this.lows, lowContext(i, high), byte & 15);
      last = high;
    }
  }

  /** At most `most` bytes, or undefined. */
  read(from: RangeDecoder, most: number): Uint8Array | undefined {
    const length = this.lengths.read(from);
    if (length > most) return undefined;
    const bytes = new Uint8Array(length);
    let last = 0;
    for (let i = 0; i < length; i += 1) {
      const high = readHalf(from, this.highs, highContext(i, last));
      bytes[i] = high * 16 + readHalf(from, this.lows, lowContext(i, high));
      last = high;
    }
    return bytes;
  }
}

/** The first bytes say what follows: each has a context of its own. */
const headBytes = 6;

const highContext = (i: number, last: number): number => (i < headBytes ? i : headBytes + last) * 16;
const lowContext = (i: number, high: number): number => (i < headBytes ? i : headBytes + high) * 16;

function writeHalf(out: RangeEncoder, model: AdaptiveBits, context: number, value: number): void {
  let node = 1;
  for (let shift = 3; shift >= 0; shift -= 1) {
    const bit = (value >>> shift) & 1;
    out.bit(model, context + node, bit);
    node = node * 2 + bit;
  }
}

function readHalf(from: RangeDecoder, model: AdaptiveBits, context: number): number {
  let node = 1;
  while (node < 16) node = node * 2 + from.bit(model, context + node);
  return node - 16;
}
