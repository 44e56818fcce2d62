/**
 * Second look at a datagram: from the positions of its separators to lines that can be applied. Reads what
 * clients send all day; anything else becomes a line for the plain parser, which has the last word on it.
 *
 *     name ":" value *( ":" value ) "|" type *( "|" field )
 */
import {
  dialectDogstatsd,
  dialectStatsd,
  operationsCount,
  packedAt,
  packedCount,
  separatorsAt,
  typesAt,
} from '../layout';
import { absorb, finish, seed } from './bytes';
import { decimal, shortDecimal } from './decimal';
import { readFields, tagsAt, tagsLength, weight } from './fields';
import { bar, carriageReturn, colon, lineFeed, minus, plus } from './letters';
import {
  kindGauge,
  kindGaugeChange,
  kindLine,
  kindPacked,
  kindSet,
  kindTimer,
  opEnd,
  operation,
  opHash,
  opKind,
  opLast,
  opMember,
  opMemberLength,
  opNext,
  opShape,
  opSlot,
  opStart,
  opTags,
  opValue,
  opWeight,
} from './operation';
import { kindIn, typeIn } from './tables';

/** `_e{`, which is how an event begins. */
const eventMark: u32 = 0x7b655f;
const eventMask: u32 = 0xffffff;

// What a dialect reads differently.
let signsAreChanges: bool = false;
let negativeTimers: bool = false;
/** statsd has one value a bit, little behind the type, and takes a carriage return for a character. */
let strict: bool = false;
let hashMask: u32 = 0;

// The open datagram.
let slot: u32 = 0;
let base: u32 = 0;
let datagramEnd: u32 = 0;
let lineAt: u32 = 0;
/** Address of the position of the line's first separator. */
let separator: u32 = 0;
/** How many of the packed values the block uses. */
let packedUsed: u32 = 0;

export function initLines(dialect: u32, hashBits: u32): void {
  signsAreChanges = dialect != dialectDogstatsd;
  negativeTimers = dialect == dialectDogstatsd;
  strict = dialect == dialectStatsd;
  hashMask = (<u32>0xffffffff) << (32 - hashBits);
}

export function openDatagram(number: u32, start: u32, length: u32): void {
  slot = number;
  base = start;
  lineAt = start;
  datagramEnd = start + length;
  separator = separatorsAt;
}

/** Begins a block: the values of the one before are done with. */
export function openBlock(): void {
  packedUsed = 0;
}

/** Whether all lines of the open datagram have been read. */
export function datagramRead(): bool {
  return lineAt >= datagramEnd;
}

/** Whether a block of so many lines takes no more. */
export function blockFull(count: u32): bool {
  return count == operationsCount || packedUsed > <u32>packedCount / 2;
}

/** Reads lines of the open datagram while the block has room; returns how many it holds then. */
export function readLines(count: u32): u32 {
  let used = count;
  while (lineAt < datagramEnd && !blockFull(used)) {
    if (load<u8>(lineAt) == lineFeed) {
      lineAt++;
      separator += 2;
    } else {
      const op = operation(used++);
      if (!readLine(op)) handOver(op);
    }
  }
  return used;
}

/** Gives the line to the plain parser. */
function handOver(op: u32): void {
  let end = base + load<u16>(separator);
  while (load<u8>(end) != lineFeed) {
    separator += 2;
    end = base + load<u16>(separator);
  }
  store<u8>(op, kindLine, opKind);
  // No spelling has this shape: the look-up finds no record.
  store<u64>(op, ~0, opShape);
  store<u32>(op, 0, opHash);
  endLine(op, lineAt, end, separator);
}

function endLine(op: u32, start: u32, end: u32, next: u32): void {
  store<u32>(op, start, opStart);
  store<u32>(op, end, opEnd);
  store<u32>(op, slot, opSlot);
  lineAt = end + 1;
  separator = next + 2;
}

