import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Partial } from '../../../lib/aggregate/partial.js';
import { parseRetention } from '../../../lib/config/retention.js';
import { MetricType, type SeriesKey } from '../../../lib/metric.js';
import { DDSketch } from '../../../lib/sketch/ddsketch.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import { counter, flushOf, gauge, point } from '../../contract/flushes.js';
import { root } from '../../support/source-files.js';

/**
 * Memory and time of reports on many series over a long time: half of them counters, a quarter gauges, a
 * quarter timers of 200 lognormal samples a bucket. The database has one bucket an hour, which is what a report
 * of so long a time reads. Its largest resident set is to stay below 200 MiB.
 *
 *     node dist/spec/bench/report/memory.js [series] [days] [file to keep]
 */
const [seriesCount = 10_000, days = 30] = process.argv.slice(2, 4).map(Number);
const kept = process.argv[4];
const hourMs = 3_600_000;
const endMs = Math.floor(Date.now() / hourMs) * hourMs;

const types = [MetricType.Counter, MetricType.Counter, MetricType.Gauge, MetricType.Timer] as const;
const keys: SeriesKey[] = Array.from({ length: seriesCount }, (_, i) => ({
  name: `app.${['hits', 'bytes', 'queue', 'latency'][i % 4]}.${i >> 5}`,
  type: types[i % 4]!,
  tags: [
    { key: 'host', value: `web-${(i >> 2) % 8}` },
    { key: 'zone', value: 'eu-1' },
  ],
}));

function normal(): number {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

function timer(): Partial {
  const values = Array.from({ length: 200 }, () => Math.exp(3 + 0.5 * normal()));
  const sketch = new DDSketch();
  for (const value of values) sketch.add(value);
  const sum = values.reduce((a, b) => a + b, 0);
  const [min, max] = [Math.min(...values), Math.max(...values)];
  return { type: MetricType.Timer, samples: 200, count: 200, sum, min, max, sketch };
}

const timers = Array.from({ length: 64 }, timer);

function partialOf(type: MetricType, timeMs: number, at: number): Partial {
  if (type === MetricType.Counter) return counter(Math.floor(Math.random() * 1000), 60);
  if (type === MetricType.Gauge) return gauge(timeMs, Math.random() * 100, Math.random() * 1000);
  return timers[at % timers.length]!;
}

async function build(path: string): Promise<void> {
  const store = await SqliteStore.open(path, { retention: parseRetention('1h:2y')! });
  for (let hour = days * 24; hour > 0; hour--) {
    const startMs = endMs - hour * hourMs;
    const points = keys.map((key, i) => point(key, partialOf(key.type, startMs, i + hour), startMs));
    await store.write(flushOf({ id: `hour-${hour}`, startMs, intervalMs: hourMs, points }));
    while (await store.maintain(startMs + hourMs));
  }
  await store.close();
}

function measure(title: string, args: readonly string[]): void {
  const program = join(root, 'dist/bin/goodall-report.js');
  const startAt = performance.now();
  const run = spawnSync(process.execPath, ['-e', measured, program, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  const seconds = (performance.now() - startAt) / 1000;
  const [, cpuMs, peakKib] = /cpu (\d+) peak (\d+)/.exec(run.stderr) ?? [];
  const figures = [
    `${(Number(peakKib) / 1024).toFixed(0)} MiB`,
    `${seconds.toFixed(1)} s`,
    `CPU ${(Number(cpuMs) / 1000).toFixed(1)} s`,
    `${run.stdout.length} bytes`,
    `exit ${run.status}`,
  ];
  console.log(`${title.padEnd(40)} ${figures.join(', ')}`);
}

/** Runs the program in this process and tells its CPU time and its largest resident set at the end. */
const measured = `
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  console.error('cpu', Math.round((userCPUTime + systemCPUTime) / 1000), 'peak', maxRSS);
});
import(process.argv[1]);`;

const directory = mkdtempSync(join(tmpdir(), 'goodall-bench-'));
try {
  const path = kept ?? join(directory, 'bench.db');
  if (kept === undefined || statSync(kept, { throwIfNoEntry: false }) === undefined) await build(path);
  console.log(`${seriesCount} series, ${days} days: ${(statSync(path).size / 1e6).toFixed(0)} MB`);
  const db = ['--db', path, '--since', `${days}d`];
  measure('table of all series', db);
  measure('table with trends', [...db, '--trend', 'always']);
  measure('JSON of all series', [...db, '--format', 'json']);
  measure('the slowest 20', [...db, '--sort', 'p99', '--limit', '20']);
  measure('all series by host', [...db, '--group-by', 'host']);
  measure('all series a day, CSV', [...db, '--step', '1d', '--format', 'csv']);
  measure('all series a day, table', [...db, '--step', '1d']);
  measure('a page of all series', [...db, '--format', 'html']);
  measure('compare with the half before', ['compare', '--db', path, '--since', '15d', '--against', '15d']);
  measure('the list of series', ['series', '--db', path]);
} finally {
  rmSync(directory, { recursive: true });
}
