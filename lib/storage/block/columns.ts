import { AdaptiveBits } from './adaptive-bits.js';
import { SketchBytes } from './bytes-column.js';
import { BlockFormatError } from './format-error.js';
import { Integers } from './integers.js';
import { readNumbers, writeNumbers } from './numbers-column.js';
import { RangeDecoder } from './range-decoder.js';
import { RangeEncoder } from './range-encoder.js';

/** A column of numbers: NaN stands for NULL. */
export interface NumberColumn {
  readonly name: string;
  /** What to expect of a number, from the columns before it. */
  guess?(before: Columns, row: number): number;
}

/** How the points of one kind lie in a block: columns of numbers, and for some kinds one of sketches after them. */
export interface BlockLayout {
  readonly numbers: readonly NumberColumn[];
  readonly hasSketch: boolean;
}

/** The points of one series in one span of time, column by column. */
export interface Columns {
  /** Numbers of the buckets within the span, rising. */
  readonly buckets: Float64Array;
  readonly numbers: ReadonlyMap<string, Float64Array>;
  /** Empty where the layout has none. */
  readonly sketches: readonly Uint8Array[];
}

const version = 1;
/** At the end: a coder that has lost its way does not find it. */
const endMark = 0x6b1d;
/** No point has more, whatever a damaged block says. */
const mostSketchBytes = 1 << 24;

const out = new RangeEncoder();

/** The encoding of lib/docs/storage-format.md. The number of points is not in it. */
export function encodeBlock(layout: BlockLayout, columns: Columns): Uint8Array {
  out.start();
  out.raw(version, 8);
  writeBuckets(columns.buckets);
  const presence = new AdaptiveBits(4);
  let before: Float64Array | undefined;
  for (const { name, guess } of layout.numbers) {
    const values = columns.numbers.get(name)!;
    const rows = writePresence(presence, values, before);
    const guesses = guess && Float64Array.from(rows, (row) => guess(columns, row));
    writeNumbers(
      out,
      Float64Array.from(rows, (row) => values[row]!),
      guesses,
    );
    before = values;
  }
  const bytes = new SketchBytes();
  for (const sketch of columns.sketches) bytes.write(out, sketch);
  out.raw(endMark, 16);
  return out.finish();
}

/** Throws BlockFormatError for bytes that are no block of so many points. */
export function decodeBlock(layout: BlockLayout, count: number, bytes: Uint8Array): Columns {
  const from = new RangeDecoder(bytes);
  const found = from.raw(8);
  if (found !== version) throw new BlockFormatError(`it is of version ${found}, not ${version}`);
  const buckets = readBuckets(from, count);
  const numbers = new Map<string, Float64Array>();
  const sketches: Uint8Array[] = [];
  const columns = { buckets, numbers, sketches };
  const presence = new AdaptiveBits(4);
  let before: Float64Array | undefined;
  for (const { name, guess } of layout.numbers) {
    const values = new Float64Array(count).fill(Number.NaN);
    const rows = readPresence(from, presence, count, before);
    const guesses = guess && Float64Array.from(rows, (row) => guess(columns, row));
    const present = readNumbers(from, rows.length, guesses);
    for (let i = 0; i < rows.length; i += 1) values[rows[i]!] = present[i]!;
    numbers.set(name, values);
    before = values;
  }
  if (layout.hasSketch) {
    const model = new SketchBytes();
    for (let i = 0; i < count; i += 1) sketches.push(readSketch(from, model));
  }
  if (from.raw(16) !== endMark) throw new BlockFormatError('it does not end as it should');
  return columns;
}

function readSketch(from: RangeDecoder, model: SketchBytes): Uint8Array {
  const bytes = model.read(from, mostSketchBytes);
  if (bytes === undefined) throw new BlockFormatError('a sketch in it is too long');
  return bytes;
}

/** Most buckets follow each other: a gap of 0 costs next to nothing. */
function writeBuckets(buckets: Float64Array): void {
  const model = new Integers();
  let next = 0;
  for (const bucket of buckets) {
    model.write(out, bucket - next);
    next = bucket + 1;
  }
}

function readBuckets(from: RangeDecoder, count: number): Float64Array {
  const model = new Integers();
  const buckets = new Float64Array(count);
  let next = 0;
  for (let i = 0; i < count; i += 1) {
    buckets[i] = next + model.read(from);
    next = buckets[i]! + 1;
  }
  return buckets;
}

/** Writes which rows have a number, if not all do, and returns them. */
function writePresence(
  model: AdaptiveBits,
  values: Float64Array,
  before: Float64Array | undefined,
): number[] {
  const rows: number[] = [];
  for (let row = 0; row < values.length; row += 1) if (!Number.isNaN(values[row])) rows.push(row);
  const all = rows.length === values.length;
  out.raw(all ? 1 : 0, 1);
  if (all) return rows;
  let last = 1;
  for (let row = 0; row < values.length; row += 1) {
    const present = Number.isNaN(values[row]) ? 0 : 1;
    out.bit(model, presenceContext(last, before, row), present);
    last = present;
  }
  return rows;
}

function readPresence(
  from: RangeDecoder,
  model: AdaptiveBits,
  count: number,
  before: Float64Array | undefined,
): number[] {
  const rows: number[] = [];
  const all = from.raw(1) === 1;
  let last = 1;
  for (let row = 0; row < count; row += 1) {
    if (!all) last = from.bit(model, presenceContext(last, before, row));
    if (last === 1) rows.push(row);
  }
  return rows;
}

/** Given whether the row before has a number, and whether this row has one in the column before. */
function presenceContext(last: number, before: Float64Array | undefined, row: number): number {
  return last * 2 + (before === undefined || Number.isNaN(before[row]) ? 0 : 1);
}
