import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import type { Partial } from '../../../lib/aggregate/partial.js';
import type { Flush, FlushPoint } from '../../../lib/flush/flush.js';
import { MetricType, type SeriesKey } from '../../../lib/metric.js';
import { DDSketch } from '../../../lib/sketch/ddsketch.js';
import { Owner } from '../../../lib/storage/sqlite/owner.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import { LongestBlock } from './longest-block.js';

/**
 * What a flush of many live series costs: wall time, and the longest time in which the main thread did nothing else.
 * Half of the series are counters, a quarter gauges, a quarter timers of 50 lognormal samples.
 *
 *     node dist/spec/bench/storage/flush.js [--series 100000] [--flushes 8]
 */
const { values: options } = parseArgs({
  options: {
    series: { type: 'string', default: '100000' },
    flushes: { type: 'string', default: '8' },
    dir: { type: 'string', default: tmpdir() },
  },
});
const seriesCount = Number(options.series);
const flushCount = Number(options.flushes);
const intervalMs = 10_000;
const startMs = Date.UTC(2026, 0, 1);
const samplesPerTimer = 50;

/** A small generator with a fixed seed (mulberry32), so that runs are alike. */
let state = 1;
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

const lognormal = (): number =>
  20 * Math.exp(0.6 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));

function seriesKey(i: number): SeriesKey {
  const types = [MetricType.Counter, MetricType.Gauge, MetricType.Counter, MetricType.Timer];
  const tags = [
    { key: 'env', value: 'prod' },
    { key: 'host', value: `web-${i % 50}` },
    { key: 'route', value: `/v1/thing/${i}` },
  ];
  return { name: `app.api.${['hits', 'queue', 'bytes', 'latency'][i % 4]}`, type: types[i % 4]!, tags };
}

function timerPartial(): Partial {
  const partial = {
    ...{
      type: MetricType.Timer,
      samples: samplesPerTimer,
      count: samplesPerTimer,
      sum: 0,
      min: Infinity,
      max: 0,
    },
    sketch: new DDSketch(),
  };
  for (let i = 0; i < samplesPerTimer; i += 1) {
    const value = lognormal();
    partial.sum += value;
    partial.min = Math.min(partial.min, value);
    partial.max = Math.max(partial.max, value);
    partial.sketch.add(value);
  }
  return partial;
}

/** A few hundred timers serve for all: making one for each series would leave more garbage than a flush does. */
const timers = Array.from({ length: 500 }, timerPartial);

function partialOf(type: MetricType, timeMs: number): Partial {
  if (type === MetricType.Counter) {
    return { type, sum: Math.floor(random() * 1000), samples: 1 + Math.floor(random() * 1000) };
  }
  if (type === MetricType.Timer) return timers[Math.floor(random() * timers.length)]!;
  const value = random() * 100;
  const lastAtMs = timeMs + Math.floor(random() * intervalMs);
  return { type: MetricType.Gauge, last: value, lastAtMs, min: value, max: value, sum: value, samples: 1 };
}

function flushOf(keys: readonly SeriesKey[], number: number): Flush {
  const timeMs = startMs + number * intervalMs;
  const points: FlushPoint[] = keys.map((series) => ({
    series,
    timeMs,
    partial: partialOf(series.type, timeMs),
  }));
  const ingest = {
    ...{ datagrams: 1, bytes: 1, lines: 1, badLines: {}, unknownFields: 0, datagramsDropped: 0 },
    ...{ samplesOverflowed: 0, seriesLive: keys.length, seriesRefused: 0, flushDurationMs: 0 },
  };
  const records = { events: [], checks: [], badLines: [] };
  return { id: `bench-${number}`, source: 'bench', startMs: timeMs, intervalMs, points, ...records, ingest };
}

interface Measured {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly mainThreadMs: number;
  readonly longestBlockMs: number;
}

async function measure(work: () => Promise<void>): Promise<Measured> {
  const startUtilization = performance.eventLoopUtilization();
  const startCpu = process.cpuUsage();
  const startAt = performance.now();
  const block = new LongestBlock();
  await work();
  const longestBlockMs = block.stop();
  const wallMs = performance.now() - startAt;
  const { user, system } = process.cpuUsage(startCpu);
  const { active } = performance.eventLoopUtilization(startUtilization);
  return { wallMs, cpuMs: (user + system) / 1000, mainThreadMs: active, longestBlockMs };
}

const median = (figures: readonly number[]): number =>
  figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;

const line = (what: string, { wallMs, cpuMs, mainThreadMs, longestBlockMs }: Measured): string =>
  `${what.padEnd(34)} ${wallMs.toFixed(0).padStart(7)} ${cpuMs.toFixed(0).padStart(7)} ${mainThreadMs.toFixed(0).padStart(12)} ${longestBlockMs.toFixed(1).padStart(14)}`;

const directory = mkdtempSync(join(options.dir, 'goodall-bench-'));
const path = join(directory, 'bench.db');
try {
  let store = await SqliteStore.open(path);
  const keys = Array.from({ length: seriesCount }, (_, i) => seriesKey(i));
  const measured: Measured[] = [];
  for (let i = 0; i < flushCount; i += 1) {
    const flush = flushOf(keys, i);
    measured.push(await measure(() => store.write(flush)));
  }
  const [first, ...later] = measured;
  const again = { ...flushOf(keys, flushCount - 1), id: 'again' };
  const merging = await measure(() => store.write(again));
  await store.close();
  store = await SqliteStore.open(path);
  const shuffled = keys.map((key) => ({ key, rank: random() })).sort((a, b) => a.rank - b.rank);
  const fresh = flushOf(
    shuffled.map(({ key }) => ({ ...key })),
    flushCount,
  );
  const restarted = await measure(() => store.write(fresh));
  const gauges = await measure(async () => {
    await store.lastGauges();
  });
  await store.close();

  const { model } = cpus()[0] ?? { model: 'unknown' };
  console.log(
    `${seriesCount} series, ${flushCount} flushes; ${cpus().length} x ${model}, Node ${process.version}`,
  );
  console.log(`${''.padEnd(34)} wall ms  CPU ms main busy ms  longest block ms`);
  console.log(line('first flush (every series is new)', first!));
  console.log(
    line('later flushes, median', {
      wallMs: median(later.map((m) => m.wallMs)),
      cpuMs: median(later.map((m) => m.cpuMs)),
      mainThreadMs: median(later.map((m) => m.mainThreadMs)),
      longestBlockMs: median(later.map((m) => m.longestBlockMs)),
    }),
  );
  console.log(line('the same interval once more (merged)', merging));
  console.log(line('first flush after a restart', restarted));
  console.log(line('values of all gauges', gauges));
  const owner = await Owner.open(path, 'read', 0);
  for (const table of [
    'counter_point',
    'gauge_point',
    'distribution_point',
    'series_key',
    'series_tag',
    'series_span',
  ]) {
    const [size] = await owner.all<{ rows: number; bytes: number }>(
      `SELECT (SELECT count(*) FROM ${table}) AS rows, sum(pgsize) AS bytes FROM dbstat
       WHERE name = '${table}' OR name LIKE 'sqlite_autoindex_${table}%'`,
    );
    const bytesPerRow = (size!.bytes / size!.rows).toFixed(1);
    console.log(
      `${table.padEnd(34)} ${String(size!.rows).padStart(9)} rows ${bytesPerRow.padStart(8)} bytes a row`,
    );
  }
  await owner.close();
} finally {
  rmSync(directory, { recursive: true });
}
