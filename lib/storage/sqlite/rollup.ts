import { mergePartial } from '../../aggregate/partial.js';
import type { MetricType } from '../../metric.js';
import type { Session, SqlValue } from './owner.js';
import { type Placed, type PointRow, type PointTable, pointTables } from './point-tables.js';
import { put } from './point-writer.js';
import { rollUpSql } from './rollup-sql.js';
import { chunks, rowsPerStatement } from './rows.js';
import { bucketOf, type Level, setRolled, type Tiers } from './tiers.js';

/** How much is rolled up at once; specs make it little. */
export interface RollUpBounds {
  /** Ids of series, where SQLite does the arithmetic off the main thread. */
  readonly series: number;
  /** Sketches merged on the main thread: some ten milliseconds. */
  readonly sketches: number;
}

export const rollUpBounds: RollUpBounds = { series: 10_000, sketches: 2_000 };

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
 * Rolls one slice of points up into the next tier and moves the mark of how far it is rolled, in the transaction that
 * it runs in. So each point is taken once, wherever the program ends; what is written later to a bucket behind the
 * mark is merged into both tiers by its writer.
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
  const throughId = afterId + idsAtOnce(table, parts.length, bounds);
  const slice = { table, stepMs, bucketMs, parts, afterId, throughId };
  if (hasSketch(table)) await mergeSketches(session, slice);
  else await session.run(rollUpSql(table), sliceValues(slice));
  const whole = throughId >= lastId;
  const mark = whole ? { untilMs: bucketMs + stepMs, series: 0 } : { untilMs: bucketMs, series: throughId };
  await setRolled(session, table, stepMs, mark);
  return true;
}

const hasSketch = ({ columns }: PointTable): boolean => columns.includes('sketch');

function idsAtOnce(table: PointTable, parts: number, { series, sketches }: RollUpBounds): number {
  return hasSketch(table) ? Math.max(1, Math.floor(sketches / parts)) : series;
}

/** Start of the oldest bucket of these steps that starts at the instant or later. */
async function oldestAt(
  session: Session,
  { name }: PointTable,
  stepsMs: readonly number[],
  fromMs: number,
): Promise<number | undefined> {
  const found: number[] = [];
  for (const stepMs of stepsMs) {
    const sql = `SELECT min(time_ms) AS oldest FROM ${name} WHERE step_ms = ? AND time_ms >= ?`;
    const [row] = await session.all<{ oldest: number | null }>(sql, [stepMs, fromMs]);
    if (row !== undefined && row.oldest !== null) found.push(row.oldest);
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

async function lastSeries(session: Session): Promise<number> {
  const [row] = await session.all<{ id: number }>('SELECT coalesce(max(id), 0) AS id FROM series_key');
  return row!.id;
}

function sliceValues({ stepMs, bucketMs, parts, afterId, throughId }: Slice): SqlValue[] {
  return [JSON.stringify(parts), afterId, throughId, stepMs, bucketMs];
}

async function mergeSketches(session: Session, slice: Slice): Promise<void> {
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
  const merged: Placed[] = [];
  for (const row of rows) {
    const partial = table.read(row, row.type);
    const open = merged.at(-1);
    if (open?.id === row.series) mergePartial(open.partial, partial);
    else merged.push({ id: row.series, partial });
  }
  const bucket = { table, stepMs, timeMs: bucketMs };
  for (const placed of chunks(merged, rowsPerStatement))
    await put(session, 'INSERT OR REPLACE', bucket, placed);
}
