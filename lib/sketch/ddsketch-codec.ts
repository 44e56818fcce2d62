import { bin, readBin, readBins, unitOf, writeBin } from './bin-codec.js';
import { BinStore } from './bin-store.js';
import { type Bins, SparseBins } from './bins.js';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';
import type { DDSketchParts } from './ddsketch-parts.js';
import { SketchFormatError } from './format-error.js';
import { type CubicMapping, defaultRelativeAccuracy, mappingOf } from './mapping.js';

export const defaultMaxBins = 2048;
export const maxMaxBins = 65536;

/** Kind 1 in the high half, version 1 in the low half. */
const kindAndVersion = 0x11;

/** The second byte: which of the parts that follow are there, in this order. */
const Part = {
  Accuracy: 1,
  InheritedError: 2,
  MaxBins: 4,
  Unit: 8,
  Zero: 16,
  Positive: 32,
  Negative: 64,
  Collapsed: 128,
} as const;

/** Accuracies are written as weights are, in this unit: two bytes for most of them. */
const accuracyUnit = 1e-4;

const writer = new ByteWriter();

/** The encoding of lib/docs/sketches.md. */
export function encodeDDSketch(parts: Readonly<DDSketchParts>): Uint8Array {
  const { mapping, inheritedError, zeroCount, positive, negative } = parts;
  const unit = unitOf([positive.bins, negative.bins], zeroCount);
  const { maxBins } = positive;
  let present = 0;
  if (mapping.relativeAccuracy !== defaultRelativeAccuracy) present |= Part.Accuracy;
  if (inheritedError > 0) present |= Part.InheritedError;
  if (maxBins !== defaultMaxBins) present |= Part.MaxBins;
  if (unit !== 1) present |= Part.Unit;
  if (zeroCount > 0) present |= Part.Zero;
  if (positive.bins.slots > 0) present |= Part.Positive;
  if (negative.bins.slots > 0) present |= Part.Negative;
  if (positive.collapsed > 0 || negative.collapsed > 0) present |= Part.Collapsed;

  writer.start();
  writer.u8(kindAndVersion);
  writer.u8(present);
  if (present & Part.Accuracy) writeBin(writer, 0, 1, mapping.relativeAccuracy, accuracyUnit);
  if (present & Part.InheritedError) writer.f64(inheritedError);
  if (present & Part.MaxBins) writer.varint(maxBins);
  if (present & Part.Unit) writeBin(writer, 0, 1, unit, 1);
  if (present & Part.Zero) writeBin(writer, 0, 1, zeroCount, unit);
  if (present & Part.Positive) writeBins(positive.bins, unit);
  if (present & Part.Negative) writeBins(negative.bins, unit);
  if (present & Part.Collapsed) {
    writer.f64(positive.collapsed);
    writer.f64(negative.collapsed);
  }
  return writer.finish();
}

function writeBins(bins: Bins, unit: number): void {
  const { slots } = bins;
  let count = 0;
  for (let slot = 0; slot < slots; slot += 1) if (bins.weightAt(slot) > 0) count += 1;
  writer.varint(count);
  let previous = bins.keyAt(0) - 1;
  writer.zigzag(previous);
  for (let slot = 0; slot < slots; slot += 1) {
    const weight = bins.weightAt(slot);
    if (weight === 0) continue;
    writeBin(writer, previous, bins.keyAt(slot), weight, unit);
    previous = bins.keyAt(slot);
  }
}

/** Where bins are put that are only looked at, until the next ones are. */
export class BinRoom {
  readonly positive = new SparseBins();
  readonly negative = new SparseBins();

  clear(): void {
    this.positive.clear();
    this.negative.clear();
  }
}

/**
 * Throws SketchFormatError for bytes that are not an encoded DDSketch.
 *
 * @param room what was decoded into it before is lost
 */
export function decodeDDSketch(bytes: Uint8Array, room = new BinRoom()): DDSketchParts {
  const reader = new ByteReader(bytes);
  const first = reader.u8();
  if (first !== kindAndVersion) {
    throw new SketchFormatError(`its first byte is ${first}, a DDSketch of version 1 has ${kindAndVersion}`);
  }
  const present = reader.u8();
  const accuracy = present & Part.Accuracy ? readWeight(reader, accuracyUnit) : defaultRelativeAccuracy;
  const mapping = mappingFor(accuracy);
  const inheritedError = present & Part.InheritedError ? reader.f64() : 0;
  if (!(inheritedError >= 0 && inheritedError < Infinity)) {
    throw new SketchFormatError(`an inherited error is ${inheritedError}`);
  }
  const maxBins = present & Part.MaxBins ? reader.varint() : defaultMaxBins;
  if (maxBins < 1 || maxBins > maxMaxBins) throw new SketchFormatError(`it has room for ${maxBins} bins`);
  const unit = present & Part.Unit ? readWeight(reader, 1) : 1;
  const zeroCount = present & Part.Zero ? readWeight(reader, unit) : 0;
  room.clear();
  if (present & Part.Positive) readStore(reader, room.positive, maxBins, mapping, unit);
  if (present & Part.Negative) readStore(reader, room.negative, maxBins, mapping, unit);
  const positive = new BinStore(maxBins, room.positive);
  const negative = new BinStore(maxBins, room.negative);
  if (present & Part.Collapsed) {
    readCollapsed(reader, positive);
    readCollapsed(reader, negative);
  }
  reader.end();
  return { mapping, inheritedError, zeroCount, positive, negative };
}

function mappingFor(accuracy: number): CubicMapping {
  try {
    return mappingOf(accuracy);
  } catch (error) {
    throw new SketchFormatError(`its accuracy is ${accuracy}`, { cause: error });
  }
}

/** A weight alone is written as that of a bin next to the one before it. */
function readWeight(reader: ByteReader, unit: number): number {
  readBin(reader, 0, unit);
  return bin.weight;
}

function readStore(
  reader: ByteReader,
  into: SparseBins,
  maxBins: number,
  mapping: CubicMapping,
  unit: number,
): void {
  const count = reader.varint();
  if (count < 1 || count > Math.min(reader.remaining, maxBins)) {
    throw new SketchFormatError(`it says ${count} bins, in ${reader.remaining} bytes`);
  }
  const beforeKey = reader.zigzag();
  into.refill(count, (keys, weights) => readBins(reader, count, beforeKey, unit, keys, weights));
  const lowest = into.keyAt(0);
  const highest = into.keyAt(count - 1);
  if (lowest < mapping.minKey || highest > mapping.maxKey || highest - lowest >= maxBins) {
    throw new SketchFormatError(`its keys, ${lowest} to ${highest}, are out of range`);
  }
}

function readCollapsed(reader: ByteReader, store: BinStore): void {
  const weight = reader.f64();
  if (weight === 0) return;
  if (!(weight > 0 && store.bins.slots > 0 && weight <= store.bins.weightAt(0))) {
    throw new SketchFormatError(`collapsed weight of ${weight} is not in its lowest bin`);
  }
  store.markCollapsed(weight);
}
