import type { MetricType } from '../../metric.js';
import type { StoredPoint, StoredSeries } from '../store.js';
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

export function scanSql({ name, columns }: PointTable, filtered: boolean): string {
  // The plus sign keeps the filter from being taken for the third column of the key, behind a range of the
  // second.
  const filter = filtered ? 'AND +series IN (SELECT value FROM json_each(?6))' : '';
  return `SELECT series, time_ms, ${columns.join()} FROM ${name}
    WHERE step_ms = ?1 AND (time_ms, series) > (?2, ?3) AND time_ms < ?4 ${filter}
    ORDER BY time_ms, series LIMIT ?5`;
}

export function toPoint({ table, stepMs, types }: Omit<Stream, 'owner'>, row: PointRow): StoredPoint {
  const { series: seriesId, time_ms: timeMs } = row;
  return { seriesId, timeMs, stepMs, partial: table.read(row, types.get(seriesId)!) };
}
