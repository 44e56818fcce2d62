import { setImmediate } from 'node:timers/promises';
import { mergePartial } from '../../aggregate/partial.js';
import type { MetricType } from '../../metric.js';
import type { StoredPoint } from '../store.js';
import { type BlockRow, pointsOf } from './blocks.js';
import type { Session, SqlValue } from './owner.js';
import { type Placed, type PointRow, type PointTable, pointTables } from './point-tables.js';
import { put } from './point-writer.js';
import { rollUpSql } from './rollup-sql.js';
import { chunks, rowsPerStatement } from './rows.js';
import { bucketOf, type Level, lastSeries, setRolled, type Tiers } from './tiers.js';

/** How much is rolled up at once; specs make it little. */
export interface RollUpBounds {
  /** Ids of series, where SQLite does the arithmetic off the main thread. */
  readonly series: number;
  /** Sketches merged on the main thread: some ten milliseconds, in turns. */
  readonly sketches: number;
}

/** Series taken at once where their points have to be got out of blocks, half a millisecond each. */
const mostBlocks = 200;

export const rollUpBounds: RollUpBounds = { series: 10_000, sketches: 2_000 };

/** Points decoded, or merged, before other work of the main thread gets its turn. */
const pointsPerTurn = 500;

/** What one slice of rolling up takes in: one coarse bucket, for series in `(afterId, throughId]`. */
interface Slice {
  readonly table: PointTable;
  readonly stepMs: number;
  readonly bucketMs: number;
  /** The finer buckets, each as `[step, start]`. */
  readonly parts: readonly (readonly [number, number])[];
  readonly afterId: number;
  readonly throughId: number;
}

/**
 * Rolls one slice of points up into the next tier and moves the mark of how far it is rolled, in the
 * transaction that it runs in. So each point is taken once, wherever the program ends; what is written later to
 * a bucket behind the mark is merged into both tiers by its writer.
 *
 * @param closedMs buckets that end later may still be written to, and wait
 * @returns whether anything was done
 */
export async function rollUpSlice(
  session: Session,
  tiers: Tiers,
  closedMs: number,
  bounds: RollUpBounds = rollUpBounds,
): Promise<boolean> {
  for (const [i, level] of tiers.levels.entries()) {
    const source = tiers.levels[i - 1];
    if (source === undefined) continue;
    for (const table of pointTables) {
      const limitMs = Math.min(closedMs, i === 1 ? closedMs : tiers.rolled(table, source.stepMs).untilMs);
      if (await rollUp(session, tiers, table, source, level.stepMs, limitMs, bounds)) return true;
    }
  }
  return false;
}

async function rollUp(
  session: Session,
  tiers: Tiers,
  table: PointTable,
  source: Level,
  stepMs: number,
  limitMs: number,
  bounds: RollUpBounds,
): Promise<boolean> {
  const rolled = tiers.rolled(table, stepMs);
  const endMs = bucketOf(limitMs, stepMs);
  if (rolled.untilMs >= endMs) return false;
  const oldestMs = await oldestAt(session, table, source.stepsMs, rolled.untilMs);
  const bucketMs = oldestMs === undefined ? endMs : Math.min(endMs, bucketOf(oldestMs, stepMs));
  if (bucketMs >= endMs) {
    await setRolled(session, table, stepMs, { untilMs: endMs, series: 0 });
    return true;
  }
  const parts = partsOf(source.stepsMs, bucketMs, stepMs);
  const afterId = bucketMs === rolled.untilMs ? rolled.series : 0;
  const lastId = await lastSeries(session);
  const whole = { table, stepMs, bucketMs, parts, afterId, throughId: Number.MAX_SAFE_INTEGER };
  const inBlocks = (await blocksIn(session, whole, source.stepsMs, 1)).length > 0;
  const throughId = afterId + idsAtOnce(table, parts.length, bounds, inBlocks);
  const slice = { ...whole, throughId };
  const blocks = inBlocks ? await blocksIn(session, slice, source.stepsMs, -1) : [];
  if (hasSketch(table) || blocks.length > 0) await mergePoints(session, slice, blocks);
  else await session.run(rollUpSql(table), sliceValues(slice));
  const mark =
    throughId >= lastId
      ? { untilMs: bucketMs + stepMs, series: 0 }
      : { untilMs: bucketMs, series: throughId };
  await setRolled(session, table, stepMs, mark);
  return true;
}

const hasSketch = ({ columns }: PointTable): boolean => columns.includes('sketch');

function idsAtOnce(
  table: PointTable,
  parts: number,
  { series, sketches }: RollUpBounds,
  inBlocks: boolean,
): number {
  if (hasSketch(table)) return Math.max(1, Math.floor(sketches / parts));
  return inBlocks ? Math.min(series, mostBlocks) : series;
}

/**
 * Start of the oldest bucket of these steps that starts at the instant or later; of a block it may be an
 * earlier one.
 */
