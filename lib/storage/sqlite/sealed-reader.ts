import { setImmediate } from 'node:timers/promises';
import type { StoredPoint, TimeWindow } from '../store.js';
import { type BlockRow, pointsOf, readBlocks, type Sealed, spansOf } from './blocks.js';
import { firstBuckets } from './buckets.js';
import type { Owner, Session } from './owner.js';
import { pointsAt, type Stream } from './point-rows.js';
import { chunks } from './rows.js';
import { bucketOf } from './tiers.js';

/** Points that are read from the file at once. */
const pointsPerBatch = 8_000;
const sketchesPerBatch = 2_000;

/**
 * Blocks of one batch, however few points are wanted of each; and those decoded at once, in a few milliseconds.
 */
const blocksPerBatch = 256;
const blocksAtOnce = 8;

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
 * Points of the part of a window in which there may be blocks, in batches; within a series ordered by time, so
 * that the point of a block comes next to the one that came late for its bucket. A batch is some series in some
 * spans, all of one moment.
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
      const batch = await snapshot(owner, (session) =>
        readBatch(session, stream, startsMs, spanMs, some, window),
      );
      for (const points of pointsIn(batch, stream)) {
        const wanted = after === undefined ? points : points.filter((point) => isBehind(point, after));
        if (wanted.length > 0) yield wanted;
        // Decoding is all there is to do between two batches: others get their turn.
        await setImmediate();
      }
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

/** Some blocks, not decoded yet, and rows that came late beside them. */
interface Batch {
  readonly window: TimeWindow;
  readonly blocks: readonly BlockRow[];
  readonly late: readonly StoredPoint[];
}

async function readBatch(
  session: Session,
  stream: Stream,
  startsMs: readonly number[],
  spanMs: number,
  ids: readonly number[],
  { sinceMs, untilMs }: TimeWindow,
): Promise<Batch> {
  const { table, stepMs } = stream;
  const window = {
    sinceMs: Math.max(sinceMs, startsMs[0]!),
    untilMs: Math.min(untilMs, startsMs.at(-1)! + spanMs),
  };
  const blocks = await readBlocks(session, table, stepMs, startsMs, ids);
  const times = await firstBuckets(session, table, stepMs, window, (startsMs.length * spanMs) / stepMs);
  return { window, blocks, late: times.length === 0 ? [] : await pointsAt(session, stream, ids, times) };
}

/** Its points, block by block where none came late: sketches are larger decoded than they are in blocks. */
function* pointsIn({ window, blocks, late }: Batch, stream: Stream): Generator<readonly StoredPoint[]> {
  const { table, stepMs, types } = stream;
  const decoded = (some: readonly BlockRow[]): StoredPoint[] =>
    some.flatMap((block) => pointsOf(table, stepMs, block, types.get(block.series)!, window));
  if (late.length === 0) {
    for (const some of chunks(blocks, blocksAtOnce)) yield decoded(some);
    return;
  }
  // Stable: of one bucket, the block's point stays before the row, which came later.
  yield [...decoded(blocks), ...late].sort((a, b) => a.seriesId - b.seriesId || a.timeMs - b.timeMs);
}
