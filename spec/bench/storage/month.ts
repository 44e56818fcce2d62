import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseRetention } from '../../../lib/config/retention.js';
import { MetricType, type SeriesKey } from '../../../lib/metric.js';
import { DDSketch } from '../../../lib/sketch/ddsketch.js';
import { Owner } from '../../../lib/storage/sqlite/owner.js';
import { pointTables } from '../../../lib/storage/sqlite/point-tables.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import { counter, distribution, flushOf, gauge, point } from '../../contract/flushes.js';
import { root } from '../../support/source-files.js';

/**
 * `goodall-report` as a whole process on a database that a server has written for 30 days. The points are made inside
 * SQLite, tier by tier, as far back as each tier holds them; sketches are those of 50 lognormal samples, 64 different ones.
 * The same questions are asked before and after the store's own upkeep has packed the past into blocks.
 *
 *     node dist/spec/bench/storage/month.js [series] [days] [file to keep]
 */
const [seriesCount = 1000, days = 30] = process.argv.slice(2, 4).map(Number);
const kept = process.argv[4];
const dayMs = 86_400_000;
const retention = parseRetention('10s:24h,1m:30d,1h:2y')!;
const nowMs = Math.floor(Date.now() / 3_600_000) * 3_600_000;

const types = [MetricType.Counter, MetricType.Counter, MetricType.Gauge, MetricType.Timer] as const;
const keys: SeriesKey[] = Array.from({ length: seriesCount }, (_, i) => ({
  name: `app.${['hits', 'bytes', 'queue', 'latency'][i % 4]}.${i}`,
  type: types[i % 4]!,
  tags: [{ key: 'host', value: `web-${i % 20}` }],
}));

function lognormalSketch(): Uint8Array {
  const sketch = new DDSketch();
  for (let i = 0; i < 50; i += 1) {
    const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
    sketch.add(Math.exp(3 + 0.5 * normal));
  }
  return sketch.encode();
}

/** What fills a table for the series of its types, in the buckets of ?1 from ?2 to ?3. */
const values: Readonly<Record<string, string>> = {
  counter_point: 'abs(random()) % 1000, abs(random()) % 50',
  gauge_point: 'abs(random()) % 1000 / 8.0, 9000, 1, NULL, NULL, NULL',
  distribution_point:
    '50, 50.0, 1100.5, 4.1, 80.7, (SELECT bytes FROM sample WHERE id = (time.at / ?1 + key.id) % 64)',
};

async function fill(owner: Owner, stepMs: number, sinceMs: number): Promise<void> {
  for (const { name, types: own } of pointTables) {
    if (values[name] === undefined) continue;
    for (let fromMs = sinceMs; fromMs < nowMs; fromMs += dayMs) {
      await owner.exclusive((session) =>
        session.run(
          `INSERT INTO ${name} WITH RECURSIVE time (at) AS (SELECT ?2 UNION ALL SELECT at + ?1 FROM time WHERE at + ?1 < ?3)
           SELECT ?1, time.at, key.id, ${values[name]} FROM time CROSS JOIN series_key AS key
           WHERE key.type IN (${own.join()})`,
          [stepMs, fromMs, Math.min(nowMs, fromMs + dayMs)],
        ),
      );
    }
  }
}

async function fillFlushes(owner: Owner, stepMs: number, sinceMs: number, untilMs: number): Promise<void> {
  await owner.exclusive((session) =>
    session.run(
      `INSERT INTO flush (flush_id, source, start_ms, interval_ms, datagrams, bytes, lines, bad_lines, unknown_fields,
         datagrams_dropped, samples_overflowed, series_live, series_refused, flush_duration_ms)
       WITH RECURSIVE time (at) AS (SELECT ?2 UNION ALL SELECT at + ?1 FROM time WHERE at + ?1 < ?3)
       SELECT 'bench-' || at, 'bench', at, ?1, 5000, 150000, 5000, '{}', 0, 0, 0, 1000, 0, 1.5 FROM time`,
      [stepMs, sinceMs, untilMs],
    ),
  );
}

