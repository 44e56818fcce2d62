import { setImmediate } from 'node:timers/promises';
import type { Partial } from '../../aggregate/partial.js';
import type { Flush, FlushPoints } from '../../flush/flush.js';
import { destinations, tiersFor } from './destinations.js';
import { mergedWithStored } from './merge-stored.js';
import type { Session, SqlValue } from './owner.js';
import type { PointOrder } from './point-order.js';
import type { Bucket, Placed, PointTable } from './point-tables.js';
import { bindable, rowsPerStatement } from './rows.js';
import type { SeriesIds } from './series-ids.js';

/** Sketches are decoded, merged and encoded in one go: a few milliseconds. */
const sketchesMergedAtOnce = 64;

/** Spans are updated from one bound list of ids, which is cheap: hence more rows at once. */
const spansPerStatement = 8192;

/** Points compared with each other before other work of the main thread gets its turn. */
const codesPerTurn = 65_536;

/** Writes the points of a flush inside a transaction: appended where a bucket is new, merged where it is not. */
export async function writePoints(
  session: Session,
  flush: Flush,
  seriesIds: SeriesIds,
  order: PointOrder,
): Promise<void> {
  const { points, intervalMs } = flush;
  const tiers = await tiersFor(session, intervalMs);
  for (const { table, timeMs, codes: sorted } of await order.grouped(session, points, seriesIds)) {
    const idOf = (code: number): number => Math.floor(code / points.length);
    const repeats = await hasRepeats(sorted, idOf);
    let finest: Bucket | undefined;
    for (const { bucket, holds } of destinations(tiers, table, intervalMs, timeMs)) {
      finest ??= bucket;
      const fresh = !repeats && !(await isOccupied(session, bucket));
      const atOnce = fresh || !table.layout.hasSketch ? rowsPerStatement : sketchesMergedAtOnce;
      for (let start = 0; start < sorted.length; start += atOnce) {
        const placed = Array.from(sorted.subarray(start, start + atOnce), (code) => ({
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

function partialAt(points: FlushPoints, index: number): Partial {
  return points.columns?.partial(index) ?? points.at(index)!.partial;
}

async function hasRepeats(sorted: Float64Array, idOf: (code: number) => number): Promise<boolean> {
  for (let start = 1; start < sorted.length; start += codesPerTurn) {
    const end = Math.min(start + codesPerTurn, sorted.length);
    for (let i = start; i < end; i += 1) if (idOf(sorted[i - 1]!) === idOf(sorted[i]!)) return true;
    await setImmediate();
  }
  return false;
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
