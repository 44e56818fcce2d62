import type { CounterPartial } from '../aggregate/partial.js';
import type { StoredPoint } from '../storage/store.js';
import type { Percentile } from './percentile.js';
import { Population } from './population.js';
import type { RowNumbers } from './row.js';
import type { Lane, RowBuilder } from './row-builder.js';
import type { Shape } from './shape.js';

/**
 * Counters: the population is the rate per second of each bucket. Rates of one bucket add up over the series of
 * the group, so that the percentiles are those of the group as a whole.
 */
export class CounterRow implements RowBuilder, Lane {
  private samples = 0;
  private sum = 0;
  private readonly rates = new Population();
  /** Sums by bucket, by its length and start, where their parts may come from several series or readers. */
  private readonly sums: Map<number, Map<number, number>> | undefined;
  private openTimeMs = Number.NaN;
  private openStepMs = 0;
  private openSum = 0;

  constructor(ordered: boolean) {
    this.sums = ordered ? undefined : new Map();
  }

  get relativeAccuracy(): number {
    return this.rates.relativeAccuracy;
  }

  lane(): Lane {
    return this;
  }

  add({ timeMs, stepMs, partial }: StoredPoint): void {
    const { sum, samples } = partial as CounterPartial;
    this.samples += samples;
    this.sum += sum;
    if (this.sums !== undefined) {
      addAt(this.sums, stepMs, timeMs, sum);
    } else if (timeMs === this.openTimeMs && stepMs === this.openStepMs) {
      this.openSum += sum;
    } else {
      this.end();
      this.openTimeMs = timeMs;
      this.openStepMs = stepMs;
      this.openSum = sum;
    }
  }

  end(): void {
    if (!Number.isNaN(this.openTimeMs)) this.rates.add(perSecond(this.openSum, this.openStepMs));
    this.openTimeMs = Number.NaN;
  }

  finish(seconds: number, percentiles: readonly Percentile[]): RowNumbers {
    for (const rate of ratesOf(this.sums ?? new Map())) this.rates.add(rate);
    return {
      count: this.samples,
      rate: this.sum / seconds,
      sum: this.sum,
      min: this.rates.min,
      mean: this.rates.mean,
      max: this.rates.max,
      percentiles: this.rates.quantiles(percentiles),
      trust: this.rates.trust(percentiles),
    };
  }

  shape(): Shape {
    return this.rates.shape();
  }
}

function addAt(sums: Map<number, Map<number, number>>, stepMs: number, timeMs: number, sum: number): void {
  let byTime = sums.get(stepMs);
  if (byTime === undefined) {
    byTime = new Map();
    sums.set(stepMs, byTime);
  }
  byTime.set(timeMs, (byTime.get(timeMs) ?? 0) + sum);
}

/** The rate of each bucket; servers of different intervals add up where their buckets start together. */
function ratesOf(sums: ReadonlyMap<number, ReadonlyMap<number, number>>): Iterable<number> {
  const rates = new Map<number, number>();
  for (const [stepMs, byTime] of sums) {
    for (const [timeMs, sum] of byTime) {
      rates.set(timeMs, (rates.get(timeMs) ?? 0) + perSecond(sum, stepMs));
    }
  }
  return rates.values();
}

function perSecond(sum: number, stepMs: number): number {
  return (sum * 1000) / stepMs;
}
