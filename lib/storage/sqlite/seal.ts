import { setImmediate } from 'node:timers/promises';
import {
  type BlockValues,
  blockOf,
  deleteBlocks,
  insertBlocks,
  mergedRows,
  readBlocks,
  rowsOf,
} from './blocks.js';
import { firstBuckets } from './buckets.js';
import type { Session } from './owner.js';
import { type PointRow, type PointTable, pointTables } from './point-tables.js';
import { chunks } from './rows.js';
import { bucketOf, type Level, lastSeries, type Tiers } from './tiers.js';

/** How blocks are made; specs make them little. */
export interface SealBounds {
  /** Buckets of a block: of counters and gauges, and of those with sketches. */
  readonly buckets: number;
  readonly sketchBuckets: number;
  /** Rows that one slice takes in, about. */
  readonly rows: number;
  readonly sketchRows: number;
}

/**
 * 360 numbers of a counter or gauge are half a kilobyte to two; 120 sketches are four to eight kilobytes, and
 * not many more than a report wants of them at once. A slice is many series wide, because each of its rows lies
 * in another page, and because many blocks fill pages better than few.
 */
export const sealBounds: SealBounds = { buckets: 360, sketchBuckets: 120, rows: 30_000, sketchRows: 3_750 };

/** Rows read at once: what the main thread turns into objects in a millisecond or two. */
const rowsPerQuery = 500;

/** Late points are awaited for so long after a span's end, or a quarter of it, before it becomes blocks. */
const longestWaitMs = 600_000;

/** How far one kind and step is sealed. */
interface Progress {
  readonly spanMs: number;
  /** Where the pass that is under way ends, or the last one ended: a span's start. */
  readonly untilMs: number;
  /** Where the pass has come to: a span, and in it the series up to `series`. */
  readonly fromMs: number;
  readonly series: number;
}

/** A table and step whose points become blocks. */
interface Sealing {
  readonly session: Session;
  readonly table: PointTable;
  readonly stepMs: number;
  readonly progress: Progress;
  readonly rows: number;
}

/**
 * Makes blocks of a slice of rows: those of some series in one span that is past, with a block that these may
 * have already. The rows go in the same transaction. When a new span is past, a pass begins at the oldest row
 * that is kept, so that points which came late for older spans get into their blocks as well.
 *
 * @param closedMs buckets that end later may still be written to, and wait
 * @returns whether anything was done
 */
export async function sealSlice(
  session: Session,
  tiers: Tiers,
  closedMs: number,
  bounds: SealBounds = sealBounds,
): Promise<boolean> {
  const known = await readProgress(session);
  for (const [i, level] of tiers.levels.entries()) {
    for (const stepMs of level.stepsMs) {
      for (const table of pointTables) {
        const progress = known.get(`${table.kind} ${stepMs}`) ?? unbegun(table, stepMs, bounds);
        const rows = table.layout.hasSketch ? bounds.sketchRows : bounds.rows;
        const sealing = { session, table, stepMs, progress, rows };
        if (progress.fromMs < progress.untilMs) {
          await sealPart(sealing);
          return true;
        }
        if (await beginPass(sealing, level, sealableBefore(tiers, i, table, closedMs))) return true;
      }
    }
  }
  return false;
}

async function readProgress(session: Session): Promise<ReadonlyMap<string, Progress>> {
  const rows = await session.all<Progress & { readonly key: string }>(
    `SELECT kind || ' ' || step_ms AS key, span_ms AS spanMs, until_ms AS untilMs, from_ms AS fromMs, series FROM sealed`,
  );
  return new Map(rows.map((row) => [row.key, row]));
}

function unbegun({ layout }: PointTable, stepMs: number, bounds: SealBounds): Progress {
  const buckets = layout.hasSketch ? bounds.sketchBuckets : bounds.buckets;
  return { spanMs: buckets * stepMs, untilMs: 0, fromMs: 0, series: 0 };
}

/**
 * What is rolled up from a tier is read from rows, and what is rolled up into it is put in their place: both
 * come first.
 */
function sealableBefore(tiers: Tiers, level: number, table: PointTable, closedMs: number): number {
  const { levels } = tiers;
  return Math.min(
    closedMs,
    ...[level, level + 1]
      .filter((i) => i > 0 && i < levels.length)
      .map((i) => tiers.rolled(table, levels[i]!.stepMs).untilMs),
  );
}

async function beginPass(sealing: Sealing, level: Level, beforeMs: number): Promise<boolean> {
  const { spanMs, untilMs } = sealing.progress;
  // Of what is kept no longer than that, hardly a block would be made before it goes.
  if (level.keepMs < 2 * spanMs) return false;
  const endMs = bucketOf(beforeMs - Math.min(longestWaitMs, spanMs / 4), spanMs);
  if (endMs <= untilMs) return false;
  const fromMs = Math.min(endMs, bucketOf(level.heldSinceMs, spanMs));
  await store(sealing, { spanMs, untilMs: endMs, fromMs, series: 0 });
  return true;
}