/** Reads a line into an operation; false when it is not for the kernel. */
function readLine(op: u32): bool {
  // Globals live in memory: once they are here, they can stay in registers.
  const start = lineAt;
  const origin = base;
  const first = separator;
  const colonAt = origin + load<u16>(first);
  if (load<u8>(colonAt) != colon || (load<u32>(start) & eventMask) == eventMark) return false;
  let next = first + 2;
  let barAt = origin + load<u16>(next);
  while (load<u8>(barAt) != bar) {
    if (load<u8>(barAt) == lineFeed) return false;
    next += 2;
    barAt = origin + load<u16>(next);
  }
  const values = (next - first) >> 1;
  next += 2;
  let end = origin + load<u16>(next);
  const entry = entryOf(barAt + 1, end);
  if (entry == 0 || !readValues(op, kindIn(entry), values, colonAt + 1, barAt)) return false;
  const nameLength = colonAt - start;
  let shape = ((<u64>typeIn(entry)) << 32) | nameLength;
  let state = absorb(seed(), start, nameLength);
  if (load<u8>(end) == lineFeed) {
    store<f64>(op, 1, opWeight);
  } else {
    next = readFields(origin, next, strict);
    if (next == 0) return false;
    end = origin + load<u16>(next);
    store<f64>(op, weight, opWeight);
    store<u32>(op, tagsAt, opTags);
    shape |= tagsLength << 16;
    if (tagsLength != 0) state = absorb(state, tagsAt, tagsLength);
  }
  store<u64>(op, shape, opShape);
  store<u32>(op, finish(state, shape) & hashMask, opHash);
  endLine(op, start, end, next);
  return true;
}

/** The entry of a type in the table (see tables.ts), 0 when it is not one. */
function entryOf(start: u32, end: u32): u32 {
  const entry = lettersEntry(start, end - start);
  if (entry != 0 || strict || load<u8>(end) != lineFeed || load<u8>(end - 1) != carriageReturn) return entry;
  return lettersEntry(start, end - start - 1);
}

function lettersEntry(start: u32, length: u32): u32 {
  if (length - 1 > 1) return 0;
  const letters = load<u32>(start) & (<u32>0xffff >> ((2 - length) << 3));
  const entry = load<u32>(typesAt + (((letters ^ (letters >> 8)) & 31) << 2));
  // With its length: a letter and a zero byte is not that letter.
  return (entry & 0x3ffff) == (letters | (length << 16)) ? entry : 0;
}

function readValues(op: u32, kind: u32, values: u32, start: u32, end: u32): bool {
  if (strict && values > 1) return false;
  if (kind == kindSet) {
    store<u8>(op, kindSet, opKind);
    store<u32>(op, start, opMember);
    store<u32>(op, end - start, opMemberLength);
    return end > start;
  }
  if (values > 1) return readPacked(op, kind, values);
  const value = shortDecimal(start, end);
  store<f64>(op, value, opValue);
  store<u8>(op, kind, opKind);
  return value == value || readLongValue(op, kind, start, end);
}

/** Reads a value that has a sign or more digits. */
function readLongValue(op: u32, kind: u32, start: u32, end: u32): bool {
  const value = valueOf(start, end, kind);
  store<f64>(op, value, opValue);
  if (kind == kindGauge && signsAreChanges && isSign(load<u8>(start))) store<u8>(op, kindGaugeChange, opKind);
  return value == value;
}

function isSign(byte: u32): bool {
  return byte == minus || byte == plus;
}

/** A value with or without a sign; NaN when it is not a plain one. */
function valueOf(start: u32, end: u32, kind: u32): f64 {
  const first: u32 = load<u8>(start);
  if (!isSign(first)) return decimal(start, end);
  const value = decimal(start + 1, end);
  if (first == plus) return value;
  return kind == kindTimer && value > 0 && !negativeTimers ? NaN : -value;
}

/** Reads `1:2:3`. Signed gauges, empty values and more than there is room for are left to the plain parser. */
function readPacked(op: u32, kind: u32, values: u32): bool {
  if (values > <u32>packedCount - packedUsed) return false;
  const first: u32 = packedAt + (packedUsed << 3);
  let out = first;
  let start = base + load<u16>(separator) + 1;
  for (let i: u32 = 1; i <= values; i++) {
    const end = base + load<u16>(separator + (i << 1));
    if (kind == kindGauge && isSign(load<u8>(start))) return false;
    const value = valueOf(start, end, kind);
    if (value != value) return false;
    store<f64>(out, value);
    out += 8;
    start = end + 1;
  }
  packedUsed += values;
  store<u32>(op, first, opNext);
  store<u32>(op, out, opLast);
  store<u8>(op, kind | kindPacked, opKind);
  return true;
}

/** The hash of a spelling: name, tags, and what else tells two apart. */
export function hashOf(name: u32, nameLength: u32, tags: u32, tagsLength: u32, shape: u64): u32 {
  let state = absorb(seed(), name, nameLength);
  if (tagsLength != 0) state = absorb(state, tags, tagsLength);
  return finish(state, shape) & hashMask;
}
