/**
 * Series and the spellings that lead to them. A record stands for a spelling; that of a series' first spelling has
 * the series behind it. The host says which spellings are one series: the kernel only compares bytes.
 */
import {
  directoryAt,
  directoryBlockBytes,
  directoryBlockShift,
  directoryBlocks,
  gaugeHalfBytes,
  gaugeNowBytes,
  recordHalves,
  recordIsCanonical,
  recordKey,
  recordRef,
  recordSeries,
  recordShape,
  recordType,
  unspoken,
} from '../layout';
import { resetAge } from './ages';
import { equal } from './bytes';
import { emptyCounter } from './counters';
import { coverSeries, emptyOpen, halfBytesOf } from './halves';
import { allocate, free, heapTop } from './heap';
import { hashOf } from './lines';
import { opHash, opShape, opStart, opTags } from './operation';
import { findFirst, insert, remove, reserve, spellings } from './table';
import { counter, gauge } from './types';

const toleratedAliases: u32 = 1024;
const unspokenShape: u64 = (<u64>unspoken) << 32;
/** What `findKey` answers when there is no such series. */
const noRef: u32 = 0xffffffff;

const refsInBlock: u32 = 1 << directoryBlockShift;

let count: u32 = 0;
/** Beyond this, memory is for samples: no new spelling is taken. */
let heapBound: u32 = 0;

export function initSeries(bound: u32): void {
  heapBound = bound;
  memory.fill(directoryAt, 0, directoryBlocks << 2);
}

/** How many series there are. */
export function seriesCount(): u32 {
  return count;
}

/** The series of a ref, 0 when there is none yet. */
export function seriesOf(ref: u32): u32 {
  if (ref >> directoryBlockShift >= <u32>directoryBlocks) return 0;
  const block = load<u32>(blockAt(ref));
  return block == 0 ? 0 : load<u32>(placeIn(block, ref));
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
  const known = seriesOf(ref);
  // No series leaves while a spelling leads to it that came when the others had been forgotten.
  resetAge(ref);
  if (known != 0 && isKeyOf(known, op)) return speak(known, op);
  if (heapTop() > heapBound || !reserve()) return false;
  const shape = load<u64>(op, opShape);
  const length = keyLength(shape);
  const record = known != 0 ? newAlias(known, ref, length) : newSeries(ref, <u32>(shape >> 32), length);
  if (record == 0) return false;
  spell(record, op, shape);
  insert(load<u32>(op, opHash), record);
  return true;
}

/** The ref of the series that has this key; `noRef` when there is none. `op` has the key as if a line had spelt it. */
export function findKey(op: u32): u32 {
  const shape = load<u64>(op, opShape);
  const spoken = findFirst(op);
  if (spoken != 0 && load<u8>(spoken, recordIsCanonical) != 0) return load<u32>(spoken, recordRef);
  store<u64>(op, shape | unspokenShape, opShape);
  store<u32>(op, hashOfKey(op), opHash);
  const record = findFirst(op);
  return record == 0 ? noRef : load<u32>(record, recordRef);
}

/** Makes a series by its key alone; false, and nothing done, when there is no memory for it. */
export function openKey(op: u32, ref: u32): bool {
  if (heapTop() > heapBound || !reserve()) return false;
  const shape = load<u64>(op, opShape);
  const series = newSeries(ref, <u32>(shape >> 32), keyLength(shape));
  if (series == 0) return false;
  store<u64>(op, shape | unspokenShape, opShape);
  spell(series, op, shape | unspokenShape);
  store<u8>(series, 1, recordIsCanonical);
  insert(hashOfKey(op), series);
  return true;
}

export function hashOfKey(op: u32): u32 {
  const shape = load<u64>(op, opShape);
  const nameLength = <u32>shape & 0xffff;
  return hashOf(load<u32>(op, opStart), nameLength, load<u32>(op, opTags), <u32>shape >> 16, shape);
}

/** Whether a line spells a series by its key, as no line has before. */
function isKeyOf(series: u32, op: u32): bool {
  const shape = load<u64>(series, recordShape);
  if (((shape ^ (load<u64>(op, opShape) | unspokenShape)) & 0xffffffffff) != 0) return false;
  const nameLength = <u32>shape & 0xffff;
  const tagsLength = <u32>shape >> 16;
  const key = series + ((<u32>load<u8>(series, recordKey)) << 3);
  if (!equal(load<u32>(op, opStart), key, nameLength)) return false;
  return tagsLength == 0 || equal(load<u32>(op, opTags), key + nameLength, tagsLength);
}

/** From now on the key of the series is found as the spelling of a line. */
function speak(series: u32, op: u32): bool {
  const shape = load<u64>(op, opShape);
  const hash = load<u32>(op, opHash);
  store<u64>(op, shape | unspokenShape, opShape);
  remove(hashOfKey(op), series);
  store<u64>(op, shape, opShape);
  store<u8>(series, load<u8>(series, recordShape + 4) & ~unspoken, recordShape + 4);
  insert(hash, series);
  return true;
}

/** Writes the key of a record. */
function spell(record: u32, op: u32, shape: u64): void {
  const nameLength = <u32>shape & 0xffff;
  const tagsLength = <u32>shape >> 16;
  store<u32>(record, <u32>shape, recordShape);
  store<u8>(record, <u8>(shape >> 32), recordShape + 4);
  const key = record + ((<u32>load<u8>(record, recordKey)) << 3);
  memory.copy(key, load<u32>(op, opStart), nameLength);
  memory.copy(key + nameLength, load<u32>(op, opTags), tagsLength);
}

function keyLength(shape: u64): u32 {
  return (<u32>shape & 0xffff) + (<u32>shape >> 16);
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
  store<u32>(placeIn(load<u32>(blockAt(ref)), ref), series);
  resetAge(ref);
  count++;
  return series;
}

/** Gives back the record of a series that is in no table and no list, and its ref. */
export function dropSeries(series: u32, ref: u32): void {
  const shape = load<u64>(series, recordShape);
  store<u32>(placeIn(load<u32>(blockAt(ref)), ref), 0);
  free(series, ((<u32>load<u8>(series, recordKey)) << 3) + keyLength(shape));
  count--;
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
  if (ref >> directoryBlockShift >= <u32>directoryBlocks) return false;
  if (load<u32>(blockAt(ref)) != 0) return true;
  const block = allocate(directoryBlockBytes);
  if (block == 0) return false;
  memory.fill(block, 0, directoryBlockBytes);
  store<u32>(blockAt(ref), block);
  return true;
}

function blockAt(ref: u32): u32 {
  return directoryAt + ((ref >> directoryBlockShift) << 2);
}

function placeIn(block: u32, ref: u32): u32 {
  return block + ((ref & (refsInBlock - 1)) << 2);
}
