import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseRetention } from '../../../lib/config/retention.js';
import { Owner } from '../../../lib/storage/sqlite/owner.js';
import { pointTables } from '../../../lib/storage/sqlite/point-tables.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import { bucketsOfDay, DaySeries, samplesPerTimer, stepMs } from './day.js';
import { LongestBlock } from './longest-block.js';

/**
 * What a day takes on the disk: written flush by flush, rolled up and made blocks of by the store's own upkeep. Pages of
 * the file are counted, so that all is in it: indexes, half-full pages, what stands beside the blocks. And what the upkeep of the
 * day costs, and the longest time in which it held up the main thread.
 *
 *     node dist/spec/bench/storage/size.js [--series 1000] [--hours 24] [--keep FILE]
 */
const { values: options } = parseArgs({
  options: {
    series: { type: 'string', default: '1000' },
    hours: { type: 'string', default: '24' },
    keep: { type: 'string' },
  },
});
const seriesCount = Number(options.series);
const buckets = Math.min(bucketsOfDay, Number(options.hours) * 360);
const startMs = Date.UTC(2026, 0, 1);
const retention = parseRetention('10s:30d,1m:60d,1h:2y')!;

const noIngest = {
  ...{ datagrams: 1, bytes: 1, lines: 1, badLines: {}, unknownFields: 0, datagramsDropped: 0 },
  ...{ samplesOverflowed: 0, seriesLive: seriesCount, seriesRefused: 0, flushDurationMs: 0 },
};

interface Upkeep {
  parts: number;
  wallMs: number;
  longestPartMs: number;
  longestBlockMs: number;
  /** Wall time of the collections of garbage in the longest block. */
  garbageMs: number;
}

async function writeDay(store: SqliteStore, upkeep: Upkeep): Promise<void> {
  const series = Array.from({ length: seriesCount }, (_, i) => new DaySeries(i));
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const timeMs = startMs + bucket * stepMs;
    const points = series.flatMap((one) => {
      const partial = one.at(bucket, timeMs);
      return partial === undefined ? [] : [{ series: one.key, timeMs, partial }];
    });
    const head = { id: `day-${bucket}`, source: 'bench', startMs: timeMs, intervalMs: stepMs };
    await store.write({ ...head, points, events: [], checks: [], badLines: [], ingest: noIngest });
    await keepUp(store, timeMs + stepMs, upkeep);
    // A day of 1,000 series takes minutes.
    if ((bucket + 1) % 360 === 0) console.error(`${(bucket + 1) / 360} h`);
  }
  // A while later all of the day is rolled up and in blocks, but for the buckets of an hour.
  await keepUp(store, startMs + buckets * stepMs + 86_400_000 / 4, upkeep);
}

async function keepUp(store: SqliteStore, nowMs: number, upkeep: Upkeep): Promise<void> {
  for (;;) {
    const startAt = performance.now();
    const block = new LongestBlock();
    const more = await store.maintain(nowMs);
    const tookMs = performance.now() - startAt;
    const { longestMs, garbageMs } = await block.stop();
    if (longestMs > upkeep.longestBlockMs) {
      upkeep.longestBlockMs = longestMs;
      upkeep.garbageMs = garbageMs;
    }
    upkeep.parts += 1;
    upkeep.wallMs += tookMs;
    upkeep.longestPartMs = Math.max(upkeep.longestPartMs, tookMs);
    if (!more) return;
  }
}

interface Tier {
  readonly kind: number;
  readonly step_ms: number;
  readonly points: number;
  readonly bytes: number;
  readonly blocks: number;
}

/** Blocks of one kind and step alone in a file, in the order in which they were made: what their pages take. */
async function pagesOf(owner: Owner, { kind, step_ms }: Tier): Promise<number> {
  const copy = join(directory, `${kind}-${step_ms}.db`);
  await owner.exclusive(async (session) => {
    await session.exec(`ATTACH '${copy}' AS alone`);
    await session.exec(
      `CREATE TABLE alone.block AS SELECT * FROM main.block WHERE kind = ${kind} AND step_ms = ${step_ms} ORDER BY id;
       CREATE UNIQUE INDEX alone.block_place ON block (kind, step_ms, start_ms, series, first_bucket, last_bucket);
       DETACH alone`,
    );
  });
  return statSync(copy).size;
}

async function print(path: string): Promise<void> {
  const owner = await Owner.open(path, 'create', 0);
  const tiers = await owner.all<Tier>(
    `SELECT kind, step_ms, sum(points) AS points, sum(length(body)) AS bytes, count(*) AS blocks FROM block
     GROUP BY kind, step_ms ORDER BY kind, step_ms`,
  );
  console.log('\nin blocks: bytes a point on the disk, in the body alone');
  for (const tier of tiers) {
    const { kind, step_ms, points, bytes, blocks } = tier;
    const name = pointTables[kind]!.name.replace('_point', '');
    const each = (await pagesOf(owner, tier)) / points;
    console.log(
      `${name.padEnd(13)} ${String(step_ms / 1000).padStart(5)} s ${String(points).padStart(9)} points ${each.toFixed(2).padStart(8)} ` +
        `${(bytes / points).toFixed(2).padStart(8)}  in ${blocks} blocks of ${(bytes / blocks).toFixed(0)} bytes`,
    );
  }
  const pages = await owner.all<{ name: string; bytes: number }>(
    'SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name',
  );
  console.log('\nin rows: bytes a point on the disk');
  for (const { name } of pointTables) {
    const [rows] = await owner.all<{ n: number }>(`SELECT count(*) AS n FROM ${name}`);
    if (rows!.n > 0)
      console.log(
        `${name.padEnd(20)} ${String(rows!.n).padStart(9)} rows ${((pages.find((one) => one.name === name)?.bytes ?? 0) / rows!.n).toFixed(1).padStart(8)}`,
      );
  }
  await owner.close();
}

const directory = mkdtempSync(join(tmpdir(), 'goodall-bench-'));
const path = options.keep ?? join(directory, 'day.db');
try {
  console.log(
    `${seriesCount} series, ${buckets} buckets of 10 s: half counters, a quarter gauges, a quarter timers of ${samplesPerTimer} lognormal samples`,
  );
  const store = await SqliteStore.open(path, { retention });
  const upkeep = { parts: 0, wallMs: 0, longestPartMs: 0, longestBlockMs: 0, garbageMs: 0 };
  await writeDay(store, upkeep);
  await store.close();
  const { size } = statSync(path);
  console.log(
    `${(size / 1e6).toFixed(1)} MB; upkeep: ${upkeep.parts} parts in ${(upkeep.wallMs / 1000).toFixed(1)} s, the longest ${upkeep.longestPartMs.toFixed(0)} ms, the main thread at work for at most ${upkeep.longestBlockMs.toFixed(1)} ms at a time (garbage collection: ${upkeep.garbageMs.toFixed(1)} ms)`,
  );
  await print(path);
} finally {
  rmSync(directory, { recursive: true });
}
