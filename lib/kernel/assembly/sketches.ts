/**
 * The sketch of a timer or distribution with many samples in an interval: what lib/sketch/ddsketch.ts collects,
 * with the sums beside it. The bins are equal to DDSketch's.
 */
import {
  sketchBytes,
  sketchCount,
  sketchMax,
  sketchMin,
  sketchNegative,
  sketchPositive,
  sketchSamples,
  sketchSum,
  sketchZeroWeight,
} from '../layout';
import { addToBins, freeBins } from './bins';
import { allocate, free } from './heap';

const cubic: f64 = 6.0 / 35.0;
const square: f64 = -3.0 / 5.0;
const linear: f64 = 10.0 / 7.0;
/** 2^-1022: what is nearer to zero counts as zero. */
const minMagnitude: f64 = 2.2250738585072014e-308;

/** Bins per octave, the `multiplier` of lib/sketch/mapping.ts. */
let multiplier: f64 = 0;

export function initSketches(binsPerOctave: f64): void {
  multiplier = binsPerOctave;
}

/** An empty sketch; 0 when there is no memory for it. */
export function newSketch(): u32 {
  const sketch = allocate(sketchBytes);
  if (sketch == 0) return 0;
  memory.fill(sketch, 0, sketchBytes);
  store<f64>(sketch, Infinity, sketchMin);
  store<f64>(sketch, -Infinity, sketchMax);
  return sketch;
}

export function freeSketch(sketch: u32): void {
  freeBins(sketch + sketchPositive);
  freeBins(sketch + sketchNegative);
  free(sketch, sketchBytes);
}

/** Adds a sample; false, and nothing done, when there is no memory for it. */
export function addToSketch(sketch: u32, value: f64, weight: f64): bool {
  if (value >= minMagnitude) {
    if (!addToBins(sketch + sketchPositive, keyOf(value), weight)) return false;
  } else if (value <= -minMagnitude) {
    if (!addToBins(sketch + sketchNegative, keyOf(-value), weight)) return false;
  } else {
    store<f64>(sketch, load<f64>(sketch, sketchZeroWeight) + weight, sketchZeroWeight);
  }
  store<f64>(sketch, load<f64>(sketch, sketchSamples) + 1, sketchSamples);
  store<f64>(sketch, load<f64>(sketch, sketchCount) + weight, sketchCount);
  store<f64>(sketch, load<f64>(sketch, sketchSum) + value * weight, sketchSum);
  // Comparisons, not min and max, which tell -0 from 0 as the plain accumulator does not.
  if (value < load<f64>(sketch, sketchMin)) store<f64>(sketch, value, sketchMin);
  if (value > load<f64>(sketch, sketchMax)) store<f64>(sketch, value, sketchMax);
  return true;
}

/** The key of a magnitude, computed exactly as in lib/sketch/mapping.ts. */
function keyOf(magnitude: f64): i32 {
  const bits = reinterpret<u64>(magnitude);
  const s = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000) - 1;
  const exponent = <f64>(<i32>(bits >> 52) - 1023);
  return <i32>floor((exponent + ((cubic * s + square) * s + linear) * s) * multiplier);
}
