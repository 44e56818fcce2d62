import type { Partial } from '../../lib/aggregate/partial.js';
import type { BadLine, Flush, FlushPoint, IngestCounts, Refusal } from '../../lib/flush/flush.js';
import { MetricType, type SeriesKey, type Tag } from '../../lib/metric.js';
import { DDSketch } from '../../lib/sketch/ddsketch.js';
import { HyperLogLog } from '../../lib/sketch/hyperloglog.js';
import type { StoredPoint, StoreReader, TimeWindow } from '../../lib/storage/store.js';

export const stepMs = 10_000;
/** Start of the first bucket of most specs. */
export const t0 = Date.UTC(2026, 0, 1);
export const always: TimeWindow = { sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER };

export const noIngest: IngestCounts = {
  datagrams: 0,
  bytes: 0,
  lines: 0,
  badLines: {},
  unknownFields: 0,
  datagramsDropped: 0,
  samplesOverflowed: 0,
  seriesLive: 0,
  seriesRefused: 0,
  flushDurationMs: 0,
};

let flushes = 0;

/** A flush with an id of its own and nothing in it but what is given. */
export function flushOf(parts: globalThis.Partial<Flush>): Flush {
  flushes += 1;
  const defaults = { id: `flush-${flushes}`, source: 'spec', startMs: t0, intervalMs: stepMs };
  return { ...defaults, points: [], events: [], checks: [], badLines: [], ingest: noIngest, ...parts };
}

/** `'k:v'` texts as tags; a text without a colon is a tag without a value. */
export function tagsOf(...texts: string[]): Tag[] {
  return texts.map((text) => {
    const [key = '', ...value] = text.split(':');
    return { key, value: value.join(':') };
  });
}

export const counterKey = (name: string, ...tags: string[]): SeriesKey => ({
  name,
  type: MetricType.Counter,
  tags: tagsOf(...tags),
});

export const gaugeKey = (name: string, ...tags: string[]): SeriesKey => ({
  name,
  type: MetricType.Gauge,
  tags: tagsOf(...tags),
});

export const counter = (sum: number, samples = 1): Partial => ({ type: MetricType.Counter, sum, samples });

/** A gauge that took on these values, the last one at the given time. */
export function gauge(lastAtMs: number, ...values: number[]): Partial {
  const sum = values.reduce((a, b) => a + b, 0);
  const [min, max] = [Math.min(...values), Math.max(...values)];
  return { type: MetricType.Gauge, last: values.at(-1)!, lastAtMs, min, max, sum, samples: values.length };
}

export function distribution(type: 2 | 3, ...values: number[]): Partial {
  const sketch = new DDSketch();
  for (const value of values) sketch.add(value);
  const sum = values.reduce((a, b) => a + b, 0);
  const [min, max] = [Math.min(...values), Math.max(...values)];
  return { type, samples: values.length, count: values.length, sum, min, max, sketch };
}

export function members(...names: string[]): Partial {
  const set = new HyperLogLog();
  for (const name of names) {
    const bytes = Buffer.from(name);
    set.add(bytes, 0, bytes.length);
  }
  return { type: MetricType.Set, members: set };
}

export const point = (series: SeriesKey, partial: Partial, timeMs = t0): FlushPoint => ({
  series,
  timeMs,
  partial,
});

export const badLine = (
  reason: string,
  sender: string,
  parts: globalThis.Partial<BadLine> = {},
): BadLine => ({
  reason,
  sender,
  sample: 'foo:|c',
  count: 1,
  firstSeenMs: t0,
  lastSeenMs: t0,
  ...parts,
});

export const refusal = (name: string, parts: globalThis.Partial<Refusal> = {}): Refusal => ({
  limit: 'max-series',
  name,
  tag: 'id',
  values: 5,
  sender: '10.0.0.1',
  sample: `${name}|#id:1`,
  refused: 7,
  firstSeenMs: t0,
  lastSeenMs: t0,
  ...parts,
});

/** A partial without objects of classes, so that two of them can be compared. */
export function plain(partial: Partial): object {
  switch (partial.type) {
    case MetricType.Counter:
    case MetricType.Gauge:
      return partial;
    case MetricType.Set:
      return { ...partial, members: Buffer.from(partial.members.encode()).toString('hex') };
    default:
      return { ...partial, sketch: Buffer.from(partial.sketch.encode()).toString('hex') };
  }
}

export interface ReadPoint {
  readonly name: string;
  readonly tags: readonly Tag[];
  readonly timeMs: number;
  readonly stepMs: number;
  readonly partial: object;
}

/** Everything that a reader holds of the named series (all by default) in the window, ordered. */
export async function readAll(
  reader: StoreReader,
  patterns: readonly string[] = ['*'],
  window = always,
): Promise<ReadPoint[]> {
  const series = await reader.series({ patterns });
  const byId = new Map(series.map((one) => [one.id, one]));
  const points: StoredPoint[] = [];
  for await (const batch of reader.points(series, window)) points.push(...batch);
  const order = (a: StoredPoint, b: StoredPoint): number =>
    a.timeMs - b.timeMs || a.stepMs - b.stepMs || a.seriesId - b.seriesId;
  return points.sort(order).map(({ seriesId, timeMs, stepMs, partial }) => {
    const { name, tags } = byId.get(seriesId)!;
    return { name, tags, timeMs, stepMs, partial: plain(partial) };
  });
}
