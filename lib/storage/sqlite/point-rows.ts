import type { MetricType } from '../../metric.js';
import type { StoredPoint, StoredSeries } from '../store.js';
import { firstBucketsSql, isInWindow } from './buckets.js';
import type { Owner, Session } from './owner.js';
import { type PointRow, type PointTable, pointTableOf } from './point-tables.js';

/** What all queries of one stream share. */
export interface Stream {
  readonly owner: Owner;
  readonly table: PointTable;
  readonly stepMs: number;
  readonly types: ReadonlyMap<number, MetricType>;
}

/** Series by the table that their points lie in. */
export function byTable(series: readonly StoredSeries[]): Map<PointTable, Map<number, MetricType>> {
  const tables = new Map<PointTable, Map<number, MetricType>>();
  for (const { id, type } of series) {
    const table = pointTableOf(type);
    let types = tables.get(table);
    if (types === undefined) {
      types = new Map();
      tables.set(table, types);
    }
    types.set(id, type);
  }
  return tables;
}

/** The points of the series in the given buckets, ordered by time. */
export async function pointsAt(
  session: Pick<Session, 'all'>,
  stream: Omit<Stream, 'owner'>,
  ids: readonly number[],
  timesMs: readonly number[],
): Promise<StoredPoint[]> {
  const { table, stepMs } = stream;
  const values = [stepMs, JSON.stringify(timesMs), JSON.stringify(ids)];
  const rows = await session.all<PointRow>(lookUpSql(table), values);
  return rows.map((row) => toPoint(stream, row));
}

export function lookUpSql({ name, columns }: PointTable): string {
  return `SELECT series, time_ms, ${columns.join()} FROM ${name}
    WHERE step_ms = ? AND time_ms IN (SELECT value FROM json_each(?))
      AND series IN (SELECT value FROM json_each(?))
    ORDER BY time_ms, series`;
}

/*
 * Each of these is one statement, and so of one moment without a transaction: a transaction is two more ways to the
 * driver's thread and back. The first rows are of other kinds, told by their `series`.
 */

/** `series` of the row that says where blocks lie: `time_ms` is `untilMs` of `Sealed`, the first column `spanMs`. */
export const sealedRow = -1;
/** `series` of the row that says which buckets were looked at: `time_ms` is the last, the first column how many. */
export const bucketsRow = -2;

const sealedSql = (table: PointTable): string =>
  `SELECT ${sealedRow} AS series, until_ms AS time_ms, span_ms AS ${otherColumns(table)} FROM sealed
    WHERE kind = ${table.kind} AND step_ms = ?1`;

/** The first column's name, and the others empty. */
const otherColumns = ({ columns: [first, ...others] }: PointTable): string =>
  [first, ...others.map((name) => `NULL AS ${name}`)].join();

/** The points of the series ?5 in the first ?4 buckets of the window from ?2 to ?3. */
export function lookUpPartSql(table: PointTable): string {
  return `WITH RECURSIVE ${firstBucketsSql(table)}
    ${sealedSql(table)}
    UNION ALL SELECT ${bucketsRow}, max(time_ms), count(*) AS ${otherColumns(table)} FROM bucket WHERE ${isInWindow}
    UNION ALL ${rowsOfBucketsSql(table, '')}
    ORDER BY time_ms, series`;
}

/** The blocks of the series ?5 in the spans that start at ?6, and what rows there are in the window beside them. */
export function blocksPartSql(table: PointTable): string {
  const { kind, columns } = table;
  return `WITH RECURSIVE ${firstBucketsSql(table)}
    SELECT series, start_ms AS time_ms, points, body, ${columns.map((name) => `NULL AS ${name}`).join()} FROM block
      WHERE kind = ${kind} AND step_ms = ?1 AND start_ms IN (SELECT value FROM json_each(?6))
        AND series IN (SELECT value FROM json_each(?5))
    UNION ALL ${rowsOfBucketsSql(table, 'NULL, NULL, ')}
    ORDER BY time_ms, series`;
}

function rowsOfBucketsSql({ name, columns }: PointTable, before: string): string {
  return `SELECT series, time_ms, ${before}${columns.join()} FROM ${name}
      WHERE step_ms = ?1 AND time_ms IN (SELECT time_ms FROM bucket WHERE ${isInWindow})
        AND series IN (SELECT value FROM json_each(?5))`;
}

/** Points behind the bucket ?2 and its series ?3 up to ?4, ?5 at most. */
export function scanPartSql(table: PointTable, filtered: boolean): string {
  const { name, columns } = table;
  // The plus sign keeps the filter from being taken for the third column of the key, behind a range of the
  // second.
  const filter = filtered ? 'AND +series IN (SELECT value FROM json_each(?6))' : '';
  return `${sealedSql(table)}
    UNION ALL SELECT * FROM (SELECT series, time_ms, ${columns.join()} FROM ${name}
      WHERE step_ms = ?1 AND (time_ms, series) > (?2, ?3) AND time_ms < ?4 ${filter}
      ORDER BY time_ms, series LIMIT ?5)`;
}

export function toPoint({ table, stepMs, types }: Omit<Stream, 'owner'>, row: PointRow): StoredPoint {
  const { series: seriesId, time_ms: timeMs } = row;
  return { seriesId, timeMs, stepMs, partial: table.read(row, types.get(seriesId)!) };
}
