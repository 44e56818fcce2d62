/**
 * Decodes blocks of points (lib/docs/storage-format.md). Here and not in TypeScript, because a report reads its blocks in
 * the first tenths of a second of a process, in which JavaScript is interpreted: this is compiled at once.
 *
 *     roomAt       the block's bytes, as the caller puts them there
 *     after that   rows: bucket, numbers, and for sketches where it lies and how long it is, eight bytes each
 *     after that   sketches
 */
import { endMark, noContext } from '../format';
import { Column, columnBytes } from './column';
import { clearFault, fail, fault, faultEnd, faultMemory } from './fault';
import { Integers, integersBytes, setVersion } from './integers';
import { readBit, readRaw, startRange, takeModels } from './range';
import { reserve } from './room';
import { isAtEnd, nextSketch, readSketch, startSketches } from './sketches';

const mostColumns: u32 = 6;

/** How the columns are foretold, three bytes each: guess, spread and side, as ../rules.ts has them. */
const rules: usize = memory.data(<i32>mostColumns * 3);
const columns: usize = memory.data(<i32>(mostColumns * columnBytes), 8);
const integers: usize = memory.data(<i32>(mostColumns * 2 * integersBytes), 8);
const buckets = changetype<Integers>(memory.data(<i32>integersBytes, 8));
/** The first decision on presence, -1 where all rows have a number; whether any has. */
const presences: usize = memory.data(<i32>mostColumns * 4, 4);
const used: usize = memory.data(<i32>mostColumns);
/** Whether the row before has a number. */
const present: usize = memory.data(<i32>mostColumns);
const rowA: usize = memory.data(<i32>mostColumns * 8, 8);
const rowB: usize = memory.data(<i32>mostColumns * 8, 8);

export function rulesAt(): usize {
  return rules;
}

/** Where a block of so many bytes is to be put; 0 where there is no memory for it. */
export function roomFor(bytes: u32): usize {
  return reserve(__heap_base + bytes) ? __heap_base : 0;
}

/** Where `decode` puts rows, for a block of so many bytes. */
export function rowsAt(bytes: u32): usize {
  return (__heap_base + bytes + 7) & ~7;
}

/**
 * Decodes the rows whose bucket is from `fromBucket` up to, not including, `untilBucket`. What lies behind is not looked
 * at.
 *
 * @param bytes of the whole block, of which those of sketches begin at `sketchesFrom`
 * @param count of all its rows
 * @returns how many rows there are, or what is wrong as less than 0
 */
export function decode(
  version: i32,
  bytes: u32,
  numbersFrom: u32,
  sketchesFrom: u32,
  columnCount: u32,
  hasSketch: bool,
  count: u32,
  fromBucket: f64,
  untilBucket: f64,
): i32 {
  clearFault();
  setVersion(version);
  startRange(__heap_base + numbersFrom, __heap_base + sketchesFrom);
  buckets.start(1);
  for (let i: u32 = 0; i < columnCount; i++) startColumn(i);
  if (hasSketch) startSketches(version, __heap_base + sketchesFrom, __heap_base + bytes);
  const rowBytes = (1 + columnCount + (hasSketch ? 2 : 0)) << 3;
  let rowTo = rowsAt(bytes);
  let sketchTo = rowTo + rowBytes * count;
  // Fewer than 2^32 bytes, and of points that there may be.
  if (count > 1 << 24 || !reserve(sketchTo)) fail(faultMemory);
  let bucket: f64 = -1;
  let rows = 0;
  let row = rowA;
  let before = rowB;
  for (let i: u32 = 0; i < count && fault == 0; i++) {
    bucket += 1 + buckets.read(noContext, 0);
    if (bucket >= untilBucket) return fault == 0 ? rows : -fault;
    readRow(columnCount, row, before);
    if (hasSketch) nextSketch();
    if (bucket >= fromBucket) {
      store<f64>(rowTo, bucket);
      memory.copy(rowTo + 8, row, columnCount << 3);
      if (hasSketch) {
        const length = readSketch(sketchTo);
        store<f64>(rowTo + rowBytes - 16, <f64>sketchTo);
        store<f64>(rowTo + rowBytes - 8, <f64>length);
        sketchTo += length;
      }
      rowTo += rowBytes;
      rows += 1;
    }
    const other = row;
    row = before;
    before = other;
  }
  if (fault == 0 && (readRaw(16) != endMark || (hasSketch && !isAtEnd()))) fail(faultEnd);
  return fault == 0 ? rows : -fault;
}

function startColumn(i: u32): void {
  store<f64>(rowA + (i << 3), NaN);
  store<f64>(rowB + (i << 3), NaN);
  store<u8>(present + i, 1);
  const all = readRaw(1) == 1;
  store<i32>(presences + (i << 2), all ? -1 : <i32>takeModels(4, 0));
  const some = all || readRaw(1) == 1;
  store<u8>(used + i, some ? 1 : 0);
  if (!some) return;
  const rule = rules + i * 3;
  const own = integers + i * 2 * integersBytes;
  columnAt(i).start(own, <i32>load<u8>(rule), <i32>load<u8>(rule + 1), <i32>load<u8>(rule + 2));
}

function columnAt(i: u32): Column {
  return changetype<Column>(columns + i * columnBytes);
}

function readRow(columnCount: u32, row: usize, before: usize): void {
  let had: u32 = 1;
  for (let i: u32 = 0; i < columnCount; i++) {
    const presence = load<i32>(presences + (i << 2));
    const was = <u32>load<u8>(present + i);
    if (load<u8>(used + i) == 0) had = 0;
    else had = presence < 0 ? 1 : readBit(<u32>presence + was * 2 + had);
    store<u8>(present + i, <u8>had);
    store<f64>(row + (i << 3), had == 0 ? NaN : columnAt(i).read(row, before));
  }
}
