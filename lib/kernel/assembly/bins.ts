/**
 * Weights by key: one side of a sketch, as `BinStore` of lib/sketch collects it. A window of consecutive keys
 * that ends at the highest one seen and is at most `maxBins` wide; what lies below it collapses into its lowest
 * bin.
 */
import {
  storeBase,
  storeCollapsed,
  storeFloor,
  storeHighest,
  storeLowest,
  storeRoom,
  storeWeights,
} from '../layout';
import { allocate, free } from './heap';

/** Most keys of a store. */
let maxBins: i32 = 0;

export function initBins(limit: i32): void {
  maxBins = limit;
}

/** By how many keys a window is wider than it must be, at least. */
const spare: i32 = 32;

/** Adds weight to a key's bin; false, and nothing done, when there is no memory for it. */
export function addToBins(bins: u32, key: i32, weight: f64): bool {
  if (load<u32>(bins, storeWeights) == 0) {
    if (!openBins(bins, key)) return false;
  } else if (key > load<i32>(bins, storeHighest)) {
    if (!raise(bins, key)) return false;
  }
  let target = key;
  const floor = load<i32>(bins, storeFloor);
  if (key < floor) {
    target = floor;
    store<f64>(bins, load<f64>(bins, storeCollapsed) + weight, storeCollapsed);
  }
  if (target < load<i32>(bins, storeLowest) && !lower(bins, target)) return false;
  addAt(bins, target, weight);
  return true;
}

export function freeBins(bins: u32): void {
  const weights = load<u32>(bins, storeWeights);
  if (weights != 0) free(weights, load<u32>(bins, storeRoom) << 3);
}

function addAt(bins: u32, key: i32, weight: f64): void {
  const at = addressOf(bins, key);
  store<f64>(at, load<f64>(at) + weight);
}

function addressOf(bins: u32, key: i32): u32 {
  return load<u32>(bins, storeWeights) + ((key - load<i32>(bins, storeBase)) << 3);
}

function openBins(bins: u32, key: i32): bool {
  if (!move(bins, key, key)) return false;
  store<i32>(bins, key, storeLowest);
  store<i32>(bins, key, storeHighest);
  store<i32>(bins, key - maxBins + 1, storeFloor);
  return true;
}

/** Makes a key that is above all others the highest. */
function raise(bins: u32, key: i32): bool {
  const lowest = load<i32>(bins, storeLowest);
  const highest = load<i32>(bins, storeHighest);
  const floor = max(load<i32>(bins, storeFloor), key - maxBins + 1);
  const newLowest = max(lowest, floor);
  let drained: f64 = 0;
  for (let k = lowest; k < floor && k <= highest; k++) drained += load<f64>(addressOf(bins, k));
  const isOutside = key >= load<i32>(bins, storeBase) + load<i32>(bins, storeRoom);
  if (isOutside && !move(bins, newLowest, key)) return false;
  store<i32>(bins, key, storeHighest);
  store<i32>(bins, floor, storeFloor);
  store<i32>(bins, newLowest, storeLowest);
  if (lowest < floor) {
    addAt(bins, floor, drained);
    store<f64>(bins, drained, storeCollapsed);
  }
  return true;
}

/** Makes a key that is below all others, but not below the floor, the lowest. */
function lower(bins: u32, key: i32): bool {
  if (key < load<i32>(bins, storeBase) && !move(bins, key, load<i32>(bins, storeHighest))) return false;
  store<i32>(bins, key, storeLowest);
  return true;
}

/** Takes a new window around the keys from low to high, with what the old one has between them. */
function move(bins: u32, low: i32, high: i32): bool {
  const needed = high - low + 1;
  const room = max(needed, min(maxBins, needed + (needed >> 2) + spare));
  const weights = allocate(room << 3);
  if (weights == 0) return false;
  memory.fill(weights, 0, room << 3);
  const base = low - ((room - needed) >> 1);
  if (load<u32>(bins, storeWeights) != 0) {
    const from = max(low, load<i32>(bins, storeLowest));
    const count = min(high, load<i32>(bins, storeHighest)) - from + 1;
    if (count > 0) memory.copy(weights + ((from - base) << 3), addressOf(bins, from), count << 3);
    freeBins(bins);
  }
  store<u32>(bins, weights, storeWeights);
  store<u32>(bins, room, storeRoom);
  store<i32>(bins, base, storeBase);
  return true;
}
