/** The column of encoded sketches, as ../sketch-column.ts writes it. */
import { headBytes, longestCode, noContext, symbols, walkCodes } from '../format';
import {
  fail,
  faultBits,
  faultCodes,
  faultMemory,
  faultSketchEnd,
  faultSketchLong,
  faultSketchShort,
} from './fault';
import { fillTable, tableSize } from './huffman';
import { Integers, integersBytes } from './integers';
import { readRaw, readTree, takeModels } from './range';
import { reserve } from './room';
import { expected, high, lowOther, lowSame, restart, setWalk, take } from './walk';

const mostSketchBytes: f64 = 16777216;
const mask: u32 = tableSize - 1;

const tables: usize = memory.data(<i32>(walkCodes * tableSize));
const lengths: usize = memory.data(<i32>symbols);
const head: usize = memory.data(<i32>headBytes);
const byteCounts = changetype<Integers>(memory.data(<i32>integersBytes, 8));
const codedCounts = changetype<Integers>(memory.data(<i32>integersBytes, 8));

let heads: u32 = 0;
/** The sketch that `nextSketch` went to: how long it is, and where its coded bytes lie. */
let length: u32 = 0;
let at: usize = 0;
let end: usize = 0;
/** Where all coded bytes end. */
let last: usize = 0;

export function startSketches(version: i32, from: usize, until: usize): void {
  const model = takeModels(symbols, 0);
  const codes = setWalk(version);
  for (let code: u32 = 0; code < codes; code++) {
    const table = tables + code * tableSize;
    if (version == 2 || readRaw(1) == 1) {
      for (let symbol = 0; symbol < symbols; symbol++) store<u8>(lengths + symbol, <u8>readTree(model, 4));
      if (!fillTable(table, lengths)) fail(faultCodes);
    } else {
      memory.fill(table, 0, tableSize);
    }
  }
  heads = takeModels(headBytes * 256, 0);
  byteCounts.start(1);
  codedCounts.start(1);
  at = from;
  end = from;
  last = until;
}

export function nextSketch(): void {
  at = end;
  const bytes = byteCounts.read(noContext, 0);
  if (bytes > mostSketchBytes) {
    fail(faultSketchLong);
    return;
  }
  length = <u32>bytes;
  const inHead = min<u32>(headBytes, length);
  for (let i: u32 = 0; i < inHead; i++) store<u8>(head + i, <u8>readTree(heads + i * 256, 8));
  const coded = codedCounts.read(noContext, 0);
  if (coded > <f64>(last - at)) {
    fail(faultSketchEnd);
    return;
  }
  end = at + <usize>coded;
}

/** Whether all coded bytes were sketches'. */
export function isAtEnd(): bool {
  return end == last;
}

/** Decodes the sketch that `nextSketch` went to; its length. */
export function readSketch(to: usize): u32 {
  const inHead = min<u32>(headBytes, length);
  // Each half takes a bit at least.
  if (length - inHead > 4 * <u32>(end - at)) {
    fail(faultSketchShort);
    return 0;
  }
  if (!reserve(to + length)) {
    fail(faultMemory);
    return 0;
  }
  memory.copy(to, head, inHead);
  let from = at;
  let held: u32 = 0;
  let bits: u32 = 0;
  restart();
  for (let i = inHead; i < length; i++) {
    // Both halves take 18 bits at most.
    while (bits < 2 * longestCode) {
      held = (held << 8) | (from < end ? <u32>load<u8>(from) : 0);
      bits += 8;
      from += 1;
    }
    const first = <u32>load<u8>(tables + (high << longestCode) + ((held >>> (bits - longestCode)) & mask));
    bits -= first & 15;
    const highHalf = first >>> 4;
    const low = highHalf == expected ? lowSame : lowOther;
    const second = <u32>load<u8>(tables + (low << longestCode) + ((held >>> (bits - longestCode)) & mask));
    if (first == 0 || second == 0) {
      fail(faultBits);
      return 0;
    }
    bits -= second & 15;
    const lowHalf = second >>> 4;
    store<u8>(to + i, <u8>(highHalf * 16 + lowHalf));
    take(highHalf, lowHalf);
  }
  return length;
}
