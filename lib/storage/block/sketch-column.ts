import { type BlockVersion, version } from './columns.js';
import { BlockFormatError } from './format-error.js';
import { codeLengths, codesOf, fillTable, longestCode, symbols, tableSize } from './huffman.js';
import { Integers } from './integers.js';
import type { RangeDecoder } from './range-decoder.js';
import type { RangeEncoder } from './range-encoder.js';
import {
  BinWalk,
  noBin,
  OldWalk,
  oldWalkCodes,
  type SketchWalk,
  shortcutsOf,
  walkCodes,
} from './sketch-walk.js';

/*
 * A column of encoded sketches, as the bytes they are. Nearly all bytes of a DDSketch are bins, the high half
 * the gap and the low half the weight (see lib/docs/sketches.md). Their codes are of whole bits, found in a
 * table, and each sketch begins at a byte: it is read many times faster than a number of the range coder, and
 * those that are not asked for are passed over. The first bytes say what follows, mostly the same: they, and
 * the lengths, are the range coder's. Other bytes than a sketch's come out all the same.
 */

/** Bytes of a sketch that the range coder takes: kind, parts, number of bins, first key. */
const headBytes = 5;

/** No point has more, whatever a damaged block says. */
const mostSketchBytes = 1 << 24;

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
    this.byteCounts = new Integers(out.models, version);
    this.codedCounts = new Integers(out.models, version);
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

/** Shared by all blocks: a reader fills it at its first sketch. */
const table = new Uint8Array(walkCodes * tableSize);
let tableOwner: SketchReader | undefined;

export class SketchReader {
  private readonly walk: SketchWalk;
  private readonly shortcuts: Uint16Array;
  /** None for a code that does not occur. */
  private readonly lengths: readonly (Uint8Array | undefined)[];
  private readonly heads: number;
  private readonly byteCounts: Integers;
  private readonly codedCounts: Integers;
  private readonly head = new Uint8Array(headBytes);
  private length = 0;
  private at = 0;
  private end = 0;

  constructor(
    private readonly from: RangeDecoder,
    private readonly bytes: Uint8Array,
    of: BlockVersion,
  ) {
    const model = from.models.take(symbols);
    this.walk = of === 2 ? new OldWalk() : new BinWalk();
    this.shortcuts = of === 2 ? oldShortcuts : binShortcuts;
    this.lengths = Array.from({ length: of === 2 ? oldWalkCodes : walkCodes }, () =>
      of === 2 || from.raw(1) === 1
        ? Uint8Array.from({ length: symbols }, () => from.tree(model, 4))
        : undefined,
    );
    this.heads = from.models.take(headBytes * 256);
    this.byteCounts = new Integers(from.models, of);
    this.codedCounts = new Integers(from.models, of);
  }

  /** Goes to the next sketch. */
  next(): void {
    const { from, head } = this;
    this.at = this.end;
    this.length = this.byteCounts.read(from);
    for (let i = 0; i < Math.min(headBytes, this.length); i += 1)
      head[i] = from.tree(this.heads + i * 256, 8);
    this.end += this.codedCounts.read(from);
    if (this.end > this.bytes.length) throw new BlockFormatError('it ends before its sketches do');
    if (this.length > mostSketchBytes) throw new BlockFormatError('a sketch in it is too long');
  }

  /** Whether all bytes were sketches'. */
  get isAtEnd(): boolean {
    return this.end === this.bytes.length;
  }

  /** The sketch that `next` went to. */
  read(): Uint8Array {
    if (tableOwner !== this) this.fillTables();
    const { length } = this;
    // Each half takes a bit at least.
    if (length - headBytes > 4 * (this.end - this.at))
      throw new BlockFormatError('a sketch in it is too short');
    // Small ones out of one allocation: blocks hold hundreds, each of which would be one for the collector to free.
    const sketch = Buffer.allocUnsafe(length);
    for (let i = 0; i < Math.min(headBytes, length); i += 1) sketch[i] = this.head[i]!;
    this.decode(sketch);
    return sketch;
  }

  private decode(sketch: Uint8Array): void {
    const { bytes, end, walk, shortcuts } = this;
    let at = this.at;
    let [held, bits] = [0, 0];
    walk.restart();
    let { high: highCode, expected, lowSame, lowOther } = walk;
    let [isAtBin, isFresh] = [true, true];
    for (let i = headBytes; i < sketch.length; i += 1) {
      // Both halves take 18 bits at most.
      for (; bits < 2 * longestCode; bits += 8, at += 1) held = (held << 8) | (at < end ? bytes[at]! : 0);
      const first = table[(highCode << longestCode) + ((held >>> (bits - longestCode)) & mask)]!;
      bits -= first & 15;
      const high = first >>> 4;
      const lowCode = high === expected ? lowSame : lowOther;
      const second = table[(lowCode << longestCode) + ((held >>> (bits - longestCode)) & mask)]!;
      if (first === 0 || second === 0)
        throw new BlockFormatError('a sketch in it has bits that mean nothing');
      bits -= second & 15;
      const byte = high * 16 + (second >>> 4);
      sketch[i] = byte;
      const shortcut = shortcuts[byte]!;
      if (isAtBin && shortcut !== noBin) {
        highCode = shortcut >>> 8;
        lowSame = shortcut & 255;
        lowOther = lowSame + 1;
        expected = 0;
        isFresh = true;
        continue;
      }
      // The walk was not told of bins that had a shortcut: behind one of them it is as at the start.
      if (isFresh) walk.restart();
      isFresh = false;
      walk.take(high, byte & 15);
      isAtBin = walk.isAtBin();
      ({ high: highCode, expected, lowSame, lowOther } = walk);
    }
  }

  private fillTables(): void {
    for (const [i, lengths] of this.lengths.entries()) {
      if (lengths === undefined) table.fill(0, i * tableSize, (i + 1) * tableSize);
      else if (!fillTable(table, i * tableSize, lengths)) throw new BlockFormatError('its codes are none');
    }
    tableOwner = this;
  }
}

const mask = tableSize - 1;
const binShortcuts = shortcutsOf(new BinWalk());
const oldShortcuts = shortcutsOf(new OldWalk());
