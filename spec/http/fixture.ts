import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Partial as Aggregate, DistributionPartial } from '../../lib/aggregate/partial.js';
import type { Flush, FlushPoint } from '../../lib/flush/flush.js';
import type { HealthReport } from '../../lib/http/health.js';
import type { Logger } from '../../lib/log.js';
import { canonicalTags, MetricType, type Tag } from '../../lib/metric.js';
import { DDSketch } from '../../lib/sketch/ddsketch.js';
import { HyperLogLog } from '../../lib/sketch/hyperloglog.js';
import { SqliteStore } from '../../lib/storage/sqlite/store.js';

export const intervalMs = 10_000;
export const startMs = Date.UTC(2026, 0, 1);

export const silent: Logger = { error() {}, warn() {}, info() {}, debug() {} };

/** Of a server that is well. */
export const report: HealthReport = {
  listeners: [{ name: 'udp', address: '127.0.0.1:8125', bound: true }],
  databaseError: undefined,
  databaseNotes: [],
  lastFlushAgeMs: 0,
  flushIntervalMs: intervalMs,
  backends: [],
  series: { live: 0, refused: 0, refusals: [] },
  isSaidDown: false,
};

/** A store in a folder of its own; `remove` closes it and takes the folder away. */
export async function temporaryStore(): Promise<{ store: SqliteStore; remove: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'goodall-http-'));
  const store = await SqliteStore.open(join(folder, 'test.db'));
  const remove = async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  };
  return { store, remove };
}

export function point(name: string, partial: Aggregate, bucket = 0, tags: readonly Tag[] = []): FlushPoint {
  const series = { name, type: partial.type, tags: canonicalTags(tags) };
  return { series, timeMs: startMs + bucket * intervalMs, partial };
}

export const counter = (sum: number): Aggregate => ({ type: MetricType.Counter, sum, samples: 1 });

export const gauge = (last: number): Aggregate => ({
  type: MetricType.Gauge,
  last,
  lastAtMs: startMs,
  min: last - 1,
  max: last + 1,
  sum: 3 * last,
  samples: 3,
});

export function timer(...values: number[]): DistributionPartial {
  const sketch = new DDSketch();
  for (const value of values) sketch.add(value);
  const sum = values.reduce((a, b) => a + b, 0);
  const count = values.length;
  const [min, max] = [Math.min(...values), Math.max(...values)];
  return { type: MetricType.Timer, samples: count, count, sum, min, max, sketch } as DistributionPartial;
}

export function set(...names: string[]): Aggregate {
  const members = new HyperLogLog();
  for (const name of names) {
    const bytes = Buffer.from(name);
    members.add(bytes, 0, bytes.length);
  }
  return { type: MetricType.Set, members };
}

export function flush(bucket: number, points: readonly FlushPoint[]): Flush {
  return {
    id: `flush-${bucket}`,
    source: 'spec',
    startMs: startMs + bucket * intervalMs,
    intervalMs,
    points,
    events: [],
    checks: [],
    badLines: [],
    ingest: {
      datagrams: 1,
      bytes: 1,
      lines: 1,
      badLines: {},
      unknownFields: 0,
      datagramsDropped: undefined,
      samplesOverflowed: 0,
      seriesLive: points.length,
      seriesRefused: 0,
      flushDurationMs: 1,
    },
  };
}

export interface Answer {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

/** Sends the target as it is: `fetch` would tidy `..` and `//` away. */
export function ask(port: number, path: string, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    sent.on('error', reject);
    sent.end();
  });
}
