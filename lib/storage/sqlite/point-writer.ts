import { setImmediate } from 'node:timers/promises';
import type { Partial } from '../../aggregate/partial.js';
import type { Flush, FlushPoints } from '../../flush/flush.js';
import { destinations, tiersFor } from './destinations.js';
import { mergedWithStored } from './merge-stored.js';
import type { Session, SqlValue } from './owner.js';
import { type Bucket, type Placed, type PointTable, pointTableOf } from './point-tables.js';
import { bindable, rowsPerStatement } from './rows.js';
import type { SeriesIds } from './series-ids.js';

/** Points looked at before other work of the main thread gets its turn. */
const pointsPerTurn = 4096;

/** Spans are updated from one bound list of ids, which is cheap: hence more rows at once. */
const spansPerStatement = 8192;

/** The points of one flush that go into one table and one bucket. */
interface Group {
  readonly table: PointTable;
  readonly timeMs: number;
  /** series id · number of points in the flush + index of the point: one number that sorts by series. */
  readonly codes: number[];
}

/** Writes the points of a flush inside a transaction: appended where a bucket is new, merged where it is not. */
export async function writePoints(session: Session, flush: Flush, seriesIds: SeriesIds): Promise<void> {
  const { points, intervalMs } = flush;
  const tiers = await tiersFor(session, intervalMs);
  for (const { table, timeMs, codes } of await grouped(session, points, seriesIds)) {
    // In order of series the rows of a bucket are appended: full pages, and each written once.
    const sorted = Float64Array.from(codes).sort();
    const idOf = (code: number): number => Math.floor(code / points.length);
    const repeats = hasRepeats(sorted, idOf);
    let finest: Bucket | undefined;
    for (const { bucket, holds } of destinations(tiers, table, intervalMs, timeMs)) {
      finest ??= bucket;
      const fresh = !repeats && !(await isOccupied(session, bucket));
      for (let start = 0; start < sorted.length; start += rowsPerStatement) {
        const placed = Array.from(sorted.subarray(start, start + rowsPerStatement), (code) => ({
          id: idOf(code),
          partial: partialAt(points, code % points.length),
        })).filter(({ id }) => holds(id));
        await putOrMerge(session, bucket, placed, fresh);
      }
    }
    if (finest === undefined) continue;
    for (let start = 0; start < sorted.length; start += spansPerStatement) {
      const ids = Array.from(sorted.subarray(start, start + spansPerStatement), idOf);
      await extendSpans(session, finest, timeMs, ids);
    }
  }
}

async function putOrMerge(
  session: Session,
  bucket: Bucket,
  placed: readonly Placed[],
  fresh: boolean,
): Promise<void> {
  if (placed.length === 0) return;
  if (fresh) await put(session, 'INSERT', bucket, placed);
  else await put(session, 'INSERT OR REPLACE', bucket, await mergedWithStored(session, bucket, placed));
}

async function grouped(session: Session, points: FlushPoints, seriesIds: SeriesIds): Promise<Group[]> {
  const groups = new Map<PointTable, Map<number, Group>>();
  for (let start = 0; start < points.length; start += pointsPerTurn) {
    const end = Math.min(start + pointsPerTurn, points.length);
    const ids = await seriesIds.resolve(session, points, start, end);
    for (let index = start; index < end; index += 1) {
      const { table, timeMs } = placeOf(points, index);
      groupOf(groups, table, timeMs).codes.push(ids[index - start]! * points.length + index);
    }
    await setImmediate();
  }
  return [...groups.values()].flatMap((byTime) => [...byTime.values()]);
}

function placeOf(points: FlushPoints, index: number): { table: PointTable; timeMs: number } {
  const { columns } = points;
  if (columns !== undefined)
    return { table: pointTableOf(columns.type(index)), timeMs: columns.timeMs(index) };
  const { series, timeMs } = points.at(index)!;
  return { table: pointTableOf(series.type), timeMs };
}

function partialAt(points: FlushPoints, index: number): Partial {
  return points.columns?.partial(index) ?? points.at(index)!.partial;
}

function groupOf(groups: Map<PointTable, Map<number, Group>>, table: PointTable, timeMs: number): Group {
  let byTime = groups.get(table);
  if (byTime === undefined) {
    byTime = new Map();
    groups.set(table, byTime);
  }
  let group = byTime.get(timeMs);
  if (group === undefined) {
    group = { table, timeMs, codes: [] };
    byTime.set(timeMs, group);
  }
  return group;
}

function hasRepeats(sorted: Float64Array, idOf: (code: number) => number): boolean {
  return sorted.some((code, i) => i > 0 && idOf(sorted[i - 1]!) === idOf(code));
}

async function isOccupied(session: Session, { table, stepMs, timeMs }: Bucket): Promise<boolean> {
  const sql = `SELECT 1 FROM ${table.name} WHERE step_ms = ? AND time_ms = ? LIMIT 1`;
  return (await session.all(sql, [stepMs, timeMs])).length > 0;
}

export async function put(
  session: Session,
  verb: string,
  { table, stepMs, timeMs }: Bucket,
  placed: readonly Placed[],
): Promise<void> {
  const values: SqlValue[] = [stepMs, timeMs];
  for (const { id, partial } of placed) {
    values.push(bindable(id));
    table.append(values, partial, timeMs);
  }
  await session.run(insertInto(verb, table, placed.length), values);
}

/** Step and time are bound once for all rows: binding is what costs the main thread most. */
function insertInto(verb: string, table: PointTable, rows: number): string {
  const ownColumns = Array(table.columns.length + 1).fill('?');
  const row = `(?1,?2,${ownColumns.join()})`;
  return `${verb} INTO ${table.name} (step_ms, time_ms, series, ${table.columns.join()})
    VALUES ${Array(rows).fill(row).join()}`;
}

/**
 * The last bucket is where the point lies, in whichever tier, for that is where it is looked for. The first is the one it
 * was flushed for: which tier a late point still finds depends on how far roll-ups have come, and must not show.
 */
async function extendSpans(
  session: Session,
  { stepMs, timeMs }: Bucket,
  flushedMs: number,
  ids: readonly number[],
): Promise<void> {
  await session.run(
    `INSERT INTO series_span (series, first_ms, last_ms, last_step_ms)
     SELECT value, ?4, ?1, ?2 FROM json_each(?3) WHERE true
     ON CONFLICT (series) DO UPDATE SET
       last_step_ms = CASE WHEN excluded.last_ms > last_ms THEN excluded.last_step_ms ELSE last_step_ms END,
       first_ms = min(first_ms, excluded.first_ms),
       last_ms = max(last_ms, excluded.last_ms)
     WHERE excluded.last_ms > last_ms OR excluded.first_ms < first_ms`,
    [timeMs, stepMs, JSON.stringify(ids), flushedMs],
  );
}
