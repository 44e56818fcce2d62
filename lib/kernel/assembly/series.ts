/**
 * Series and the spellings that lead to them. A record stands for a spelling; that of a series' first spelling has
 * the series behind it. The host says which spellings are one series: the kernel only compares bytes.
 */
import {
  gaugeHalfBytes,
  gaugeNowBytes,
  recordHalves,
  recordKey,
  recordRef,
  recordSeries,
  recordShape,
  recordType,
} from '../layout';
import { emptyCounter } from './counters';
import { coverSeries, emptyOpen, halfBytesOf } from './halves';
import { allocate, free, heapTop } from './heap';
import { opHash, opShape, opStart, opTags } from './operation';
import { insert, reserve, spellings } from './table';
import { counter, gauge } from './types';

const firstRefs: u32 = 256;
const toleratedAliases: u32 = 1024;

/** Addresses of series by ref, 0 for a ref that has none. */
let directory: u32 = 0;
let directoryRoom: u32 = 0;
let count: u32 = 0;
/** Beyond this, memory is for samples: no new spelling is taken. */
let heapBound: u32 = 0;

export function initSeries(bound: u32): void {
  heapBound = bound;
}

/** How many series there are. */
export function seriesCount(): u32 {
  return count;
}

/** The series of a ref, 0 when there is none yet. */
export function seriesOf(ref: u32): u32 {
  return ref < directoryRoom ? load<u32>(directory + (ref << 2)) : 0;
}

/** The series of a ref, made if need be, without a spelling; 0 when there is no memory for it. */
export function openSeries(ref: u32, type: u32): u32 {
  const known = seriesOf(ref);
  return known != 0 ? known : newSeries(ref, type, 0);
}

/** Whether there are so many spellings besides the first of each series that they should be forgotten. */
export function aliasesAbound(): bool {
  return spellings() > 2 * count + toleratedAliases;
}

/** Binds the spelling of a line to a series; false, and nothing done, when there is no memory for it. */
export function bindSpelling(op: u32, ref: u32): bool {
  if (heapTop() > heapBound || !reserve()) return false;
  const shape = load<u64>(op, opShape);
  const nameLength = <u32>shape & 0xffff;
  const tagsLength = <u32>shape >> 16;
  const known = seriesOf(ref);
  const record =
    known != 0
      ? newAlias(known, ref, nameLength + tagsLength)
      : newSeries(ref, <u32>(shape >> 32), nameLength + tagsLength);
  if (record == 0) return false;
  const at: u32 = load<u8>(record, recordKey);
  store<u64>(record, shape, recordShape);
  store<u8>(record, at, recordKey);
  const key = record + (at << 3);
  memory.copy(key, load<u32>(op, opStart), nameLength);
  memory.copy(key + nameLength, load<u32>(op, opTags), tagsLength);
  insert(load<u32>(op, opHash), record);
  return true;
}

/** Empties the open half of a series, and of a gauge forgets the value too. `dropEmpty` must follow. */
export function forgetSeries(series: u32): void {
  const type: u32 = load<u8>(series, recordType);
  emptyOpen(series, type);
  if (type == gauge) store<f64>(series, NaN, recordHalves + 2 * gaugeHalfBytes);
}

function newSeries(ref: u32, type: u32, keyLength: u32): u32 {
  if (!roomFor(ref) || !coverSeries(count + 1)) return 0;
  const half = halfBytesOf(type);
  const keyAt = recordHalves + (half << 1) + (type == gauge ? <u32>gaugeNowBytes : 0);
  const series = newRecord(ref, keyAt, keyLength);
  if (series == 0) return 0;
  store<u32>(series, series, recordSeries);
  store<u8>(series, type, recordType);
  if (type == counter) {
    emptyCounter(series + recordHalves);
    emptyCounter(series + recordHalves + half);
  } else if (type == gauge) {
    store<f64>(series, NaN, recordHalves + 2 * gaugeHalfBytes);
  }
  store<u32>(directory + (ref << 2), series);
  count++;
  return series;
}

function newAlias(series: u32, ref: u32, keyLength: u32): u32 {
  const alias = newRecord(ref, recordHalves, keyLength);
  if (alias != 0) store<u32>(alias, series, recordSeries);
  return alias;
}

function newRecord(ref: u32, keyAt: u32, keyLength: u32): u32 {
  const record = allocate(keyAt + keyLength);
  if (record == 0) return 0;
  memory.fill(record, 0, keyAt);
  store<u32>(record, ref, recordRef);
  store<u8>(record, keyAt >> 3, recordKey);
  return record;
}

/** Makes sure that the directory has a place for a ref. */
function roomFor(ref: u32): bool {
  if (ref < directoryRoom) return true;
  let room = max(directoryRoom << 1, firstRefs);
  while (room <= ref) room <<= 1;
  const wider = allocate(room << 2);
  if (wider == 0) return false;
  memory.fill(wider, 0, room << 2);
  if (directory != 0) {
    memory.copy(wider, directory, directoryRoom << 2);
    free(directory, directoryRoom << 2);
  }
  directory = wider;
  directoryRoom = room;
  return true;
}
