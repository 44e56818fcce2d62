import { setImmediate } from 'node:timers/promises';
import type { StoredPoint, TimeWindow } from '../store.js';
import { type BlockRow, pointsOf, readBlocks, type Sealed, spansOf } from './blocks.js';
import { firstBuckets } from './buckets.js';
import type { Owner, Session } from './owner.js';
import { pointsAt, type Stream } from './point-rows.js';
import { chunks } from './rows.js';
import { bucketOf } from './tiers.js';

/** Points of one batch. */
const pointsPerBatch = 8_000;
const sketchesPerBatch = 2_000;

/** Blocks of one batch, however few points are wanted of each; and those decoded in a few milliseconds. */
const blocksPerBatch = 256;
const blocksPerTurn = 16;

/** A place in the order of rows: behind this point. */
export interface Position {
  readonly timeMs: number;
  readonly series: number;
}

/** Runs `body` in one read transaction: what it reads is of one moment. */
export function snapshot<T>(owner: Owner, body: (session: Session) => Promise<T>): Promise<T> {
  return owner.exclusive(async (session) => {
    await session.exec('BEGIN');
    try {
      return await body(session);
    } finally {
      await session.exec('COMMIT');
    }
  });
}

/**
 * Points of the part of a window in which there may be blocks, in batches; within a series ordered by time, so that the point of a
 * block comes next to the one that came late for its bucket. A batch is some series in some spans, all of one moment.
 *
 * @param after points up to it, in the order of rows, are passed over
 */
export async function* readSealedSpans(
  stream: Stream,
  { spanMs }: Sealed,
  window: TimeWindow,
  after?: Position,
): AsyncGenerator<readonly StoredPoint[]> {
  const { owner, table, stepMs, types } = stream;
  const most = table.layout.hasSketch ? sketchesPerBatch : pointsPerBatch;
  const ids = [...types.keys()];
  const sinceMs = Math.max(window.sinceMs, await oldestOf(stream, spanMs));
  const wantedMs = Math.min(spanMs, Math.max(stepMs, window.untilMs - sinceMs));
  const blocks = Math.min(blocksPerBatch, Math.max(1, Math.floor((most * stepMs) / wantedMs)));
  const spans = spansOf({ sinceMs, untilMs: window.untilMs }, spanMs);
  const spansAtOnce = Math.max(1, Math.floor(blocks / Math.max(1, ids.length)));
  for (const startsMs of chunks(spans, spansAtOnce)) {
    for (const some of chunks(ids, blocks)) {
      const points = await snapshot(owner, (session) =>
        readBatch(session, stream, startsMs, spanMs, some, window),
      );
      const wanted = after === undefined ? points : points.filter((point) => isBehind(point, after));
      if (wanted.length > 0) yield wanted;
    }
  }
}

const isBehind = ({ timeMs, seriesId }: StoredPoint, after: Position): boolean =>
  timeMs > after.timeMs || (timeMs === after.timeMs && seriesId > after.series);

/** Start of the first bucket that there may be in blocks or rows. */
async function oldestOf({ owner, table, stepMs }: Stream, spanMs: number): Promise<number> {
  const [oldest] = await owner.all<{ row: number | null; block: number | null }>(
    `SELECT (SELECT min(time_ms) FROM ${table.name} WHERE step_ms = ?1) AS row,
       (SELECT min(start_ms) FROM block WHERE kind = ?2 AND step_ms = ?1) AS block`,
    [stepMs, table.kind],
  );
  return bucketOf(Math.min(oldest?.row ?? Infinity, oldest?.block ?? Infinity), spanMs);
}

async function readBatch(
  session: Session,
  stream: Stream,
  startsMs: readonly number[],
  spanMs: number,
  ids: readonly number[],
  window: TimeWindow,
): Promise<StoredPoint[]> {
  const { table, stepMs, types } = stream;
  const part = {
    sinceMs: Math.max(window.sinceMs, startsMs[0]!),
    untilMs: Math.min(window.untilMs, startsMs.at(-1)! + spanMs),
  };
  const blocks: BlockRow[] = await readBlocks(session, table, stepMs, startsMs, ids);
  const points: StoredPoint[] = [];
  for (const [i, block] of blocks.entries()) {
    if (i > 0 && i % blocksPerTurn === 0) await setImmediate();
    for (const point of pointsOf(table, stepMs, block, types.get(block.series)!, part)) points.push(point);
  }
  const times = await firstBuckets(session, table, stepMs, part, (startsMs.length * spanMs) / stepMs);
  const rows = times.length === 0 ? [] : await pointsAt(session, stream, ids, times);
  if (rows.length === 0) return points;
  // Stable: of one bucket, the block's point stays before the row, which came later.
  return [...points, ...rows].sort((a, b) => a.seriesId - b.seriesId || a.timeMs - b.timeMs);
}
