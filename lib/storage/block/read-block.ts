import { type BlockLayout, type BlockVersion, type NumberColumn, version } from './columns.js';
import { Decoder, faultTexts } from './decoder.js';
import { BlockFormatError } from './format-error.js';

/**
 * Goes through the points of a block, row by row. Valid until the next reader is made. Throws BlockFormatError for
 * bytes that are no block of so many points.
 */
export class BlockReader {
  /** Of the row: its bucket's number, and its numbers in the order of the layout. */
  bucket = -1;
  readonly row: Float64Array;
  private readonly decoder = Decoder.get();
  private readonly rowLength: number;
  private left: number;
  /** Of the next row, in the decoder's numbers. */
  private at: number;

  /** Rows are those whose bucket is from `fromBucket` up to, not including, `untilBucket`; what lies behind is not decoded. */
  constructor(
    { hasSketch, numbers, numbers2 }: BlockLayout,
    count: number,
    bytes: Uint8Array,
    fromBucket = 0,
    untilBucket: number = Number.POSITIVE_INFINITY,
  ) {
    const of = versionOf(bytes);
    const columns: readonly NumberColumn[] = of === 2 && numbers2 !== undefined ? numbers2 : numbers;
    const length = hasSketch ? bytes[1]! + bytes[2]! * 256 + bytes[3]! * 65_536 : bytes.length - 1;
    const start = hasSketch ? 4 : 1;
    if (!(start + length <= bytes.length)) throw new BlockFormatError('it ends too soon');
    const { decoder } = this;
    const places = [of, start, start + length] as const;
    const rows = decoder.decode(bytes, places, columns, hasSketch, count, fromBucket, untilBucket);
    if (rows < 0) throw new BlockFormatError(faultTexts[-rows - 1]!);
    this.left = rows;
    this.rowLength = 1 + columns.length + (hasSketch ? 2 : 0);
    this.at = decoder.rowsOf(bytes.length);
    this.row = new Float64Array(columns.length);
  }

  /** Goes to the next row; false behind the last one. */
  next(): boolean {
    if (this.left === 0) return false;
    this.left -= 1;
    const { numbers } = this.decoder;
    const { row, at } = this;
    this.bucket = numbers[at]!;
    for (let i = 0; i < row.length; i += 1) row[i] = numbers[at + 1 + i]!;
    this.at = at + this.rowLength;
    return true;
  }

  /** The sketch of the row. */
  sketch(): Uint8Array {
    const { bytes, numbers } = this.decoder;
    const from = numbers[this.at - 2]!;
    const length = numbers[this.at - 1]!;
    // Small ones out of one allocation: blocks hold hundreds, each of which would be one for the collector to free.
    const sketch = Buffer.allocUnsafe(length);
    sketch.set(bytes.subarray(from, from + length));
    return sketch;
  }
}

function versionOf(bytes: Uint8Array): BlockVersion {
  const [found] = bytes;
  if (found === version || found === 2) return found;
  throw new BlockFormatError(`it is of version ${found}, not ${version}`);
}