async function store({ session, table, stepMs }: Sealing, progress: Progress): Promise<void> {
  const { spanMs, untilMs, fromMs, series } = progress;
  await session.run(
    'INSERT OR REPLACE INTO sealed (kind, step_ms, span_ms, until_ms, from_ms, series) VALUES (?, ?, ?, ?, ?, ?)',
    [table.kind, stepMs, spanMs, untilMs, fromMs, series],
  );
}

async function sealPart(sealing: Sealing): Promise<void> {
  const { session, table, stepMs, progress } = sealing;
  const { spanMs, untilMs, fromMs } = progress;
  const [oldestMs] = await firstBuckets(session, table, stepMs, { sinceMs: fromMs, untilMs }, 1);
  if (oldestMs === undefined) {
    await store(sealing, { ...progress, fromMs: untilMs, series: 0 });
    return;
  }
  const startMs = bucketOf(oldestMs, spanMs);
  const afterId = startMs === fromMs ? progress.series : 0;
  const lastId = await lastSeries(session);
  const throughId = await lastOfSlice(sealing, startMs, afterId, lastId);
  await sealSeries(sealing, startMs, afterId, throughId);
  const whole = throughId >= lastId;
  await store(
    sealing,
    whole
      ? { ...progress, fromMs: startMs + spanMs, series: 0 }
      : { ...progress, fromMs: startMs, series: throughId },
  );
}

/**
 * The id up to which series are taken at once: all that are left where the span has few rows, as one with late
 * points has; otherwise as many as have the rows of a slice, by how many there are in the first buckets.
 */
async function lastOfSlice(
  { session, table, stepMs, progress, rows }: Sealing,
  startMs: number,
  afterId: number,
  lastId: number,
): Promise<number> {
  const [beyond] = await session.all<{ time_ms: number }>(
    `SELECT time_ms FROM ${table.name} WHERE step_ms = ? AND time_ms >= ? AND time_ms < ?
     ORDER BY time_ms LIMIT 1 OFFSET ?`,
    [stepMs, startMs, startMs + progress.spanMs, rows],
  );
  if (beyond === undefined) return lastId;
  const share = (beyond.time_ms + stepMs - startMs) / progress.spanMs;
  // If every id had a point in every bucket. No slice is wider than four of those, whatever comes later.
  const dense = (rows * stepMs) / progress.spanMs;
  const width = Math.min(4 * dense, Math.max(dense, share * (lastId - afterId)));
  return afterId + Math.max(1, Math.floor(width));
}

async function sealSeries(
  sealing: Sealing,
  startMs: number,
  afterId: number,
  throughId: number,
): Promise<void> {
  const { session, table, stepMs, progress } = sealing;
  const window = { sinceMs: startMs, untilMs: startMs + progress.spanMs };
  const buckets = progress.spanMs / stepMs;
  // What does not lie on the grid stays a row.
  const times = (await firstBuckets(session, table, stepMs, window, buckets)).filter((t) => t % stepMs === 0);
  const bySeries = await readRows(sealing, times, afterId, throughId);
  if (bySeries.size === 0) return;
  const ids = [...bySeries.keys()];
  const known = await readBlocks(session, table, stepMs, [startMs], ids);
  for (const block of known) {
    const merged = mergedRows(table, rowsOf(table, stepMs, block), bySeries.get(block.series)!);
    bySeries.set(block.series, merged);
    await setImmediate();
  }
  const blocks: BlockValues[] = [];
  for (const rows of bySeries.values()) {
    blocks.push(blockOf(table, stepMs, startMs, rows));
    await setImmediate();
  }
  if (known.length > 0) {
    await deleteBlocks(
      session,
      table,
      stepMs,
      startMs,
      known.map(({ series }) => series),
    );
  }
  await insertBlocks(session, blocks);
  await session.run(
    `DELETE FROM ${table.name} WHERE step_ms = ? AND time_ms IN (SELECT value FROM json_each(?))
       AND series > ? AND series <= ?`,
    [stepMs, JSON.stringify(times), afterId, throughId],
  );
}

/** The rows of the slice by series, in order of ids and of time. */
async function readRows(
  { session, table, stepMs }: Sealing,
  timesMs: readonly number[],
  afterId: number,
  throughId: number,
): Promise<Map<number, PointRow[]>> {
  const bySeries = new Map<number, PointRow[]>();
  const sql = `SELECT series, time_ms, ${table.columns.join()} FROM ${table.name}
    WHERE step_ms = ? AND time_ms IN (SELECT value FROM json_each(?)) AND series > ? AND series <= ?
    ORDER BY time_ms, series LIMIT ${rowsPerQuery}`;
  // So many buckets that a query's rows are all of them.
  const atOnce = Math.max(1, Math.floor(rowsPerQuery / (throughId - afterId)));
  for (const some of chunks(timesMs, atOnce)) {
    let lastId = afterId;
    for (;;) {
      const rows = await session.all<PointRow>(sql, [stepMs, JSON.stringify(some), lastId, throughId]);
      for (const row of rows) {
        const own = bySeries.get(row.series);
        if (own === undefined) bySeries.set(row.series, [row]);
        else own.push(row);
      }
      if (some.length > 1 || rows.length < rowsPerQuery) break;
      lastId = rows.at(-1)!.series;
    }
  }
  return new Map([...bySeries].sort(([a], [b]) => a - b));
}
