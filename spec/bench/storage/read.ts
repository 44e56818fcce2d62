import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MetricType } from '../../../lib/metric.js';
import { Owner } from '../../../lib/storage/sqlite/owner.js';
import { lookUpSql, scanPartSql } from '../../../lib/storage/sqlite/point-rows.js';
import { pointTables } from '../../../lib/storage/sqlite/point-tables.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';

/**
 * From which share of the series on it is better to read a whole range than to look each series up. Both queries of the
 * point reader run inside `count()`, so that only SQLite's part is timed; then what a caller gets, by series asked for.
 *
 *     node dist/spec/bench/storage/read.js
 */
const seriesCount = 1000;
const buckets = 1000;
const stepMs = 10_000;
const startMs = Date.UTC(2026, 0, 1);
const untilMs = startMs + buckets * stepMs;

async function best(work: () => Promise<unknown>): Promise<number> {
  let bestMs = Infinity;
  for (let run = 0; run < 5; run += 1) {
    const startAt = performance.now();
    await work();
    bestMs = Math.min(bestMs, performance.now() - startAt);
  }
  return bestMs;
}

async function fill(store: SqliteStore): Promise<void> {
  const keys = Array.from({ length: seriesCount }, (_, i) => ({
    name: `series.${i}`,
    type: MetricType.Counter,
    tags: [],
  }));
  const ingest = {
    ...{ datagrams: 0, bytes: 0, lines: 0, badLines: {}, unknownFields: 0, datagramsDropped: 0 },
    ...{ samplesOverflowed: 0, seriesLive: seriesCount, seriesRefused: 0, flushDurationMs: 0 },
  };
  for (let b = 0; b < buckets; b += 1) {
    const timeMs = startMs + b * stepMs;
    const points = keys.map((series, i) => ({
      ...{ series, timeMs },
      partial: { type: MetricType.Counter, sum: i / 8, samples: 1 },
    }));
    const head = { id: `bench-${b}`, source: 'bench', startMs: timeMs, intervalMs: stepMs };
    await store.write({ ...head, points, events: [], checks: [], badLines: [], ingest });
  }
}

const directory = mkdtempSync(join(tmpdir(), 'goodall-bench-'));
const path = join(directory, 'bench.db');
const store = await SqliteStore.open(path);
const owner = await Owner.open(path, 'read', 1000);
try {
  await fill(store);
  const series = await store.series({});
  const table = pointTables.find(({ types }) => types.includes(MetricType.Counter))!;
  const times = JSON.stringify(Array.from({ length: buckets }, (_, b) => startMs + b * stepMs));
  const counted = (sql: string): string => `SELECT count(sum) FROM (${sql})`;
  console.log(`${seriesCount} series, ${buckets} buckets; best of 5, milliseconds`);
  console.log('series asked for   look up      scan   through the store');
  for (const asked of [1, 10, 100, 200, 250, 300, 400, 500, 1000]) {
    const part = series.slice(0, asked);
    const ids = JSON.stringify(part.map(({ id }) => id));
    const lookUpMs = await best(() => owner.all(counted(lookUpSql(table)), [stepMs, times, ids]));
    const scanValues = [stepMs, startMs, -1, untilMs, seriesCount * buckets, ids];
    const scanMs = await best(() => owner.all(counted(scanPartSql(table, true)), scanValues));
    const storeMs = await best(async () => {
      for await (const _ of store.points(part, { sinceMs: startMs, untilMs }));
    });
    const figures = [lookUpMs, scanMs, storeMs].map((ms) => ms.toFixed(1).padStart(9)).join(' ');
    console.log(`${String(asked).padStart(16)} ${figures}`);
  }
} finally {
  await owner.close();
  await store.close();
  rmSync(directory, { recursive: true });
}
