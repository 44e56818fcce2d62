/**
 * Each series has two accumulators. One of them is open: samples go there. `seal` turns to the other, so that the
 * sealed one can be read while the next interval is collected; when it has been read, `release` empties it.
 *
 * A half's list names the series that were touched in it: an idle series costs nothing. There are always enough
 * chunks for every series to be in both lists, so touching a series cannot fail for want of memory.
 */
import {
  chunkBytes,
  chunkCount,
  chunkEntries,
  chunkNext,
  chunkRoom,
  gaugeHalfBytes,
  halfBytes,
  recordHalves,
  recordType,
  sealedHalfAt,
  sealedListAt,
} from '../layout';
import { emptyCounter } from './counters';
import { emptyDistribution } from './distributions';
import { emptyGauge } from './gauges';
import { allocate } from './heap';
import { emptySet } from './sets';
import { counter, gauge, set } from './types';

/** Which half is open: 0 or 1. */
let open: u32 = 0;
let openFirst: u32 = 0;
let openLast: u32 = 0;
let sealedFirst: u32 = 0;
let freeChunks: u32 = 0;
/** How many series the chunks suffice for. */
let coveredSeries: u32 = 0;

/** The open half of a series of a type. */
export function openHalf(series: u32, type: u32): u32 {
  return series + recordHalves + open * halfBytesOf(type);
}

export function halfBytesOf(type: u32): u32 {
  return type == gauge ? gaugeHalfBytes : halfBytes;
}

/** Makes sure that so many series can be touched; false when there is no memory for it. */
export function coverSeries(count: u32): bool {
  while (count > coveredSeries) {
    for (let i = 0; i < 2; i++) {
      const chunk = allocate(chunkBytes);
      if (chunk == 0) return false;
      freeChunk(chunk);
    }
    coveredSeries += chunkRoom;
  }
  return true;
}

/** Puts a series on the open half's list, once in an interval. */
export function touch(series: u32): void {
  if (openLast == 0 || load<u32>(openLast, chunkCount) == chunkRoom) nextChunk();
  const count = load<u32>(openLast, chunkCount);
  store<u32>(openLast + (count << 2), series, chunkEntries);
  store<u32>(openLast, count + 1, chunkCount);
}

function nextChunk(): void {
  const chunk = freeChunks;
  freeChunks = load<u32>(chunk, chunkNext);
  store<u32>(chunk, 0, chunkNext);
  store<u32>(chunk, 0, chunkCount);
  if (openLast == 0) openFirst = chunk;
  else store<u32>(openLast, chunk, chunkNext);
  openLast = chunk;
}

function freeChunk(chunk: u32): void {
  store<u32>(chunk, freeChunks, chunkNext);
  freeChunks = chunk;
}

/** Turns to the other half; false, and nothing done, while the one sealed before is not released. */
export function seal(): bool {
  if (sealedFirst != 0) return false;
  sealedFirst = openFirst;
  store<u32>(sealedListAt, sealedFirst);
  store<u32>(sealedHalfAt, open);
  openFirst = 0;
  openLast = 0;
  open ^= 1;
  return true;
}

/** Empties accumulators of the sealed half, a thousand at a time; true while there are more. */
export function release(): bool {
  const chunk = sealedFirst;
  if (chunk == 0) return false;
  const count = load<u32>(chunk, chunkCount);
  for (let i: u32 = 0; i < count; i++) {
    const series = load<u32>(chunk + (i << 2), chunkEntries);
    const type: u32 = load<u8>(series, recordType);
    empty(series + recordHalves + (open ^ 1) * halfBytesOf(type), type);
  }
  sealedFirst = load<u32>(chunk, chunkNext);
  freeChunk(chunk);
  return sealedFirst != 0;
}

function empty(half: u32, type: u32): void {
  if (type == counter) emptyCounter(half);
  else if (type == gauge) emptyGauge(half);
  else if (type == set) emptySet(half);
  else emptyDistribution(half);
}
