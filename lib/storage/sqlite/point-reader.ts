import { prepareToDecode } from '../block/decoder.js';
import type { PointDetail, StoredPoint, StoredSeries, TimeWindow } from '../store.js';
import type { Sealed } from './blocks.js';
import { stepsOf } from './buckets.js';
import { Contents } from './contents.js';
import type { Owner } from './owner.js';
import {
  bucketsRow,
  byTable,
  lookUpPartSql,
  type Stream,
  scanPartSql,
  sealedRow,
  toPoint,
} from './point-rows.js';
import type { PointRow, PointTable } from './point-tables.js';
import { inTurn } from './read-ahead.js';
import { chunks } from './rows.js';
import { type Position, readSealedSpans } from './sealed-reader.js';
import { bucketsIn, coarserSpans, finestSpans, type TierSpan } from './tier-spans.js';
import { bucketOf, type Tiers } from './tiers.js';

/** Rows in one batch: what the main thread turns into objects in a few milliseconds. */
const rowsPerBatch = 2000;

/** A look-up of one row costs as much as reading two or three on the way: see spec/bench/storage/read.ts. */
const rowsPerLookup = 4;

/**
 * Points of the series whose bucket starts in the window, in batches; within a series and step ordered by time.
 * Each batch is a query of its own that goes on where the last one ended: no read lock is held while the caller
 * works. It may be read before it is asked for; what the caller does not take beyond that is not read.
 */
export function readPoints(
  owner: Owner,
  series: readonly StoredSeries[],
  window: TimeWindow,
  detail?: PointDetail,
): AsyncGenerator<readonly StoredPoint[]> {
  return inTurn(streams(owner, series, window, detail));
}

/** Each table and step in each span of time that is read from it. */
async function* streams(
  owner: Owner,
  series: readonly StoredSeries[],
  window: TimeWindow,
  detail: PointDetail | undefined,
): AsyncGenerator<AsyncGenerator<readonly StoredPoint[]>> {
  const reading = Contents.read(owner);
  // Meanwhile: it takes as long.
  prepareToDecode();
  const contents = await reading;
  for (const [table, types] of byTable(series)) {
    const held = contents.seriesIn(table);
    const few = types.size * rowsPerLookup <= held ? await someSeries(owner, types) : undefined;
    for (const { stepsMs, ...span } of await spansFor(owner, contents.tiers, table, window, detail)) {
      for (const stepMs of stepsMs) {
        const stream = { owner, table, stepMs, types };
        const sealed = contents.sealed(table, stepMs);
        yield few !== undefined
          ? lookUp(stream, few, span, sealed)
          : scan(stream, span, sealed, types.size < held);
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

/** Some rows behind a position, and the position behind the last of them; undefined where there are no more. */
interface RowBatch {
  readonly points: readonly StoredPoint[];
  readonly end: Position | undefined;
  /** Where blocks lay in the same moment. */
  readonly sealed: Sealed | undefined;
}

type NextRows = (after: Position) => Promise<RowBatch>;

/**
 * Points of a window in order of time, those that lie in blocks first. Rows are made blocks of while this
 * reads, but only before a mark that moves on: where it has passed the position, the points behind that are in
 * blocks now.
 */
async function* readParts(
  stream: Stream,
  { sinceMs, untilMs }: TimeWindow,
  marked: Sealed | undefined,
  next: NextRows,
): AsyncGenerator<readonly StoredPoint[]> {
  let sealed = marked;
  let after: Position | undefined = { timeMs: sinceMs, series: -1 };
  let ahead: Promise<RowBatch> | undefined;
  while (after !== undefined && after.timeMs < untilMs) {
    const from: Position = after;
    const isInBlocks = (): boolean => sealed !== undefined && from.timeMs < sealed.untilMs;
    let rows: RowBatch | undefined;
    if (!isInBlocks()) {
      rows = await (ahead ?? next(from));
      sealed = rows.sealed;
    }
    ahead = undefined;
    if (rows === undefined || isInBlocks()) {
      const window = { sinceMs: from.timeMs, untilMs: Math.min(untilMs, sealed!.untilMs) };
      yield* readSealedSpans(stream, sealed!, window, from.series < 0 ? undefined : from);
      after = { timeMs: window.untilMs, series: -1 };
    } else {
      after = rows.end;
      if (after !== undefined && after.timeMs < untilMs) ahead = next(after);
      // Whoever stops before it does not learn of its failure.
      ahead?.catch(() => undefined);
      if (rows.points.length > 0) yield rows.points;
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
  sealed: Sealed | undefined,
): AsyncGenerator<readonly StoredPoint[]> {
  const { owner, table, stepMs } = stream;
  const sql = lookUpPartSql(table);
  for (const { ids, types, firstMs, lastMs } of series) {
    const limit = Math.max(1, Math.floor(rowsPerBatch / ids.length));
    const part = { ...stream, types };
    const span = {
      sinceMs: Math.max(window.sinceMs, bucketOf(firstMs, stepMs)),
      untilMs: Math.min(window.untilMs, lastMs + 1),
    };
    yield* readParts(part, span, sealed, async ({ timeMs }) => {
      const values = [stepMs, timeMs, span.untilMs, limit, JSON.stringify(ids)];
      const rows = await owner.all<PointRow>(sql, values);
      const buckets = rows.find((row) => row.series === bucketsRow)!;
      const isLast = (buckets[table.columns[0]!] as number) < limit;
      return { ...sorted(part, rows), end: isLast ? undefined : { timeMs: buckets.time_ms + 1, series: -1 } };
    });
  }
}

/** For most of the series: one range of the table; what was not asked for is passed over. */
function scan(
  stream: Stream,
  window: TimeWindow,
  sealed: Sealed | undefined,
  filtered: boolean,
): AsyncGenerator<readonly StoredPoint[]> {
  const { owner, table, stepMs, types } = stream;
  const filterValues = filtered ? [JSON.stringify([...types.keys()])] : [];
  const sql = scanPartSql(table, filtered);
  return readParts(stream, window, sealed, async (after) => {
    const values = [stepMs, after.timeMs, after.series, window.untilMs, rowsPerBatch, ...filterValues];
    const rows = await owner.all<PointRow>(sql, values);
    const last = rows.at(-1);
    const isLast = rows.length < rowsPerBatch;
    return {
      ...sorted(stream, rows),
      end: isLast || last === undefined ? undefined : { timeMs: last.time_ms, series: last.series },
    };
  });
}

/** Rows of points, and the one that says where blocks lie. */
function sorted(stream: Stream, rows: readonly PointRow[]): Pick<RowBatch, 'points' | 'sealed'> {
  const points: StoredPoint[] = [];
  let sealed: Sealed | undefined;
  for (const row of rows) {
    if (row.series === sealedRow)
      sealed = { untilMs: row.time_ms, spanMs: row[stream.table.columns[0]!] as number };
    // A series may have come since it was decided that no filter is needed.
    else if (stream.types.has(row.series)) points.push(toPoint(stream, row));
  }
  return { points, sealed };
}
