import type { DistributionPartial } from '../aggregate/partial.js';
import type { SketchBin } from '../sketch/ddsketch.js';

/** The samples of a timer in ascending order, each once whatever it stands for: what statsd works with. */
export interface SortedValues {
  readonly count: number;
  /** The sample at a place, from 0. */
  at(place: number): number;
  /** Sum of the least `count` samples, and of their squares; of none it is NaN, as in statsd. */
  sum(count: number): number;
  sumOfSquares(count: number): number;
  /** Sum of the squares of all samples' distances from a value. */
  sumOfSquaredDistances(from: number): number;
  /** How many samples are below a bound. */
  below(bound: number): number;
}

/** The samples themselves. Sums are added up in ascending order, so that they are statsd's to the last bit. */
export class ExactValues implements SortedValues {
  private readonly sums: Float64Array;
  private readonly squares: Float64Array;

  /** @param values in ascending order */
  constructor(private readonly values: readonly number[]) {
    this.sums = new Float64Array(values.length);
    this.squares = new Float64Array(values.length);
    let sum = 0;
    let square = 0;
    for (const [i, value] of values.entries()) {
      this.sums[i] = sum = value + sum;
      this.squares[i] = square = value * value + square;
    }
  }

  get count(): number {
    return this.values.length;
  }

  at(place: number): number {
    return this.values[place] ?? Number.NaN;
  }

  sum(count: number): number {
    return this.sums[count - 1] ?? Number.NaN;
  }

  sumOfSquares(count: number): number {
    return this.squares[count - 1] ?? Number.NaN;
  }

  sumOfSquaredDistances(from: number): number {
    let sum = 0;
    for (const value of this.values) sum += (value - from) * (value - from);
    return sum;
  }

  below(bound: number): number {
    let count = 0;
    while (count < this.values.length && this.values[count]! < bound) count += 1;
    return count;
  }
}

/**
 * What a sketch knows of samples that were too many to keep: values and sums of parts within its relative
 * accuracy; number, least, greatest, and where all samples stand for the same number, the sum, as they were.
 */
export class SketchedValues implements SortedValues {
  readonly count: number;
  private readonly values: Float64Array;
  /** How many samples there are up to each value. */
  private readonly counts: Float64Array;
  private readonly min: number;
  private readonly max: number;
  private readonly total: number;

  constructor({ sketch, samples, count, sum, min, max }: DistributionPartial) {
    const bins = [...sketch.bins()];
    // statsd does not weigh samples: what a sample stands for is taken out again.
    const perWeight = samples / count;
    let upTo = 0;
    this.values = Float64Array.from(bins, (bin) => Math.min(Math.max(middleOf(bin), min), max));
    this.counts = Float64Array.from(bins, ({ weight }) => {
      upTo += weight * perWeight;
      return upTo;
    });
    this.count = samples;
    this.min = min;
    this.max = max;
    this.total = sum * perWeight;
  }

  at(place: number): number {
    if (place <= 0) return this.min;
    if (place >= this.count - 1) return this.max;
    let bin = 0;
    let end = this.counts.length;
    while (bin < end) {
      const middle = (bin + end) >> 1;
      if (this.counts[middle]! > place) end = middle;
      else bin = middle + 1;
    }
    return this.values[bin] ?? this.max;
  }

  sum(count: number): number {
    if (count === 0) return Number.NaN;
    return count === this.count ? this.total : this.add(count, (value) => value);
  }

  sumOfSquares(count: number): number {
    return count === 0 ? Number.NaN : this.add(count, (value) => value * value);
  }

  sumOfSquaredDistances(from: number): number {
    return this.add(this.count, (value) => (value - from) * (value - from));
  }

  below(bound: number): number {
    const bin = this.values.findIndex((value) => value >= bound);
    return bin < 0 ? this.count : Math.round(this.counts[bin - 1] ?? 0);
  }

  private add(count: number, term: (value: number) => number): number {
    let sum = 0;
    let before = 0;
    for (const [bin, value] of this.values.entries()) {
      const upTo = Math.min(this.counts[bin]!, count);
      sum += term(value) * (upTo - before);
      before = upTo;
      if (upTo === count) break;
    }
    return sum;
  }
}

/** As far from the one end of a bin as from the other, in relation to them. */
function middleOf({ low, high }: SketchBin): number {
  return low === high ? low : (2 * low * high) / (low + high);
}
