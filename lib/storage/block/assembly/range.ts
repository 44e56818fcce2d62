/**
 * The range decoder and the probabilities it learns, as ../range-encoder.ts and ../adaptive-bits.ts say. Its numbers are of
 * 31 bits.
 */
import { fail, faultShort, faultStart } from './fault';

/** More than the largest layout takes: six columns of three sides, and sketches. */
const mostModels: u32 = 1 << 15;
/** Probability that a decision is 0, in 32,768ths; how many each has seen. */
const zero: usize = memory.data(<i32>mostModels * 2);
const seen: usize = memory.data(<i32>mostModels);
const even: u16 = 16384;
let used: u32 = 0;

/** By how many bits a step is shortened after so many decisions. */
const shifts: usize = memory.data<u8>([1, 2, 2, 2, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5]);
const lastShift: u32 = 22;

const least: u32 = 1 << 23;
/** Zeros at the end are not stored: those of the coder's last word, and it reads a word ahead. */
const mostTrimmed: usize = 12;

let at: usize = 0;
let end: usize = 0;
let range: u32 = 0;
let code: u32 = 0;

export function startRange(from: usize, until: usize): void {
  used = 0;
  at = from;
  end = until;
  range = 0x7fffffff;
  code = 0;
  for (let i = 0; i < 4; i++) code = (code << 8) | next();
  if (<i32>code < 0) fail(faultStart);
}

/** The number of the first of so many decisions, which know nothing yet; they begin as if they had seen some. */
export function takeModels(decisions: u32, haveSeen: u8): u32 {
  const first = used;
  used += decisions;
  // Cannot be: room is for the largest layout.
  if (used > mostModels) unreachable();
  for (let i = first; i < used; i++) store<u16>(zero + (i << 1), even);
  memory.fill(seen + first, haveSeen, decisions);
  return first;
}
function decide(i: u32): u32 {
  const p = <u32>load<u16>(zero + (i << 1));
  const count = <u32>load<u8>(seen + i);
  const shift = <u32>load<u8>(shifts + count);
  if (count < lastShift) store<u8>(seen + i, <u8>(count + 1));
  const bound = (range >>> 15) * p;
  let bit: u32 = 0;
  if (code < bound) {
    range = bound;
    store<u16>(zero + (i << 1), <u16>(p + ((32768 - p) >>> shift)));
  } else {
    code -= bound;
    range -= bound;
    store<u16>(zero + (i << 1), <u16>(p - (p >>> shift)));
    bit = 1;
  }
  while (range < least) {
    range <<= 8;
    code = (code << 8) | next();
  }
  return bit;
}

export function readBit(i: u32): u32 {
  // Not `decide` itself: with one caller it is a part of that one.
  return readTree(i - 1, 1);
}

/** So many binary decisions, the high bit first, each given those before it; their models begin at `first`. */
export function readTree(first: u32, depth: u32): u32 {
  let node: u32 = 1;
  for (let level: u32 = 0; level < depth; level++) node = node * 2 + decide(first + node);
  return node - (1 << depth);
}

export function readRaw(bits: u32): u32 {
  const part = range >>> bits;
  const value = min<u32>((1 << bits) - 1, code / part);
  code -= value * part;
  range = part;
  while (range < least) {
    range <<= 8;
    code = (code << 8) | next();
  }
  return value;
}
function next(): u32 {
  const from = at;
  at = from + 1;
  if (from < end) return <u32>load<u8>(from);
  if (from > end + mostTrimmed) fail(faultShort);
  return 0;
}
