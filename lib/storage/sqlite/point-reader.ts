import type { MetricType } from '../../metric.js';
import type { PointDetail, StoredPoint, StoredSeries, TimeWindow } from '../store.js';
import { firstBuckets, stepsOf } from './buckets.js';
import type { Owner } from './owner.js';
import { type PointRow, type PointTable, pointTableOf } from './point-tables.js';
import { chunks } from './rows.js';
import { bucketsIn, coarserSpans, finestSpans, type TierSpan } from './tier-spans.js';
import { bucketOf, Tiers } from './tiers.js';

/** Rows in one batch: what the main thread turns into objects in a few milliseconds. */
const rowsPerBatch = 2000;

/** A look-up of one row costs as much as reading two or three on the way: see spec/bench/storage/read.ts. */
const rowsPerLookup = 4;

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

/**
 * Points of the series whose bucket starts in the window, in batches; within a series and step ordered by time. Each batch
 * is a query of its own that goes on where the last one ended: no read lock is held while the caller works, and
 * what the caller does not take is not read.
 */
export async function* readPoints(
  owner: Owner,
  series: readonly StoredSeries[],
  window: TimeWindow,
  detail?: PointDetail,
): AsyncGenerator<readonly StoredPoint[]> {
  const tiers = await Tiers.read(owner);
  for (const [table, types] of byTable(series)) {
    const held = await seriesIn(owner, table);
    for (const { stepsMs, ...span } of await spansFor(owner, tiers, table, window, detail)) {
      for (const stepMs of stepsMs) {
        const stream = { owner, table, stepMs, types };
        const few = types.size * rowsPerLookup <= held;
        yield* few ? lookUp(stream, span) : scan(stream, span, types.size < held);
      }
    }
  }
}

/** Where the points of a table are to be read: from a database without tiers, all steps as they lie. */
async function spansFor(
  owner: Owner,
  tiers: Tiers,
  table: PointTable,
  window: TimeWindow,
  detail: PointDetail | undefined,
): Promise<(TimeWindow & { readonly stepsMs: readonly number[] })[]> {
  if (tiers.levels.length === 0) return [{ ...window, stepsMs: await stepsOf(owner, table) }];
  const finest = finestSpans(tiers, window);
  if (detail === undefined) return finest;
  const last = tiers.levels.length - 1;
  const upTo = (level: number): TierSpan[] => coarserSpans(tiers, table, finest, detail.alignMs, level);
  if (table.columns.includes('sketch')) return upTo(last);
  const levels = tiers.levels.map((_, level) => level);
  return upTo(levels.find((level) => bucketsIn(upTo(level)) <= detail.mostBuckets) ?? last);
}

/** How many series have their points in a table. */
async function seriesIn(owner: Owner, { types }: PointTable): Promise<number> {
  const sql = `SELECT count(*) AS held FROM series_key WHERE type IN (${types.join()})`;
  const [row] = await owner.all<{ held: number }>(sql);
  return row!.held;
}

/** For few of many series: from bucket to bucket, and in each from series to series, by the key. */
async function* lookUp(stream: Stream, window: TimeWindow): AsyncGenerator<readonly StoredPoint[]> {
  for (const ids of chunks([...stream.types.keys()], rowsPerBatch)) {
    const limit = Math.max(1, Math.floor(rowsPerBatch / ids.length));
    let { sinceMs, untilMs } = await spanOf(stream, ids, window);
    while (sinceMs < untilMs) {
      const times = await firstBuckets(
        stream.owner,
        stream.table,
        stream.stepMs,
        { sinceMs, untilMs },
        limit,
      );
      const points = await pointsAt(stream, ids, times);
      if (points.length > 0) yield points;
      if (times.length < limit) break;
      sinceMs = times.at(-1)! + 1;
    }
  }
}

/** The part of the window in which the series have points at all. */
async function spanOf(
  { owner, stepMs }: Stream,
  ids: readonly number[],
  window: TimeWindow,
): Promise<TimeWindow> {
  const [span] = await owner.all<{ first_ms: number | null; last_ms: number | null }>(
    `SELECT min(first_ms) AS first_ms, max(last_ms) AS last_ms FROM series_span
     WHERE series IN (SELECT value FROM json_each(?))`,
    [JSON.stringify(ids)],
  );
  return {
    sinceMs: Math.max(window.sinceMs, bucketOf(span?.first_ms ?? Infinity, stepMs)),
    untilMs: Math.min(window.untilMs, (span?.last_ms ?? -Infinity) + 1),
  };
}

/** The points of the series in the given buckets, ordered by time. */
export async function pointsAt(
  stream: Stream,
  ids: readonly number[],
  timesMs: readonly number[],
): Promise<StoredPoint[]> {
  const { owner, table, stepMs } = stream;
  const values = [stepMs, JSON.stringify(timesMs), JSON.stringify(ids)];
  const rows = await owner.all<PointRow>(lookUpSql(table), values);
  return rows.map((row) => toPoint(stream, row));
}

export function lookUpSql({ name, columns }: PointTable): string {
  return `SELECT series, time_ms, ${columns.join()} FROM ${name}
    WHERE step_ms = ? AND time_ms IN (SELECT value FROM json_each(?))
      AND series IN (SELECT value FROM json_each(?))
    ORDER BY time_ms, series`;
}

/** For most of the series: one range of the table; what was not asked for is passed over. */
async function* scan(
  stream: Stream,
  { sinceMs, untilMs }: TimeWindow,
  filtered: boolean,
): AsyncGenerator<readonly StoredPoint[]> {
  const { owner, table, stepMs, types } = stream;
  const filterValues = filtered ? [JSON.stringify([...types.keys()])] : [];
  const sql = scanSql(table, filtered);
  let from = [sinceMs, -1];
  for (;;) {
    const values = [stepMs, ...from, untilMs, rowsPerBatch, ...filterValues];
    const rows = await owner.all<PointRow>(sql, values);
    // A series may have come since it was decided that no filter is needed.
    const asked = rows.filter((row) => types.has(row.series));
    if (asked.length > 0) yield asked.map((row) => toPoint(stream, row));
    if (rows.length < rowsPerBatch) return;
    const { time_ms, series } = rows.at(-1)!;
    from = [time_ms, series];
  }
}

export function scanSql({ name, columns }: PointTable, filtered: boolean): string {
  // The plus sign keeps the filter from being taken for the third column of the key, behind a range of the second.
  const filter = filtered ? 'AND +series IN (SELECT value FROM json_each(?6))' : '';
  return `SELECT series, time_ms, ${columns.join()} FROM ${name}
    WHERE step_ms = ?1 AND (time_ms, series) > (?2, ?3) AND time_ms < ?4 ${filter}
    ORDER BY time_ms, series LIMIT ?5`;
}

export function toPoint({ table, stepMs, types }: Omit<Stream, 'owner'>, row: PointRow): StoredPoint {
  const { series: seriesId, time_ms: timeMs } = row;
  return { seriesId, timeMs, stepMs, partial: table.read(row, types.get(seriesId)!) };
}
