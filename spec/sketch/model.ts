import fc from 'fast-check';
import { CubicMapping, minMagnitude } from '../../lib/sketch/mapping.js';

export interface Sample {
  readonly value: number;
  readonly weight: number;
}

/** The plain twin of one side of a sketch: all samples are kept, and the bins found from them at the end. */
function plainSide(samples: readonly Sample[], mapping: CubicMapping, maxBins: number) {
  const keyed = samples.map(({ value, weight }) => ({ key: mapping.key(Math.abs(value)), weight }));
  const highest = keyed.reduce((most, { key }) => Math.max(most, key), -Infinity);
  const floor = highest - maxBins + 1;
  const bins = new Map<number, number>();
  let collapsed = 0;
  for (const { key, weight } of keyed) {
    const target = Math.max(key, floor);
    bins.set(target, (bins.get(target) ?? 0) + weight);
    if (key < floor) collapsed += weight;
  }
  return { bins: [...bins].sort(([a], [b]) => a - b), collapsed };
}

/** What `DDSketch.bins` and `collapsed` must be for samples of integer weights. */
export function plainSketch(samples: readonly Sample[], accuracy: number, maxBins: number) {
  const mapping = new CubicMapping(accuracy);
  const side = (wanted: (value: number) => boolean) =>
    plainSide(
      samples.filter(({ value }) => wanted(value)),
      mapping,
      maxBins,
    );
  const negative = side((value) => value <= -minMagnitude);
  const positive = side((value) => value >= minMagnitude);
  const zero = samples
    .filter(({ value }) => Math.abs(value) < minMagnitude)
    .reduce((sum, { weight }) => sum + weight, 0);
  const bins = [
    ...negative.bins
      .map(([key, weight]) => ({
        low: -mapping.lowerBound(key + 1),
        high: -mapping.lowerBound(key),
        weight,
      }))
      .reverse(),
    ...(zero > 0 ? [{ low: 0, high: 0, weight: zero }] : []),
    ...positive.bins.map(([key, weight]) => ({
      low: mapping.lowerBound(key),
      high: mapping.lowerBound(key + 1),
      weight,
    })),
  ];
  return { bins, collapsed: negative.collapsed + positive.collapsed };
}

/** Values close together, so that bins meet and are many, and of the whole range, so that bins collapse. */
const someValue = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: -200, max: 1000 }) },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -0, 1, -1, 5e-324, minMagnitude, Number.MAX_VALUE) },
);

/** Samples of integer weights: their sums are exact in every order. */
export const someSamples: fc.Arbitrary<Sample[]> = fc.array(
  fc.record({ value: someValue, weight: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 1000 })) }),
  { maxLength: 800, size: 'max' },
);

/** Bounds that collapse hardly ever, often and always. */
export const someMaxBins = fc.constantFrom(65536, 2048, 200, 20, 1);
