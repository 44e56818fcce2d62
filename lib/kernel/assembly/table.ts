/**
 * Spellings by hash: a slot holds hash and record, a collision takes the next slot. The slot follows from the
 * hash's high bits, so that doubling the table keeps its order: old slots are read and new ones written from end
 * to end.
 */
import { recordHalves, recordKey, recordSeries, recordShape } from '../layout';
import { equal } from './bytes';
import { allocate, free } from './heap';
import { opBytes, opHash, opRecord, opShape, opStart, opTags } from './operation';

const firstBits: u32 = 10;
const slotBytes: u32 = 8;
/** `candidate` looks at up to three slots behind the last: they stay empty. */
const spareBytes: u32 = 24;
/** The bytes of a record's word that are its shape. */
const shapeMask: u64 = 0xffffffffff;

let slots: u32 = 0;
/** Number of slots, as a power of two, less one. */
let mask: u32 = 0;
let shift: u32 = 0;
let used: u32 = 0;

export function initTable(): bool {
  return makeSlots(firstBits, true);
}

/** How many spellings there are. */
export function spellings(): u32 {
  return used;
}

/**
 * Finds the records of operations, 0 where there is none. The first loop touches nothing but slots, the second nothing
 * but the records they name, and neither has a branch that is hard to guess: the cache misses of many lines overlap.
 */
export function lookUp(first: u32, end: u32): void {
  for (let op = first; op < end; op += opBytes) {
    store<u32>(op, candidate(load<u32>(op, opHash)), opRecord);
  }
  for (let op = first; op < end; op += opBytes) {
    store<u32>(op, find(op, load<u32>(op, opRecord)), opRecord);
  }
}

/** The record in the first of four slots that has the hash: nine times out of ten, the one that is looked for. */
function candidate(hash: u32): u32 {
  const at = slots + ((hash >> shift) << 3);
  let record: u32 = load<u32>(at, 24) == hash ? load<u32>(at, 28) : 0;
  record = load<u32>(at, 16) == hash ? load<u32>(at, 20) : record;
  record = load<u32>(at, 8) == hash ? load<u32>(at, 12) : record;
  return load<u32>(at) == hash ? load<u32>(at, 4) : record;
}

/** The record of a line's spelling, which may be the candidate; 0 if there is none. */
function find(op: u32, candidate: u32): u32 {
  let record = candidate;
  let probes: u32 = 0;
  while (record == 0 || !isOf(record, op)) {
    const hash = load<u32>(op, opHash);
    record = 0;
    while (record == 0) {
      const slot = load<u64>(slots + ((((hash >> shift) + probes) & mask) << 3));
      if (slot == 0) return 0;
      if (<u32>slot == hash) record = <u32>(slot >> 32);
      probes++;
    }
  }
  return record;
}

/** Whether a record is a line's spelling: all bytes are compared, whatever the hash says. */
function isOf(record: u32, op: u32): bool {
  const shape = load<u64>(op, opShape);
  if (((load<u64>(record, recordShape) ^ shape) & shapeMask) != 0) return false;
  const nameLength = <u32>shape & 0xffff;
  const tagsLength = <u32>shape >> 16;
  const key = record + ((<u32>load<u8>(record, recordKey)) << 3);
  if (!equal(load<u32>(op, opStart), key, nameLength)) return false;
  return tagsLength == 0 || equal(load<u32>(op, opTags), key + nameLength, tagsLength);
}

/** The record of a series whose first spelling this is, 0 if there is none. Other spellings of a series do not count. */
export function findFirst(op: u32): u32 {
  // By the way that lines take: a second caller of what it is made of would keep it from being one piece of code.
  lookUp(op, op + opBytes);
  const record = load<u32>(op, opRecord);
  return record != 0 && load<u32>(record, recordSeries) == record ? record : 0;
}

/** Takes a record out. Those behind it move up, so that no search ends at the gap. */
export function remove(hash: u32, record: u32): void {
  let gap = hash >> shift;
  while (load<u32>(slots + (gap << 3), 4) != record) {
    // A series that no line has spelt, and that has no key, is not in the table.
    if (load<u64>(slots + (gap << 3)) == 0) return;
    gap = (gap + 1) & mask;
  }
  let index = gap;
  while (true) {
    index = (index + 1) & mask;
    const slot = load<u64>(slots + (index << 3));
    if (slot == 0) break;
    const home = <u32>slot >> shift;
    if (((index - home) & mask) < ((index - gap) & mask)) continue;
    store<u64>(slots + (gap << 3), slot);
    gap = index;
  }
  store<u64>(slots + (gap << 3), 0);
  used--;
}

/** Makes sure that there is room for one more; false when there is no memory for it. */
export function reserve(): bool {
  return used * 10 < mask * 7 || makeSlots(33 - shift, true);
}

/** Adds the record of a spelling that is not there; `reserve` comes first. */
export function insert(hash: u32, record: u32): void {
  let index = hash >> shift;
  while (load<u32>(slots + (index << 3), 4) != 0) index = (index + 1) & mask;
  store<u64>(slots + (index << 3), ((<u64>record) << 32) | hash);
  used++;
}

/** Forgets all spellings but the first of each series: they are learnt again as they come. */
export function forgetAliases(): bool {
  return makeSlots(32 - shift, false);
}

/** Takes a table of 2^bits slots and moves the records there. */
function makeSlots(bits: u32, withAliases: bool): bool {
  const bytes = ((<u32>slotBytes) << bits) + spareBytes;
  const block = allocate(bytes);
  if (block == 0) return false;
  memory.fill(block, 0, bytes);
  const old = slots;
  const oldEnd = old + ((mask + 1) << 3);
  slots = block;
  shift = 32 - bits;
  mask = (1 << bits) - 1;
  used = 0;
  if (old == 0) return true;
  for (let at = old; at < oldEnd; at += slotBytes) {
    const record = load<u32>(at, 4);
    if (record == 0) continue;
    if (withAliases || load<u32>(record, recordSeries) == record) insert(load<u32>(at), record);
    else freeAlias(record);
  }
  free(old, oldEnd - old + spareBytes);
  return true;
}

/** How many slots the table has. */
export function slotCount(): u32 {
  return mask + 1;
}

/** The record in a slot, 0 when it is free. */
export function recordIn(index: u32): u32 {
  return load<u32>(slots + (index << 3), 4);
}

export function freeAlias(record: u32): void {
  const lengths = load<u32>(record, recordShape);
  free(record, recordHalves + (lengths & 0xffff) + (lengths >> 16));
}
