import { setImmediate } from 'node:timers/promises';
import type { StoredPoint, TimeWindow } from '../store.js';
import { type BlockRow, pointsOf, type Sealed, spansOf } from './blocks.js';
import type { Owner, Session } from './owner.js';
import { blocksPartSql, type Stream, toPoint } from './point-rows.js';
import type { PointRow } from './point-tables.js';
import { readAhead } from './read-ahead.js';
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
 * spans, all of one moment; while one is decoded, the next one is read.
 *
 * @param after points up to it, in the order of rows, are passed over
 */
export async function* readSealedSpans(
  stream: Stream,
  { spanMs }: Sealed,
  window: TimeWindow,
  after?: Position,
): AsyncGenerator<readonly StoredPoint[]> {
  const { table, stepMs, types } = stream;
  const most = table.layout.hasSketch ? sketchesPerBatch : pointsPerBatch;
  const ids = [...types.keys()];
  const sinceMs = await sinceHeld(stream, spanMs, window);
  const wantedMs = Math.min(spanMs, Math.max(stepMs, window.untilMs - sinceMs));
  const blocks = Math.min(blocksPerBatch, Math.max(1, Math.floor((most * stepMs) / wantedMs)));
  const spans = spansOf({ sinceMs, untilMs: window.untilMs }, spanMs);
  const spansAtOnce = Math.max(1, Math.floor(blocks / Math.max(1, ids.length)));
  function* readings(): Generator<() => Promise<Batch>> {
    for (const startsMs of chunks(spans, spansAtOnce)) {
      for (const some of chunks(ids, blocks)) yield () => readBatch(stream, startsMs, spanMs, some, window);
    }
  }
  for await (const batch of readAhead(readings())) {
    for (const points of pointsIn(batch, stream)) {
      const wanted = after === undefined ? points : points.filter((point) => isBehind(point, after));
      if (wanted.length > 0) yield wanted;
      // Decoding is all there is to do between two batches: others get their turn.
      await setImmediate();
    }
  }
}

const isBehind = ({ timeMs, seriesId }: StoredPoint, after: Position): boolean =>
  timeMs > after.timeMs || (timeMs === after.timeMs && seriesId > after.series);

/** More spans than this are not asked for without a look at where the oldest is. */
const fewSpans = 1000;

/** Where the window begins, or where blocks or rows do if that is much later. */
async function sinceHeld(
  { owner, table, stepMs }: Stream,
  spanMs: number,
  { sinceMs, untilMs }: TimeWindow,
): Promise<number> {
  if ((untilMs - sinceMs) / spanMs < fewSpans) return sinceMs;
  const [oldest] = await owner.all<{ row: number | null; block: number | null }>(
    `SELECT (SELECT min(time_ms) FROM ${table.name} WHERE step_ms = ?1) AS row,
       (SELECT min(start_ms) FROM block WHERE kind = ?2 AND step_ms = ?1) AS block`,
    [stepMs, table.kind],
  );
  return Math.max(sinceMs, bucketOf(Math.min(oldest?.row ?? Infinity, oldest?.block ?? Infinity), spanMs));
}

/** Some blocks, not decoded yet, and rows that came late beside them. */
interface Batch {
  readonly window: TimeWindow;
  readonly blocks: readonly BlockRow[];
  readonly late: readonly StoredPoint[];
}

async function readBatch(
  stream: Stream,
  startsMs: readonly number[],
  spanMs: number,
  ids: readonly number[],
  { sinceMs, untilMs }: TimeWindow,
): Promise<Batch> {
  const { owner, table, stepMs } = stream;
  const window = {
    sinceMs: Math.max(sinceMs, startsMs[0]!),
    untilMs: Math.min(untilMs, startsMs.at(-1)! + spanMs),
  };
  const buckets = (startsMs.length * spanMs) / stepMs;
  const lists = [ids, startsMs].map((list) => JSON.stringify(list));
  const values = [stepMs, window.sinceMs, window.untilMs, buckets, ...lists];
  const rows = await owner.all<PointRow>(blocksPartSql(table), values);
  const blocks: BlockRow[] = [];
  const late: StoredPoint[] = [];
  for (const row of rows) {
    const { series, time_ms: start_ms, points, body } = row;
    if (body === null) late.push(toPoint(stream, row));
    else blocks.push({ series, start_ms, points: points as number, body: body as Uint8Array });
  }
  return { window, blocks, late };
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
