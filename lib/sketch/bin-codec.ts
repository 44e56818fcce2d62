import type { Bins } from './bins.js';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { SketchFormatError } from './format-error.js';

/*
 * One bin is one byte in the common case, after the key of the bin before it:
 *
 *     gap                 weight, in units
 *     +---+---+---+---+---+---+---+---+
 *     | g   g   g   g | w   w   w   w |  [gap: varint]  [weight: varint or f64]
 *     +---+---+---+---+---+---+---+---+
 *     g 0..14: the key is g + 1 more than the last      15: a varint of key - last - 16 follows
 *     w 0..13: the weight is w + 1 units      14: a varint of units - 15 follows      15: the weight follows as f64
 */

const wideGap = 15;
const wideWeight = 14;
const realWeight = 15;

/** Writes a key, greater than `previousKey`, and its weight. */
export function writeBin(
  out: ByteWriter,
  previousKey: number,
  key: number,
  weight: number,
  unit: number,
): void {
  const gap = Math.min(key - previousKey - 1, wideGap);
  const units = unitsOf(weight, unit);
  const low = units === 0 ? realWeight : Math.min(units - 1, wideWeight);
  out.u8(gap * 16 + low);
  if (gap === wideGap) out.varint(key - previousKey - 16);
  if (low === realWeight) out.f64(weight);
  else if (low === wideWeight) out.varint(units - 15);
}

/** What `readBin` found last; reused by the next call. */
export const bin = { key: 0, weight: 0 };

/** Reads what `writeBin` wrote into `bin`. */
export function readBin(from: ByteReader, previousKey: number, unit: number): void {
  const byte = from.u8();
  const gap = byte >> 4;
  const low = byte & 15;
  bin.key = previousKey + (gap === wideGap ? from.varint() + 16 : gap + 1);
  if (low === realWeight) bin.weight = from.f64();
  else bin.weight = (low === wideWeight ? from.varint() + 15 : low + 1) * unit;
  if (!(bin.weight > 0 && bin.weight < Infinity)) throw new SketchFormatError(`a weight is ${bin.weight}`);
}

/**
 * Reads so many bins behind a key into the beginning of two lists. What nearly all bins are, one byte and up to two
 * more of weight, is read in one loop without calls: a report decodes its first thousands of sketches before this is
 * compiled.
 */
export function readBins(
  from: ByteReader,
  count: number,
  beforeKey: number,
  unit: number,
  keys: number[],
  weights: number[],
): void {
  const { bytes } = from;
  const end = bytes.length - 2;
  const most = unit * mostShortUnits < Infinity ? wideGap * 16 : 0;
  let { at } = from;
  let key = beforeKey;
  for (let i = 0; i < count; i += 1) {
    const byte = at < end ? bytes[at]! : 255;
    const low = byte & 15;
    let units = low + 1;
    let next = at + 1;
    if (low === wideWeight) {
      units = bytes[at + 1]! + 15;
      next = at + 2;
      if (units >= 128 + 15) {
        units += (bytes[at + 2]! - 1) * 128;
        next = bytes[at + 2]! < 128 ? at + 3 : 0;
      }
    }
    if (byte < most && low !== realWeight && next > 0) {
      at = next;
      key += (byte >> 4) + 1;
      keys[i] = key;
      weights[i] = units * unit;
    } else {
      from.at = at;
      readBin(from, key, unit);
      at = from.at;
      key = bin.key;
      keys[i] = key;
      weights[i] = bin.weight;
    }
  }
  from.at = at;
}

/** What a weight of two more bytes may be. */
const mostShortUnits = 2 ** 14 + 15;

/** The weight in units when that is an integer and gives the same weight back, or else 0. */
export function unitsOf(weight: number, unit: number): number {
  const units = Math.round(weight / unit);
  return units >= 1 && units <= maxUnits && units * unit === weight ? units : 0;
}

/**
 * The weight to count in. Samples of one sample rate all weigh the same, 1 / rate, and bins weigh multiples of
 * that: so the unit is the lightest bin's weight when every other is a multiple of it, and otherwise 1.
 */
export function unitOf(stores: readonly Bins[], zeroCount: number): number {
  let unit = zeroCount > 0 ? zeroCount : Infinity;
  for (const bins of stores) {
    for (let slot = 0; slot < bins.slots; slot += 1) {
      const weight = bins.weightAt(slot);
      if (weight > 0 && weight < unit) unit = weight;
    }
  }
  if (unit === 1 || unit === Infinity) return 1;
  const isMultiple = (weight: number): boolean => weight === 0 || unitsOf(weight, unit) > 0;
  for (const bins of stores) {
    for (let slot = 0; slot < bins.slots; slot += 1) if (!isMultiple(bins.weightAt(slot))) return 1;
  }
  return isMultiple(zeroCount) ? unit : 1;
}

/** Room for the 15 that a varint of units leaves out. */
const maxUnits = 2 ** 52;