async function build(path: string): Promise<void> {
  const store = await SqliteStore.open(path, { retention });
  const first = { 0: counter(1), 1: gauge(nowMs, 1), 2: distribution(2, 1) };
  const points = keys.map((key) => point(key, first[key.type as 0 | 1 | 2], nowMs - 10_000));
  await store.write(flushOf({ id: 'keys', startMs: nowMs, points }));
  await store.close();
  const owner = await Owner.open(path, 'create', 1000);
  await owner.exclusive((session) =>
    session.exec(
      'DELETE FROM counter_point; DELETE FROM gauge_point; DELETE FROM distribution_point; CREATE TEMP TABLE sample (id INTEGER PRIMARY KEY, bytes)',
    ),
  );
  for (let id = 0; id < 64; id += 1) {
    await owner.exclusive((session) =>
      session.run('INSERT INTO sample VALUES (?, ?)', [id, lognormalSketch()]),
    );
  }
  const sinceMs = nowMs - days * dayMs;
  for (const [i, { stepMs, keepMs }] of retention.entries()) {
    const heldMs = Math.max(sinceMs, nowMs - keepMs);
    await fill(owner, stepMs, heldMs);
    await owner.exclusive(async (session) => {
      await session.run('UPDATE tier SET held_since_ms = ? WHERE step_ms = ?', [heldMs, stepMs]);
      for (const { name } of pointTables) {
        await session.run('INSERT OR REPLACE INTO rolled VALUES (?, ?, ?, 0)', [name, stepMs, nowMs]);
      }
      await session.run('UPDATE series_span SET first_ms = ?, last_ms = ?, last_step_ms = 10000', [
        sinceMs,
        nowMs - 10_000,
      ]);
    });
    console.log(`filled ${stepMs / 1000} s`);
    if (i === 0) await fillFlushes(owner, stepMs, heldMs, nowMs);
    if (i === 1) await fillFlushes(owner, stepMs, heldMs, nowMs - dayMs);
  }
  await owner.close();
}

function time(title: string, args: readonly string[]): void {
  const runs = Array.from({ length: 5 }, () => {
    const startAt = performance.now();
    const run = spawnSync(
      process.execPath,
      ['-e', measured, join(root, 'dist/bin/goodall-report.js'), ...args],
      {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      },
    );
    return {
      wallMs: performance.now() - startAt,
      cpuMs: Number(/cpu (\d+)/.exec(run.stderr)?.[1]),
      code: run.status,
    };
  }).sort((a, b) => a.wallMs - b.wallMs);
  const [best, , median] = runs;
  console.log(
    `${title.padEnd(48)} best ${best!.wallMs.toFixed(0)} ms, median ${median!.wallMs.toFixed(0)} ms, user CPU ${best!.cpuMs} ms, exit ${best!.code}`,
  );
}

/** Runs the program in this process and tells its CPU time at the end. */
const measured = `
process.on('exit', () => console.error('cpu', Math.round(process.resourceUsage().userCPUTime / 1000)));
import(process.argv[1]);`;

const isoAt = (daysAgo: number): string => new Date(nowMs - daysAgo * dayMs).toISOString();

async function pack(path: string): Promise<void> {
  const store = await SqliteStore.open(path, { retention });
  const startAt = performance.now();
  let longestMs = 0;
  for (let more = true; more; ) {
    const partAt = performance.now();
    more = await store.maintain(nowMs);
    longestMs = Math.max(longestMs, performance.now() - partAt);
  }
  await store.close();
  const seconds = (performance.now() - startAt) / 1000;
  console.log(`packed into blocks in ${seconds.toFixed(0)} s, the longest part ${longestMs.toFixed(0)} ms`);
}

const directory = mkdtempSync(join(tmpdir(), 'goodall-bench-'));
try {
  const path = kept ?? join(directory, 'bench.db');
  if (kept === undefined || statSync(kept, { throwIfNoEntry: false }) === undefined) await build(path);
  const questions = (): void => {
    console.log(`${seriesCount} series, ${days} days: ${(statSync(path).size / 1e6).toFixed(0)} MB`);
    const db = ['--db', path];
    time('--help', ['--help']);
    time('one timer over 30 days', ['app.latency.3', ...db, '--since', `${days}d`]);
    time('one counter over 30 days', ['app.hits.0', ...db, '--since', `${days}d`]);
    time('p99 of all timers over 24 h', [
      ...db,
      '--since',
      '24h',
      '--type',
      'timer',
      '-p',
      '99',
      '--format',
      'json',
    ]);
    time('p99 of all series over 24 h', [...db, '--since', '24h', '-p', '99', '--format', 'json']);
    const dayOfWeekAgo = ['--since', isoAt(7), '--until', isoAt(6)];
    time('p99 of all series over 24 h, a week ago', [...db, ...dayOfWeekAgo, '-p', '99', '--format', 'json']);
  };
  questions();
  await pack(path);
  questions();
} finally {
  rmSync(directory, { recursive: true });
}
