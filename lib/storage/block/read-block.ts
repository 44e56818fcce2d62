import {
  type BlockLayout,
  type BlockVersion,
  endMark,
  type NumberColumn as Layout,
  presenceContext,
  version,
} from './columns.js';
import { BlockFormatError } from './format-error.js';
import { Integers } from './integers.js';
import { NumberColumn, readCoding } from './number-column.js';
import { RangeDecoder } from './range-decoder.js';
import { SketchReader } from './sketch-column.js';

/** One at a time: a reader has it until the next one is made. */
const from = new RangeDecoder();

/**
 * Goes through the points of a block, row by row: what comes after the last row that is asked for is not
 * decoded, nor are sketches that are not. Valid until the next reader is made. Throws BlockFormatError for
 * bytes that are no block of so many points.
 */
export class BlockReader {
  /** Of the row: its bucket's number, and its numbers in the order of the layout. */
  bucket = -1;
  row: Float64Array;
  /** The row before. */
  private before: Float64Array;
  private readonly layouts: readonly Layout[];
  private readonly buckets: Integers;
  private readonly columns: readonly (NumberColumn | undefined)[];
  /** The first decision on presence; -1 where all rows, or none, have a number. */
  private readonly presences: number[] = [];
  private readonly present: Uint8Array;
  private readonly sketches: SketchReader | undefined;
  private left: number;

  constructor({ hasSketch, numbers, numbers2 }: BlockLayout, count: number, bytes: Uint8Array) {
    const of = versionOf(bytes);
    this.layouts = of === 2 && numbers2 !== undefined ? numbers2 : numbers;
    const length = hasSketch ? bytes[1]! + bytes[2]! * 256 + bytes[3]! * 65_536 : bytes.length - 1;
    const start = hasSketch ? 4 : 1;
    if (!(start + length <= bytes.length)) throw new BlockFormatError('it ends too soon');
    from.start(bytes.subarray(start, start + length));
    this.left = count;
    this.row = new Float64Array(numbers.length).fill(Number.NaN);
    this.before = this.row.slice();
    this.present = new Uint8Array(numbers.length).fill(1);
    this.buckets = new Integers(from.models, of);
    this.columns = this.layouts.map(({ side }) => this.column(of, side !== undefined));
    this.sketches = hasSketch ? new SketchReader(from, bytes.subarray(start + length), of) : undefined;
  }

  /** Goes to the next row; false behind the last one. */
  next(): boolean {
    if (this.left === 0) {
      this.checkEnd();
      return false;
    }
    this.left -= 1;
    this.bucket += 1 + this.buckets.read(from);
    this.readRow();
    this.sketches?.next();
    return true;
  }

  /** The sketch of the row. */
  sketch(): Uint8Array {
    return this.sketches!.read();
  }

  private column(of: BlockVersion, hasSides: boolean): NumberColumn | undefined {
    const all = from.raw(1) === 1;
    const first = all ? -1 : from.models.take(4);
    const some = all || from.raw(1) === 1;
    this.presences.push(some ? first : -1);
    return some ? new NumberColumn(readCoding(from, of), from.models, of, hasSides) : undefined;
  }

  private readRow(): void {
    const { row: before, before: row, columns, presences, present, layouts } = this;
    this.row = row;
    this.before = before;
    let had = 1;
    for (let i = 0; i < columns.length; i += 1) {
      const column = columns[i];
      const presence = presences[i]!;
      if (column === undefined) had = 0;
      else had = presence < 0 ? 1 : from.bit(presence + presenceContext(present[i]!, had));
      present[i] = had;
      if (had === 0) {
        row[i] = Number.NaN;
      } else {
        row[i] = column!.isGuessed ? readGuessed(column!, layouts[i]!, row, before) : column!.read(from);
      }
    }
  }

  private checkEnd(): void {
    if (from.raw(16) !== endMark || this.sketches?.isAtEnd === false) {
      throw new BlockFormatError('it does not end as it should');
    }
  }
}

function readGuessed(
  column: NumberColumn,
  { guess, spread, side }: Layout,
  row: Float64Array,
  before: Float64Array,
): number {
  return column.read(
    from,
    guess === undefined ? Number.NaN : guess(row, before),
    spread === undefined ? Number.NaN : spread(row, before),
    side === undefined ? 0 : side(row, before),
  );
}

function versionOf(bytes: Uint8Array): BlockVersion {
  const [found] = bytes;
  if (found === version || found === 2) return found;
  throw new BlockFormatError(`it is of version ${found}, not ${version}`);
}
