import { DDSketch, type SketchBin } from '../sketch/ddsketch.js';
import { rankOf, sketchQuantiles } from './quantiles.js';

/** The distribution behind a row's percentiles. */
export interface Shape {
  /** Weight of all values. */
  readonly count: number;
  readonly min: number;
  readonly max: number;
  /** As many values of equal weight tell as much. */
  readonly effectiveSamples: number;
  /** What share of them is left where each depends on the one before, as a gauge's values do; in (0, 1]. */
  readonly independentShare: number;
  /** Bound of the relative error of a quantile; 0 when it is exact. */
  readonly relativeAccuracy: number;
  /** In order of values. Exact values come as bins without width. */
  bins(): Iterable<SketchBin>;
  /** The value at a percentile from 0 to 100, never outside `min` and `max`. */
  quantile(percent: number): number;
}

/** The shape of exact values. Takes the array over, and sorts it. */
export function exactShape(values: Float64Array, independentShare = 1): Shape {
  const sorted = values.sort();
  return {
    count: sorted.length,
    min: sorted[0] ?? Number.NaN,
    max: sorted.at(-1) ?? Number.NaN,
    effectiveSamples: sorted.length,
    independentShare,
    relativeAccuracy: 0,
    *bins() {
      for (const value of sorted) yield { low: value, high: value, weight: 1 };
    },
    quantile: (percent) => sorted[rankOf(percent, sorted.length)] ?? Number.NaN,
  };
}

/** The shape of a sketch's samples, packed: ten thousand of them fit into some megabytes. */
export function sketchShape(sketch: DDSketch, known: Known): Shape {
  return new PackedShape(sketch, known);
}

type Known = Pick<Shape, 'min' | 'max' | 'effectiveSamples'> & Partial<Pick<Shape, 'independentShare'>>;

class PackedShape implements Shape {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly effectiveSamples: number;
  readonly independentShare: number;
  readonly relativeAccuracy: number;
  private readonly bytes: Uint8Array;

  constructor(sketch: DDSketch, { min, max, effectiveSamples, independentShare = 1 }: Known) {
    this.count = sketch.count;
    this.min = min;
    this.max = max;
    this.effectiveSamples = effectiveSamples;
    this.independentShare = independentShare;
    this.relativeAccuracy = sketch.relativeAccuracy;
    // A copy: the encoder's buffer may be longer than what is in it.
    this.bytes = sketch.encode().slice();
  }

  bins(): Iterable<SketchBin> {
    return this.sketch().bins();
  }

  quantile(percent: number): number {
    return sketchQuantiles(this.sketch(), [{ label: '', percent }], this.min, this.max)[0] ?? Number.NaN;
  }

  private sketch(): DDSketch {
    const found = unpacked.find(({ owner }) => owner === this);
    if (found !== undefined) return found.sketch;
    const sketch = DDSketch.decode(this.bytes);
    unpacked.push({ owner: this, sketch });
    if (unpacked.length > mostUnpacked) unpacked.shift();
    return sketch;
  }
}

/** The shapes last looked into: whoever compares two asks each several times. */
const unpacked: { readonly owner: PackedShape; readonly sketch: DDSketch }[] = [];
const mostUnpacked = 4;
