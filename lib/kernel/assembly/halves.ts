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
  openHalfAt,
  openListAt,
  recordHalves,
  recordRef,
  recordType,
  sealedHalfAt,
  sealedListAt,
} from '../layout';
import { resetAge } from './ages';
import { counterIsEmpty, emptyCounter } from './counters';
import { distributionIsEmpty, emptyDistribution } from './distributions';
import { emptyGauge, gaugeIsEmpty } from './gauges';
import { allocate } from './heap';
import { emptySet, setIsEmpty } from './sets';
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

/** Says in the control block where the open half is, for a look at it. */
export function showOpen(): void {
  store<u32>(openListAt, openFirst);
  store<u32>(openHalfAt, open);
}

/** Empties the open half of a series, which stays on the list: `dropEmpty` must come before the next sample. */
export function emptyOpen(series: u32, type: u32): void {
  empty(openHalf(series, type), type);
}

/**
 * Takes the series whose open half was emptied off the open half's list. They are touched again with their next
 * sample, and a list may name a series only once: it would be read twice, and the chunks would not suffice.
 */
export function dropEmpty(): void {
  let chunk = openFirst;
  openFirst = 0;
  openLast = 0;
  while (chunk != 0) {
    const next = load<u32>(chunk, chunkNext);
    const count = load<u32>(chunk, chunkCount);
    // Free before it is read, so that there is a chunk for what stays: its entries are overwritten only from the
    // front, by entries that have been read.
    freeChunk(chunk);
    for (let i: u32 = 0; i < count; i++) {
      const series = load<u32>(chunk + (i << 2), chunkEntries);
      const type: u32 = load<u8>(series, recordType);
      if (!isEmpty(openHalf(series, type), type)) touch(series);
    }
    chunk = next;
  }
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
    resetAge(load<u32>(series, recordRef));
  }
  sealedFirst = load<u32>(chunk, chunkNext);
  freeChunk(chunk);
  return sealedFirst != 0;
}

/** Whether nothing was collected of a series that is not released. */
export function halvesAreEmpty(series: u32): bool {
  const type: u32 = load<u8>(series, recordType);
  const first = series + recordHalves;
  return isEmpty(first, type) && isEmpty(first + halfBytesOf(type), type);
}

function isEmpty(half: u32, type: u32): bool {
  if (type == counter) return counterIsEmpty(half);
  if (type == gauge) return gaugeIsEmpty(half);
  return type == set ? setIsEmpty(half) : distributionIsEmpty(half);
}

function empty(half: u32, type: u32): void {
  if (type == counter) emptyCounter(half);
  else if (type == gauge) emptyGauge(half);
  else if (type == set) emptySet(half);
  else emptyDistribution(half);
}