async function oldestAt(
  session: Session,
  { name, kind }: PointTable,
  stepsMs: readonly number[],
  fromMs: number,
): Promise<number | undefined> {
  const found: number[] = [];
  for (const stepMs of stepsMs) {
    const sql = `SELECT min(time_ms) AS oldest FROM ${name} WHERE step_ms = ? AND time_ms >= ?`;
    const [row] = await session.all<{ oldest: number | null }>(sql, [stepMs, fromMs]);
    if (row !== undefined && row.oldest !== null) found.push(row.oldest);
    const [block] = await session.all<{ start_ms: number }>(
      `SELECT b.start_ms AS start_ms FROM sealed AS s CROSS JOIN block AS b
         ON b.kind = s.kind AND b.step_ms = s.step_ms AND b.start_ms > ?3 - s.span_ms
       WHERE s.kind = ?1 AND s.step_ms = ?2 ORDER BY b.start_ms LIMIT 1`,
      [kind, stepMs, fromMs],
    );
    if (block !== undefined) found.push(Math.max(fromMs, block.start_ms));
  }
  return found.length === 0 ? undefined : Math.min(...found);
}

/** The finer buckets that start within a coarse one. */
function partsOf(stepsMs: readonly number[], bucketMs: number, lengthMs: number): [number, number][] {
  return stepsMs.flatMap((stepMs) => {
    const parts: [number, number][] = [];
    const first = Math.ceil(bucketMs / stepMs) * stepMs;
    for (let timeMs = first; timeMs < bucketMs + lengthMs; timeMs += stepMs) parts.push([stepMs, timeMs]);
    return parts;
  });
}

function sliceValues({ stepMs, bucketMs, parts, afterId, throughId }: Slice): SqlValue[] {
  return [JSON.stringify(parts), afterId, throughId, stepMs, bucketMs];
}

/**
 * The blocks with points of the slice. There are some only after a change of the retention: otherwise a tier is
 * made blocks of when it is rolled up.
 */
async function blocksIn(
  session: Session,
  { table, stepMs, bucketMs, afterId, throughId }: Slice,
  stepsMs: readonly number[],
  limit: number,
): Promise<SourceBlock[]> {
  return session.all<SourceBlock>(
    `SELECT b.step_ms AS step_ms, b.series AS series, b.start_ms AS start_ms, b.points AS points, b.body AS body,
       k.type AS type
     FROM sealed AS s
     CROSS JOIN block AS b ON b.kind = s.kind AND b.step_ms = s.step_ms
       AND b.start_ms > ?2 - s.span_ms AND b.start_ms < ?3 AND b.series > ?4 AND b.series <= ?5
     CROSS JOIN series_key AS k ON k.id = b.series
     WHERE s.kind = ?1 AND s.step_ms IN (SELECT value FROM json_each(?6)) LIMIT ?7`,
    [table.kind, bucketMs, bucketMs + stepMs, afterId, throughId, JSON.stringify(stepsMs), limit],
  );
}

interface SourceBlock extends BlockRow {
  readonly step_ms: number;
  readonly type: MetricType;
}

/** Where SQLite cannot do it: sketches and blocks. */
async function mergePoints(session: Session, slice: Slice, blocks: readonly SourceBlock[]): Promise<void> {
  const { table, stepMs, bucketMs, parts, afterId, throughId } = slice;
  const rows = await session.all<PointRow & { readonly type: MetricType }>(
    `SELECT p.series AS series, k.type AS type, p.time_ms AS time_ms, ${table.columns.map((name) => `p.${name} AS ${name}`).join()}
     FROM json_each(?1) AS part
     CROSS JOIN ${table.name} AS p
       ON p.step_ms = part.value ->> 0 AND p.time_ms = part.value ->> 1 AND p.series > ?2 AND p.series <= ?3
     CROSS JOIN series_key AS k ON k.id = p.series
     ORDER BY p.series, p.time_ms`,
    [JSON.stringify(parts), afterId, throughId],
  );
  const points: SourcePoint[] = [];
  for (const block of blocks) {
    const window = { sinceMs: bucketMs, untilMs: bucketMs + stepMs };
    points.push(...pointsOf(table, block.step_ms, block, block.type, window));
    await setImmediate();
  }
  for (const row of rows) {
    if (points.length % pointsPerTurn === 0) await setImmediate();
    points.push({ seriesId: row.series, timeMs: row.time_ms, partial: table.read(row, row.type) });
  }
  if (blocks.length > 0) points.sort((a, b) => a.seriesId - b.seriesId || a.timeMs - b.timeMs);
  const merged: Placed[] = [];
  for (const [i, { seriesId, partial }] of points.entries()) {
    if (i % pointsPerTurn === 0) await setImmediate();
    const open = merged.at(-1);
    if (open?.id === seriesId) mergePartial(open.partial, partial);
    else merged.push({ id: seriesId, partial });
  }
  const bucket = { table, stepMs, timeMs: bucketMs };
  for (const placed of chunks(merged, rowsPerStatement))
    await put(session, 'INSERT OR REPLACE', bucket, placed);
}

type SourcePoint = Pick<StoredPoint, 'seriesId' | 'timeMs' | 'partial'>;
