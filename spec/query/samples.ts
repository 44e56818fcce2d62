import type {
  CounterPartial,
  DistributionPartial,
  GaugePartial,
  Partial,
  SetPartial,
} from '../../lib/aggregate/partial.js';
import type { Flush, FlushPoint } from '../../lib/flush/flush.js';
import { canonicalTags, MetricType, type SeriesKey } from '../../lib/metric.js';
import { DDSketch } from '../../lib/sketch/ddsketch.js';
import { HyperLogLog } from '../../lib/sketch/hyperloglog.js';

/** One sample as a client sent it. */
export interface Sample {
  readonly series: SeriesKey;
  readonly timeMs: number;
  /** The member, for a set. */
  readonly value: number | string;
  /** In (0, 1]; 1 when left out. */
  readonly sampleRate?: number;
}

export interface FlushOptions {
  readonly intervalMs: number;
  readonly source?: string;
  readonly datagrams?: number;
  readonly datagramsDropped?: number | undefined;
  readonly relativeAccuracy?: number;
}

const noCounts = {
  bytes: 0,
  lines: 0,
  badLines: {},
  unknownFields: 0,
  samplesOverflowed: 0,
  seriesLive: 0,
  seriesRefused: 0,
  flushDurationMs: 0,
};

/** A series from its usual spelling: `key:value` tags with commas between. */
export function seriesOf(name: string, type: MetricType, tags = ''): SeriesKey {
  const pairs = tags === '' ? [] : tags.split(',').map((tag) => tag.split(/:(.*)/s));
  return { name, type, tags: canonicalTags(pairs.map(([key = '', value = '']) => ({ key, value }))) };
}

/** What a server that ran over the given starts of buckets would have flushed for the samples. */
export function flushesOf(
  samples: readonly Sample[],
  bucketStarts: readonly number[],
  options: FlushOptions,
): Flush[] {
  const { intervalMs, source = 'spec', datagrams = 1, relativeAccuracy = 0.01 } = options;
  return bucketStarts.map((startMs) => ({
    id: `${source}-${startMs}`,
    source,
    startMs,
    intervalMs,
    points: pointsOf(
      samples.filter(({ timeMs }) => timeMs >= startMs && timeMs < startMs + intervalMs),
      startMs,
      relativeAccuracy,
    ),
    events: [],
    checks: [],
    badLines: [],
    ingest: {
      ...noCounts,
      datagrams,
      datagramsDropped: 'datagramsDropped' in options ? options.datagramsDropped : 0,
    },
  }));
}

/** Starts of `count` buckets in a row. */
export function buckets(firstMs: number, count: number, intervalMs: number): number[] {
  return Array.from({ length: count }, (_, i) => firstMs + i * intervalMs);
}

function pointsOf(samples: readonly Sample[], timeMs: number, relativeAccuracy: number): FlushPoint[] {
  const bySeries = new Map<string, Sample[]>();
  for (const sample of samples) {
    const key = JSON.stringify(sample.series);
    const own = bySeries.get(key);
    if (own === undefined) bySeries.set(key, [sample]);
    else own.push(sample);
  }
  return [...bySeries.values()].map((own) => {
    const { series } = own[0] as Sample;
    return { series, timeMs, partial: partialOf(series.type, own, relativeAccuracy) };
  });
}

function partialOf(type: MetricType, samples: readonly Sample[], relativeAccuracy: number): Partial {
  switch (type) {
    case MetricType.Counter:
      return counterOf(samples);
    case MetricType.Gauge:
      return gaugeOf(samples);
    case MetricType.Set:
      return setOf(samples);
    default:
      return distributionOf(type, samples, relativeAccuracy);
  }
}

function counterOf(samples: readonly Sample[]): CounterPartial {
  return {
    type: MetricType.Counter,
    sum: samples.reduce((sum, { value, sampleRate = 1 }) => sum + Number(value) / sampleRate, 0),
    samples: samples.length,
  };
}

function gaugeOf(samples: readonly Sample[]): GaugePartial {
  const values = samples.map(({ value }) => Number(value));
  return {
    type: MetricType.Gauge,
    last: values.at(-1) ?? 0,
    lastAtMs: samples.at(-1)?.timeMs ?? 0,
    min: Math.min(...values),
    max: Math.max(...values),
    sum: values.reduce((a, b) => a + b),
    samples: values.length,
  };
}

function distributionOf(
  type: DistributionPartial['type'],
  samples: readonly Sample[],
  relativeAccuracy: number,
): DistributionPartial {
  const sketch = new DDSketch({ relativeAccuracy });
  for (const { value, sampleRate = 1 } of samples) sketch.add(Number(value), 1 / sampleRate);
  const values = samples.map(({ value }) => Number(value));
  return {
    type,
    samples: samples.length,
    count: samples.reduce((sum, { sampleRate = 1 }) => sum + 1 / sampleRate, 0),
    sum: samples.reduce((sum, { value, sampleRate = 1 }) => sum + Number(value) / sampleRate, 0),
    min: Math.min(...values),
    max: Math.max(...values),
    sketch,
  } as DistributionPartial;
}

function setOf(samples: readonly Sample[]): SetPartial {
  const members = new HyperLogLog();
  for (const { value } of samples) {
    const bytes = new TextEncoder().encode(String(value));
    members.add(bytes, 0, bytes.length);
  }
  return { type: MetricType.Set, members };
}
