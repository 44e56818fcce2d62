import type { PointDetail, StoredPoint, StoredSeries, TimeWindow } from '../store.js';
import { readSealed, type Sealed } from './blocks.js';
import { firstBuckets, stepsOf } from './buckets.js';
import type { Owner, Session } from './owner.js';
import { byTable, pointsAt, type Stream, scanSql, toPoint } from './point-rows.js';
import type { PointRow, PointTable } from './point-tables.js';
import { chunks } from './rows.js';
import { type Position, readSealedSpans, snapshot } from './sealed-reader.js';
import { bucketsIn, coarserSpans, finestSpans, type TierSpan } from './tier-spans.js';
import { bucketOf, Tiers } from './tiers.js';

/** Rows in one batch: what the main thread turns into objects in a few milliseconds. */
const rowsPerBatch = 2000;

/** A look-up of one row costs as much as reading two or three on the way: see spec/bench/storage/read.ts. */
const rowsPerLookup = 4;

/**
 * Points of the series whose bucket starts in the window, in batches; within a series and step ordered by time.
 * Each batch is a query of its own that goes on where the last one ended: no read lock is held while the caller
 * works, and what the caller does not take is not read.
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
    const few = types.size * rowsPerLookup <= held ? await someSeries(owner, types) : undefined;
    for (const { stepsMs, ...span } of await spansFor(owner, tiers, table, window, detail)) {
      for (const stepMs of stepsMs) {
        const stream = { owner, table, stepMs, types };
        yield* few !== undefined ? lookUp(stream, few, span) : scan(stream, span, types.size < held);
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

/** Some rows behind a position, and the position behind the last of them; undefined where there are no more. */
interface RowBatch {
  readonly points: readonly StoredPoint[];
  readonly end: Position | undefined;
}

type NextRows = (session: Session, after: Position) => Promise<RowBatch>;

/**
 * Points of a window in order of time, those that lie in blocks first. Rows are made blocks of while this
 * reads, but only before a mark that moves on: where it has passed the position, the points behind that are in
 * blocks now.
 */
async function* readParts(
  stream: Stream,
  { sinceMs, untilMs }: TimeWindow,
  next: NextRows,
): AsyncGenerator<readonly StoredPoint[]> {
  const { owner, table, stepMs } = stream;
  let after: Position | undefined = { timeMs: sinceMs, series: -1 };
  while (after !== undefined && after.timeMs < untilMs) {
    const from: Position = after;
    const part = await snapshot(owner, async (session): Promise<RowBatch | Sealed> => {
      const sealed = await readSealed(session, table, stepMs);
      return sealed !== undefined && from.timeMs < sealed.untilMs ? sealed : next(session, from);
    });
    if ('spanMs' in part) {
      const window = { sinceMs: from.timeMs, untilMs: Math.min(untilMs, part.untilMs) };
      yield* readSealedSpans(stream, part, window, from.series < 0 ? undefined : from);
      after = { timeMs: window.untilMs, series: -1 };
    } else {
      if (part.points.length > 0) yield part.points;
      after = part.end;
    }
  }
}

/** Series that are looked up together, and from when to when they have points at all. */
interface SomeSeries {
  readonly ids: readonly number[];
  readonly types: Stream['types'];
  readonly firstMs: number;
  readonly lastMs: number;
}

async function someSeries(owner: Owner, types: Stream['types']): Promise<SomeSeries[]> {
  const found: SomeSeries[] = [];
  for (const ids of chunks([...types.keys()], rowsPerBatch)) {
    const [span] = await owner.all<{ first_ms: number | null; last_ms: number | null }>(
      `SELECT min(first_ms) AS first_ms, max(last_ms) AS last_ms FROM series_span
       WHERE series IN (SELECT value FROM json_each(?))`,
      [JSON.stringify(ids)],
    );
    found.push({
      ids,
      types: new Map(ids.map((id) => [id, types.get(id)!])),
      firstMs: span?.first_ms ?? Infinity,
      lastMs: span?.last_ms ?? -Infinity,
    });
  }
  return found;
}

/** For few of many series: from bucket to bucket, and in each from series to series, by the key. */
async function* lookUp(
  stream: Stream,
  series: readonly SomeSeries[],
  window: TimeWindow,
): AsyncGenerator<readonly StoredPoint[]> {
  const { table, stepMs } = stream;
  for (const { ids, types, firstMs, lastMs } of series) {
    const limit = Math.max(1, Math.floor(rowsPerBatch / ids.length));
    const part = { ...stream, types };
    const span = {
      sinceMs: Math.max(window.sinceMs, bucketOf(firstMs, stepMs)),
      untilMs: Math.min(window.untilMs, lastMs + 1),
    };
    yield* readParts(part, span, async (session, { timeMs }) => {
      const rest = { sinceMs: timeMs, untilMs: span.untilMs };
      const times = await firstBuckets(session, table, stepMs, rest, limit);
      const points = await pointsAt(session, part, ids, times);
      return { points, end: times.length < limit ? undefined : { timeMs: times.at(-1)! + 1, series: -1 } };
    });
  }
}

/** For most of the series: one range of the table; what was not asked for is passed over. */
function scan(stream: Stream, window: TimeWindow, filtered: boolean): AsyncGenerator<readonly StoredPoint[]> {
  const { table, stepMs, types } = stream;
  const filterValues = filtered ? [JSON.stringify([...types.keys()])] : [];
  const sql = scanSql(table, filtered);
  return readParts(stream, window, async (session, after) => {
    const values = [stepMs, after.timeMs, after.series, window.untilMs, rowsPerBatch, ...filterValues];
    const rows = await session.all<PointRow>(sql, values);
    const last = rows.length < rowsPerBatch ? undefined : rows.at(-1);
    return {
      // A series may have come since it was decided that no filter is needed.
      points: rows.filter((row) => types.has(row.series)).map((row) => toPoint(stream, row)),
      end: last && { timeMs: last.time_ms, series: last.series },
    };
  });
}
