import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Flush } from '../../../lib/flush/flush.js';
import { Owner } from '../../../lib/storage/sqlite/owner.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import { LiveSeries } from './live-series.js';
import { LongestBlock } from './longest-block.js';

/**
 * What a flush of many live series costs: wall time, and the longest time in which the main thread did nothing else, with
 * the part of that which was the collection of garbage. The points are read out of a kernel's memory, as a server's are.
 *
 *     node dist/spec/bench/storage/flush.js [--series 100000] [--flushes 8] [--dir FOLDER]
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

interface Measured {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly mainThreadMs: number;
  readonly longestBlockMs: number;
  readonly garbageMs: number;
}

async function measure(work: () => Promise<unknown>): Promise<Measured> {
  // What came before it is over, and its garbage told of.
  await wait(100);
  const startUtilization = performance.eventLoopUtilization();
  const startCpu = process.cpuUsage();
  const startAt = performance.now();
  const block = new LongestBlock();
  await work();
  const wallMs = performance.now() - startAt;
  const { user, system } = process.cpuUsage(startCpu);
  const { active } = performance.eventLoopUtilization(startUtilization);
  const { longestMs, garbageMs } = await block.stop();
  const cpuMs = (user + system) / 1000;
  return { wallMs, cpuMs, mainThreadMs: active, longestBlockMs: longestMs, garbageMs };
}

/** Writes a flush and gives its memory back. */
async function write(store: SqliteStore, flush: Flush): Promise<Measured> {
  const measured = await measure(() => store.write(flush));
  flush.points.release?.();
  return measured;
}

const median = (figures: readonly number[]): number =>
  figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;

function line(what: string, measured: readonly Measured[]): string {
  const of = (figure: keyof Measured, width: number, digits: number): string =>
    median(measured.map((one) => one[figure]))
      .toFixed(digits)
      .padStart(width);
  const worst = measured.reduce((a, b) => (b.longestBlockMs > a.longestBlockMs ? b : a));
  const most = `${worst.longestBlockMs.toFixed(1)} (${worst.garbageMs.toFixed(1)})`;
  const figures = [of('wallMs', 8, 0), of('cpuMs', 8, 0), of('mainThreadMs', 13, 0)];
  const blocks = [of('longestBlockMs', 13, 1), of('garbageMs', 12, 1), most.padStart(14)];
  return `${what.padEnd(36)}${[...figures, ...blocks].join('')}`;
}

async function sizes(path: string): Promise<void> {
  const points = ['counter_point', 'gauge_point', 'distribution_point'];
  const owner = await Owner.open(path, 'read', 0);
  for (const table of [...points, 'series_key', 'series_tag', 'series_span']) {
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
}

async function run(path: string): Promise<void> {
  let store = await SqliteStore.open(path);
  let live = new LiveSeries(seriesCount, intervalMs);
  const timeMs = (number: number): number => startMs + number * intervalMs;
  console.log(`${''.padEnd(36)} wall ms  CPU ms main busy ms longest block  of it GC     most (GC)`);
  console.log(
    line('first flush (every series is new)', [await write(store, await live.flush('0', timeMs(0)))]),
  );
  const later: Measured[] = [];
  for (let i = 1; i < flushCount; i += 1) {
    later.push(await write(store, await live.flush(String(i), timeMs(i))));
  }
  if (later.length > 0) console.log(line('later flushes', later));
  const again = await live.flush('again', timeMs(flushCount - 1));
  console.log(line('the same interval once more (merged)', [await write(store, again)]));
  await store.close();
  await live.close();
  store = await SqliteStore.open(path);
  live = new LiveSeries(seriesCount, intervalMs);
  const restarted = await live.flush('restarted', timeMs(flushCount));
  console.log(line('first flush after a restart', [await write(store, restarted)]));
  console.log(line('values of all gauges', [await measure(() => store.lastGauges())]));
  await live.close();
  await store.close();
}

const directory = mkdtempSync(join(options.dir, 'goodall-bench-'));
try {
  const { model } = cpus()[0] ?? { model: 'unknown' };
  console.log(
    `${seriesCount} series, ${flushCount} flushes; ${cpus().length} x ${model}, Node ${process.version}`,
  );
  const path = join(directory, 'bench.db');
  await run(path);
  await sizes(path);
} finally {
  rmSync(directory, { recursive: true });
}
