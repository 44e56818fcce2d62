import type { TimeWindow } from '../store.js';
import type { Owner } from './owner.js';
import type { PointTable } from './point-tables.js';

/**
 * Distinct values of the leading columns of a point table, by jumping from one to the next in its key: a
 * DISTINCT would read every row. (https://wiki.postgresql.org/wiki/Loose_indexscan has the technique.)
 */

/** A recursive common table with the step sizes that a point table holds, and a NULL behind them. */
export function stepsSql(name: string, { name: table }: Pick<PointTable, 'name'>): string {
  return `${name} (step_ms) AS (
    SELECT min(step_ms) FROM ${table}
    UNION ALL
    SELECT (SELECT min(step_ms) FROM ${table} WHERE step_ms > ${name}.step_ms) FROM ${name}
    WHERE ${name}.step_ms IS NOT NULL)`;
}

/** The step sizes that a table holds, in ascending order. */
export async function stepsOf(owner: Pick<Owner, 'all'>, table: Pick<PointTable, 'name'>): Promise<number[]> {
  const rows = await owner.all<{ step_ms: number }>(
    `WITH RECURSIVE ${stepsSql('step', table)} SELECT step_ms FROM step WHERE step_ms IS NOT NULL`,
  );
  return rows.map((row) => row.step_ms);
}

/** The first `limit` bucket starts of a step that lie in the window, in ascending order. */
export function firstBuckets(
  owner: Pick<Owner, 'all'>,
  table: PointTable,
  stepMs: number,
  window: TimeWindow,
  limit: number,
): Promise<number[]> {
  return jump(owner, table, stepMs, window, limit, 'min', '>', 'time_ms >= ?2');
}

/** The last `limit` bucket starts of a step that lie in the window, in descending order. */
export function lastBuckets(
  owner: Pick<Owner, 'all'>,
  table: PointTable,
  stepMs: number,
  window: TimeWindow,
  limit: number,
): Promise<number[]> {
  return jump(owner, table, stepMs, window, limit, 'max', '<', 'time_ms < ?3');
}

async function jump(
  owner: Pick<Owner, 'all'>,
  table: PointTable,
  stepMs: number,
  { sinceMs, untilMs }: TimeWindow,
  limit: number,
  ...way: Way
): Promise<number[]> {
  const rows = await owner.all<{ time_ms: number }>(
    `WITH RECURSIVE ${bucketSql(table, ...way)} SELECT time_ms FROM bucket WHERE ${isInWindow}`,
    [stepMs, sinceMs, untilMs, limit],
  );
  return rows.map((row) => row.time_ms);
}

type Way = readonly [next: 'min' | 'max', beyond: '<' | '>', start: string];

/**
 * The table `bucket` of what `firstBuckets` finds, given the step as ?1, the window as ?2 and ?3, and the limit as ?4; and
 * perhaps one behind it, which `isInWindow` leaves out.
 */
export function firstBucketsSql(table: PointTable): string {
  return bucketSql(table, 'min', '>', 'time_ms >= ?2');
}

export const isInWindow = 'time_ms >= ?2 AND time_ms < ?3';

function bucketSql({ name }: PointTable, ...[next, beyond, start]: Way): string {
  return `bucket (time_ms) AS (
    SELECT ${next}(time_ms) FROM ${name} WHERE step_ms = ?1 AND ${start}
    UNION ALL
    SELECT (SELECT ${next}(time_ms) FROM ${name} WHERE step_ms = ?1 AND time_ms ${beyond} bucket.time_ms)
    FROM bucket WHERE bucket.time_ms >= ?2 AND bucket.time_ms < ?3 LIMIT ?4)`;
}
