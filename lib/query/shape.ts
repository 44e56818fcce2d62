import type { DDSketch, SketchBin } from '../sketch/ddsketch.js';
import { rankOf, sketchQuantiles } from './quantiles.js';

/** The distribution behind a row's percentiles. */
export interface Shape {
  /** Weight of all values. */
  readonly count: number;
  readonly min: number;
  readonly max: number;
  /** As many values of equal weight tell as much. */
  readonly effectiveSamples: number;
  /** Bound of the relative error of a quantile; 0 when it is exact. */
  readonly relativeAccuracy: number;
  /** In order of values. Exact values come as bins without width. */
  bins(): Iterable<SketchBin>;
  /** The value at a percentile from 0 to 100, never outside `min` and `max`. */
  quantile(percent: number): number;
}

/** The shape of exact values. Takes the array over, and sorts it. */
export function exactShape(values: Float64Array): Shape {
  const sorted = values.sort();
  return {
    count: sorted.length,
    min: sorted[0] ?? Number.NaN,
    max: sorted.at(-1) ?? Number.NaN,
    effectiveSamples: sorted.length,
    relativeAccuracy: 0,
    *bins() {
      for (const value of sorted) yield { low: value, high: value, weight: 1 };
    },
    quantile: (percent) => sorted[rankOf(percent, sorted.length)] ?? Number.NaN,
  };
}

export function sketchShape(
  sketch: DDSketch,
  { min, max, effectiveSamples }: Pick<Shape, 'min' | 'max' | 'effectiveSamples'>,
): Shape {
  return {
    count: sketch.count,
    min,
    max,
    effectiveSamples,
    relativeAccuracy: sketch.relativeAccuracy,
    bins: () => sketch.bins(),
    quantile: (percent) => sketchQuantiles(sketch, [{ label: '', percent }], min, max)[0] ?? Number.NaN,
  };
}
