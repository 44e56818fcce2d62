import { MetricType, metricTypeNames } from '../../lib/metric.js';
import type { TimeWindow } from '../../lib/storage/store.js';
import type { Sample } from '../query/samples.js';

/** A report as a sorted array of all samples would give it: no sketch, no partial, no store. */
export interface ExactQuestion {
  readonly window: TimeWindow;
  readonly intervalMs: number;
  /** How long the bucket of a sample is that has been rolled up; `intervalMs` without. */
  readonly bucketMsAt?: (timeMs: number) => number;
  /** Starts of the buckets in which a server was running. */
  readonly running: readonly number[];
  readonly groupBy?: readonly string[];
  readonly stepMs?: number;
  readonly percents: readonly number[];
}

export interface ExactRow {
  readonly name: string;
  readonly type: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly time?: string;
  readonly count: number;
  readonly rate?: number;
  readonly sum?: number;
  readonly min?: number;
  readonly mean?: number;
  readonly max?: number;
  readonly last?: number;
  readonly percentiles?: readonly number[];
}

export function exactRows(samples: readonly Sample[], question: ExactQuestion): ExactRow[] {
  const { window, intervalMs, groupBy, stepMs, bucketMsAt = () => intervalMs } = question;
  const bucketOf = ({ timeMs }: Sample): number => timeMs - (timeMs % bucketMsAt(timeMs));
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const bucket = bucketOf(sample);
    if (bucket < window.sinceMs || bucket >= window.untilMs) continue;
    const { name, type, tags } = sample.series;
    const kept = tags.filter(({ key }) => groupBy?.includes(key) ?? true);
    const time = stepMs === undefined ? undefined : Math.floor(bucket / stepMs) * stepMs;
    const key = JSON.stringify([name, type, kept, time]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [sample]);
    else group.push(sample);
  }
  return [...groups].map(([key, own]) => {
    const [name, type, tags, time] = JSON.parse(key) as [
      string,
      MetricType,
      Sample['series']['tags'],
      number,
    ];
    return {
      name,
      type: metricTypeNames[type],
      tags: Object.fromEntries(tags.map((tag) => [tag.key, tag.value])),
      ...(stepMs !== undefined && { time: new Date(time).toISOString() }),
      ...numbersOf(type, own, bucketOf, question, stepMs === undefined ? undefined : time),
    };
  });
}

function numbersOf(
  type: MetricType,
  own: readonly Sample[],
  bucketOf: (sample: Sample) => number,
  { window, intervalMs, running, stepMs, percents, bucketMsAt = () => intervalMs }: ExactQuestion,
  stepStart: number | undefined,
): Pick<ExactRow, 'count' | 'rate' | 'sum' | 'min' | 'mean' | 'max' | 'last' | 'percentiles'> {
  const sinceMs = Math.max(window.sinceMs, stepStart ?? window.sinceMs);
  const untilMs = Math.min(
    window.untilMs,
    stepStart === undefined ? window.untilMs : stepStart + (stepMs ?? 0),
  );
  // A bucket that was rolled up counts where it starts, with all the time that a server was running in it.
  const startOf = (timeMs: number): number => timeMs - (timeMs % bucketMsAt(timeMs));
  const buckets = running.filter((start) => startOf(start) >= sinceMs && startOf(start) < untilMs);
  const seconds = (buckets.length * intervalMs) / 1000;
  const weighted = own.map(({ value, sampleRate = 1 }) => ({ value: Number(value), weight: 1 / sampleRate }));
  const sum = weighted.reduce((total, { value, weight }) => total + value * weight, 0);
  const spread = (values: readonly number[]) => ({
    min: Math.min(...values),
    max: Math.max(...values),
    mean: values.reduce((a, b) => a + b, 0) / values.length,
    percentiles: lowerQuantiles(values, percents),
  });
  switch (type) {
    case MetricType.Counter: {
      const sums = new Map<number, number>();
      for (const [i, sample] of own.entries()) {
        const { value, weight } = weighted[i] ?? { value: 0, weight: 0 };
        sums.set(bucketOf(sample), (sums.get(bucketOf(sample)) ?? 0) + value * weight);
      }
      const rates = [...sums].map(([start, total]) => (total * 1000) / bucketMsAt(start));
      return { count: own.length, sum, rate: sum / seconds, ...spread(rates) };
    }
    case MetricType.Gauge: {
      const latest = new Map<string, Sample>();
      for (const sample of own) {
        const key = JSON.stringify([bucketOf(sample), sample.series.tags]);
        const known = latest.get(key);
        if (known === undefined || sample.timeMs >= known.timeMs) latest.set(key, sample);
      }
      const last = own.reduce((a, b) => (b.timeMs >= a.timeMs ? b : a));
      return {
        count: own.length,
        ...spread(weighted.map(({ value }) => value)),
        last: Number(last.value),
        percentiles: lowerQuantiles(
          [...latest.values()].map(({ value }) => Number(value)),
          percents,
        ),
      };
    }
    case MetricType.Set:
      return { count: new Set(own.map(({ value }) => value)).size };
    default: {
      const repeated = weighted.flatMap(({ value, weight }) =>
        new Array<number>(Math.round(weight)).fill(value),
      );
      const { length } = repeated;
      return { count: length, sum, rate: length / seconds, ...spread(repeated) };
    }
  }
}

/** Of n values in order, number floor(q (n - 1)) counted from 0. */
function lowerQuantiles(values: readonly number[], percents: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return percents.map((percent) => sorted[Math.floor((percent * (sorted.length - 1)) / 100)] ?? Number.NaN);
}
