import { headBytes, longestCode, symbols, walkCodes } from './format.js';
import { codeLengths, codesOf } from './huffman.js';
import { Integers } from './integers.js';
import type { RangeEncoder } from './range-encoder.js';
import { BinWalk } from './sketch-walk.js';

/*
 * A column of encoded sketches, as the bytes they are. Nearly all bytes of a DDSketch are bins, the high half
 * the gap and the low half the weight (see lib/docs/sketches.md). Their codes are of whole bits, found in a
 * table, and each sketch begins at a byte: it is read many times faster than a number of the range coder, and
 * those that are not asked for are passed over. The first bytes say what follows, mostly the same: they, and
 * the lengths, are the range coder's. Other bytes than a sketch's come out all the same.
 */

export class SketchWriter {
  private readonly walk = new BinWalk();
  private readonly lengths: readonly Uint8Array[];
  private readonly codes: readonly Uint16Array[];
  private readonly heads: number;
  private readonly byteCounts: Integers;
  private readonly codedCounts: Integers;
  private readonly coded: Uint8Array[] = [];

  constructor(
    private readonly out: RangeEncoder,
    sketches: readonly Uint8Array[],
  ) {
    const frequencies = Array.from({ length: walkCodes }, () => new Uint32Array(symbols));
    for (const bytes of sketches) this.eachHalf(bytes, (code, half) => (frequencies[code]![half]! += 1));
    this.lengths = frequencies.map(codeLengths);
    this.codes = this.lengths.map(codesOf);
    const model = out.models.take(symbols);
    for (const lengths of this.lengths) {
      const isUsed = lengths.some((length) => length > 0);
      out.raw(isUsed ? 1 : 0, 1);
      if (isUsed) for (const length of lengths) out.tree(model, 4, length);
    }
    this.heads = out.models.take(headBytes * 256);
    this.byteCounts = new Integers(out.models);
    this.codedCounts = new Integers(out.models);
  }

  write(bytes: Uint8Array): void {
    const { out } = this;
    const coded = this.code(bytes);
    this.coded.push(coded);
    this.byteCounts.write(out, bytes.length);
    for (let i = 0; i < Math.min(headBytes, bytes.length); i += 1)
      out.tree(this.heads + i * 256, 8, bytes[i]!);
    this.codedCounts.write(out, coded.length);
  }

  /** What comes behind the range coder's bytes. */
  finish(): readonly Uint8Array[] {
    return this.coded;
  }

  private code(bytes: Uint8Array): Uint8Array {
    const coded = new Uint8Array(Math.ceil((2 * bytes.length * longestCode) / 8));
    let at = 0;
    let [held, bits] = [0, 0];
    this.eachHalf(bytes, (code, half) => {
      held = (held << this.lengths[code]![half]!) | this.codes[code]![half]!;
      bits += this.lengths[code]![half]!;
      for (; bits >= 8; bits -= 8, at += 1) coded[at] = held >>> (bits - 8);
      held &= (1 << bits) - 1;
    });
    if (bits > 0) coded[at] = held << (8 - bits);
    return coded.slice(0, bits > 0 ? at + 1 : at);
  }

  private eachHalf(bytes: Uint8Array, take: (code: number, half: number) => void): void {
    const { walk } = this;
    walk.restart();
    for (let i = headBytes; i < bytes.length; i += 1) {
      const high = bytes[i]! >>> 4;
      const low = bytes[i]! & 15;
      take(walk.high, high);
      take(high === walk.expected ? walk.lowSame : walk.lowOther, low);
      walk.take(high, low);
    }
  }
}
