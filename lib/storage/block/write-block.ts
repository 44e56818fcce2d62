import { type BlockLayout, type Columns, foretold, presenceContext, version } from './columns.js';
import { endMark } from './format.js';
import { Integers } from './integers.js';
import { codingOf, NumberColumn, writeCoding } from './number-column.js';
import { RangeEncoder } from './range-encoder.js';
import { ruleNone } from './rules.js';
import { SketchWriter } from './sketch-column.js';

const out = new RangeEncoder();

/** One column on its way into a block. */
interface Writing {
  readonly values: Float64Array;
  readonly guess: number;
  readonly spread: number;
  readonly side: number;
  /** Undefined where all rows have a number. */
  readonly presence: number | undefined;
  /** Undefined where none has. */
  readonly column: NumberColumn | undefined;
}

/** The encoding of lib/docs/storage-format.md. The number of points is not in it. */
export function encodeBlock(layout: BlockLayout, columns: Columns): Uint8Array {
  out.start();
  const buckets = new Integers(out.models);
  const writings = layout.numbers.map((_, i) => writing(layout, columns, i));
  const sketches = layout.hasSketch ? new SketchWriter(out, columns.sketches) : undefined;
  let row = new Float64Array(writings.length).fill(Number.NaN);
  let before = row.slice();
  const present = new Uint8Array(writings.length);
  let next = 0;
  for (const [i, bucket] of columns.buckets.entries()) {
    // Most buckets follow each other: a gap of 0 costs next to nothing.
    buckets.write(out, bucket - next);
    next = bucket + 1;
    [row, before] = [before, row];
    writeRow(writings, i, row, before, present);
    sketches?.write(columns.sketches[i]!);
  }
  out.raw(endMark, 16);
  return joined(out.finish(), sketches?.finish());
}

function writing(layout: BlockLayout, { numbers }: Columns, index: number): Writing {
  const { guess = ruleNone, spread = ruleNone, side = ruleNone } = layout.numbers[index]!;
  const values = numbers[index]!;
  const present = values.filter((value) => !Number.isNaN(value));
  const all = present.length === values.length;
  out.raw(all ? 1 : 0, 1);
  const presence = all ? undefined : out.models.take(4);
  if (!all) out.raw(present.length > 0 ? 1 : 0, 1);
  if (present.length === 0) return { values, guess, spread, side, presence, column: undefined };
  const coding = codingOf(present, guess === ruleNone ? undefined : guessesOf(numbers, index, guess));
  writeCoding(out, coding);
  const column = new NumberColumn(coding, out.models, side !== ruleNone);
  return { values, guess, spread, side, presence, column };
}

/** The guesses of the rows that have a number. */
function guessesOf(numbers: readonly Float64Array[], index: number, guess: number): Float64Array {
  const guesses: number[] = [];
  let row = new Float64Array(numbers.length).fill(Number.NaN);
  let before = row.slice();
  for (const [i, value] of numbers[index]!.entries()) {
    [row, before] = [before, row];
    for (let column = 0; column < index; column += 1) row[column] = numbers[column]![i]!;
    if (!Number.isNaN(value)) guesses.push(foretold(guess, row, before));
  }
  return Float64Array.from(guesses);
}

function writeRow(
  writings: readonly Writing[],
  i: number,
  row: Float64Array,
  before: Float64Array,
  present: Uint8Array,
): void {
  let had = 1;
  for (const [index, { values, guess, spread, side, presence, column }] of writings.entries()) {
    const value = values[i]!;
    row[index] = value;
    if (presence !== undefined && column !== undefined) {
      const bit = Number.isNaN(value) ? 0 : 1;
      out.bit(presence + presenceContext(i === 0 ? 1 : present[index]!, had), bit);
    }
    had = Number.isNaN(value) ? 0 : 1;
    present[index] = had;
    if (had === 0 || column === undefined) continue;
    const [expected, off] = [foretold(guess, row, before), foretold(spread, row, before)];
    column.write(out, value, expected, off, side === ruleNone ? 0 : foretold(side, row, before));
  }
}

/** Version, length of the numbers where sketches follow, numbers, sketches. */
function joined(numbers: Uint8Array, sketches: readonly Uint8Array[] | undefined): Uint8Array {
  const head = [version];
  if (sketches !== undefined)
    head.push(numbers.length & 255, (numbers.length >>> 8) & 255, numbers.length >>> 16);
  const parts = [head, numbers, ...(sketches ?? [])];
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
