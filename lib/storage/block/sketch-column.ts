import { type BlockVersion, version } from './columns.js';
import { BlockFormatError } from './format-error.js';
import { codeLengths, codesOf, fillTable, longestCode, symbols, tableSize } from './huffman.js';
import { Integers } from './integers.js';
import type { RangeDecoder } from './range-decoder.js';
import type { RangeEncoder } from './range-encoder.js';

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

/**
 * Codes of a gap, and of a weight, by whether there was a gap, and whether the weight before was more than the
 * least.
 */
const contexts = 4;
const gapContext = (gapBefore: number, weightBefore: number): number =>
  (gapBefore > 0 ? 1 : 0) + (weightBefore > 0 ? 2 : 0);
const weightContext = (gap: number, weightBefore: number): number =>
  contexts + (gap > 0 ? 1 : 0) + (weightBefore > 0 ? 2 : 0);

export class SketchWriter {
  private readonly frequencies = Array.from({ length: 2 * contexts }, () => new Uint32Array(symbols));
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
    for (const bytes of sketches)
      eachHalf(bytes, (context, half) => (this.frequencies[context]![half]! += 1));
    this.lengths = this.frequencies.map(codeLengths);
    this.codes = this.lengths.map(codesOf);
    const model = out.models.take(symbols);
    for (const lengths of this.lengths) for (const length of lengths) out.tree(model, 4, length);
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
    eachHalf(bytes, (context, half) => {
      held = (held << this.lengths[context]![half]!) | this.codes[context]![half]!;
      bits += this.lengths[context]![half]!;
      for (; bits >= 8; bits -= 8, at += 1) coded[at] = held >>> (bits - 8);
      held &= (1 << bits) - 1;
    });
    if (bits > 0) coded[at] = held << (8 - bits);
    return coded.slice(0, bits > 0 ? at + 1 : at);
  }
}

function eachHalf(bytes: Uint8Array, take: (context: number, half: number) => void): void {
  let [gap, weight] = [0, 0];
  for (let i = headBytes; i < bytes.length; i += 1) {
    const byte = bytes[i]!;
    take(gapContext(gap, weight), byte >>> 4);
    gap = byte >>> 4;
    take(weightContext(gap, weight), byte & 15);
    weight = byte & 15;
  }
}

/** Shared by all blocks: a reader fills it at its first sketch. */
const table = new Uint8Array(2 * contexts * tableSize);
let tableOwner: SketchReader | undefined;

export class SketchReader {
  private readonly lengths: readonly Uint8Array[];
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
    this.lengths = Array.from({ length: 2 * contexts }, () =>
      Uint8Array.from({ length: symbols }, () => from.tree(model, 4)),
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
    const { bytes, end, length } = this;
    // Each half takes a bit at least.
    if (length - headBytes > 4 * (end - this.at)) throw new BlockFormatError('a sketch in it is too short');
    const sketch = new Uint8Array(length);
    for (let i = 0; i < Math.min(headBytes, length); i += 1) sketch[i] = this.head[i]!;
    let at = this.at;
    let [held, bits] = [0, 0];
    let [gap, weight] = [0, 0];
    for (let i = headBytes; i < length; i += 1) {
      // Both halves take 18 bits at most.
      for (; bits < 2 * longestCode; bits += 8, at += 1) held = (held << 8) | (at < end ? bytes[at]! : 0);
      const first =
        table[(gapContext(gap, weight) << longestCode) + ((held >>> (bits - longestCode)) & mask)]!;
      if (first === 0) throw new BlockFormatError('a sketch in it has bits that mean nothing');
      bits -= first & 15;
      gap = first >>> 4;
      const second =
        table[(weightContext(gap, weight) << longestCode) + ((held >>> (bits - longestCode)) & mask)]!;
      if (second === 0) throw new BlockFormatError('a sketch in it has bits that mean nothing');
      bits -= second & 15;
      weight = second >>> 4;
      sketch[i] = gap * 16 + weight;
    }
    return sketch;
  }

  private fillTables(): void {
    for (const [i, lengths] of this.lengths.entries()) {
      if (!fillTable(table, i * tableSize, lengths)) throw new BlockFormatError('its codes are none');
    }
    tableOwner = this;
  }
}

const mask = tableSize - 1;
