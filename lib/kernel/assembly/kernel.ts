/**
 * The hot path: from received datagrams to the accumulators of their series, within one memory and
 * without allocation but for new series and more samples. A block of lines is read (separators.ts, lines.ts), looked
 * up (table.ts) and applied (apply.ts). What only the host can do ends a call with a status; `resume` goes on behind it, so
 * that everything happens in the order in which it came.
 */
import {
  keyOperationAt,
  memberAt,
  slotEntryBytes,
  slotLength,
  slotStart,
  slotTableAt,
  statusDone,
} from '../layout';
import { growOlder, resetAge } from './ages';
import { applyBlock, beginBatch, beginBlock, bindAsked } from './apply';
import { initBins } from './bins';
import { dropEmpty, release, seal, showOpen } from './halves';
import { heapTop, initHeap } from './heap';
import { forgetIdleAliases, gaugeNow, nextIdle, removeSeries } from './idle';
import { blockFull, datagramRead, initLines, openBlock, openDatagram, readLines } from './lines';
import { operation, opHash, opShape, opStart, opTags } from './operation';
import { recordCounter, recordGauge, recordMember, recordSample, updateNow } from './record';
import { findSeparators } from './separators';
import {
  findKey,
  forgetSeries,
  hashOfKey,
  initSeries,
  openKey,
  openSeries,
  seriesCount,
  seriesOf,
} from './series';
import { initSketches } from './sketches';
import { initTable, lookUp, spellings, slotCount as tableSlots } from './table';
import { initTables } from './tables';
import { counter, gauge, set } from './types';

// Used by the host as they are.
export {
  dropEmpty,
  forgetIdleAliases,
  gaugeNow,
  growOlder,
  heapTop,
  nextIdle,
  release,
  removeSeries,
  resetAge,
  seal,
  seriesCount,
  seriesOf,
  showOpen,
  spellings,
  tableSlots,
};

// The batch: how many slots it fills, and the next one to read.
let slotCount: u32 = 0;
let slot: u32 = 0;

/**
 * Makes the memory ready.
 *
 * @param heapStart where the receive slots end
 * @param heapBound how far the heap may grow for new series; what the memory has beyond is for samples
 * @param binsPerOctave `multiplier` of lib/sketch/mapping.ts
 * @param maxBins most keys that a sketch has on each side
 * @param hashBits 32; a specification takes fewer, for collisions
 * @returns false when the memory is too small
 */
export function init(
  dialect: u32,
  heapStart: u32,
  heapBound: u32,
  binsPerOctave: f64,
  maxBins: i32,
  hashBits: u32,
): bool {
  initTables(dialect);
  initLines(dialect, hashBits);
  initSketches(binsPerOctave);
  initBins(maxBins);
  initSeries(heapBound);
  initHeap(heapStart);
  return initTable();
}

/** Takes the datagrams of the first `count` slots, all of them received at `nowMs`. Returns a status. */
export function ingest(count: u32, nowMs: f64): u32 {
  slot = 0;
  slotCount = count;
  beginBatch(nowMs);
  return resume();
}

/** Goes on where the last status interrupted. */
export function resume(): u32 {
  while (true) {
    const status = applyBlock();
    if (status != statusDone) return status;
    const count = readBlock();
    if (count == 0) return statusDone;
    lookUp(operation(0), operation(count));
    beginBlock(count);
  }
}

function readBlock(): u32 {
  openBlock();
  let count: u32 = 0;
  while (true) {
    count = readLines(count);
    if (blockFull(count) || (datagramRead() && !nextDatagram())) return count;
  }
}

function nextDatagram(): bool {
  if (slot == slotCount) return false;
  const entry = slotTableAt + slot * slotEntryBytes;
  const start = load<u32>(entry, slotStart);
  const length = load<u32>(entry, slotLength);
  findSeparators(start, length);
  openDatagram(slot, start, length);
  slot++;
  return true;
}

/** Binds the spelling that was asked for. False when there is no memory for it: the line is the host's. */
export function bind(ref: u32): bool {
  return bindAsked(ref);
}

/** The ref of the series whose key is at `memberAt`, name then tags; ~0 when there is none. */
export function refOfKey(nameLength: u32, tagsLength: u32, type: u32): u32 {
  return findKey(keyOperation(nameLength, tagsLength, type));
}

/** Makes a series with the key at `memberAt`, which has none yet. False when there is no memory for it. */
export function openByKey(nameLength: u32, tagsLength: u32, type: u32, ref: u32): bool {
  return openKey(keyOperation(nameLength, tagsLength, type), ref);
}

function keyOperation(nameLength: u32, tagsLength: u32, type: u32): u32 {
  store<u32>(keyOperationAt, memberAt, opStart);
  store<u32>(keyOperationAt, memberAt + nameLength, opTags);
  store<u64>(keyOperationAt, ((<u64>type) << 32) | (tagsLength << 16) | nameLength, opShape);
  store<u32>(keyOperationAt, hashOfKey(keyOperationAt), opHash);
  return keyOperationAt;
}

// Samples of lines that the host read. A ref that is new gets a series. False when there is no memory for it.

export function addCounter(ref: u32, value: f64, weight: f64): bool {
  const series = openSeries(ref, counter);
  if (series == 0) return false;
  recordCounter(series, value, weight);
  return true;
}

/** Adds a value that a gauge took on at `atMs`. */
export function addGauge(ref: u32, value: f64, atMs: f64): bool {
  const series = openSeries(ref, gauge);
  if (series == 0) return false;
  recordGauge(series, value, atMs);
  return true;
}

/** Sets or changes what a gauge is now. Returns that, NaN when there is no memory for it. */
export function turnGauge(ref: u32, value: f64, isChange: bool): f64 {
  const series = openSeries(ref, gauge);
  return series == 0 ? NaN : updateNow(series, value, isChange);
}

/** Adds a sample of a timer or distribution. */
export function addSample(ref: u32, type: u32, value: f64, weight: f64): bool {
  const series = openSeries(ref, type);
  return series != 0 && recordSample(series, value, weight);
}

/** Adds the member of a set that stands in `[start, end)` of the memory. */
export function addMember(ref: u32, start: u32, end: u32): bool {
  const series = openSeries(ref, set);
  return series != 0 && recordMember(series, start, end - start);
}

/** Drops what the open half has of a series, and a gauge's value. `dropEmpty` must follow before anything else. */
export function forget(ref: u32): void {
  const series = seriesOf(ref);
  if (series != 0) forgetSeries(series);
}
