import { hourMs, sumsSql, wholeSql } from './flush-sums.js';
import type { Session } from './owner.js';
import { bucketOf, type Tiers } from './tiers.js';

/** Flushes added up in one slice, about: some five milliseconds. */
const flushesPerSlice = 5_000;

export const dueSql = `SELECT hour_ms FROM flush_hour
WHERE whole IS NULL AND hour_ms <= ? AND hour_ms NOT IN (SELECT value FROM json_each(?)) ORDER BY hour_ms LIMIT ?`;

const inHour = 'start_ms >= flush_hour.hour_ms AND start_ms < flush_hour.hour_ms + 3600000';

/** In the database alone: a sum that is read and written back could lose its last bit. */
const sumSql = `UPDATE flush_hour SET
  (whole, ${Object.keys(sumsSql).join()}) =
    (SELECT min(source) = max(source) AND ${wholeSql}, ${Object.values(sumsSql).join()} FROM flush WHERE ${inHour}),
  bad_lines = (SELECT json_group_object(reason, count) FROM (
    SELECT key AS reason, sum(value) AS count FROM flush, json_each(flush.bad_lines)
    WHERE ${inHour} AND flush.bad_lines <> '{}' GROUP BY key))
WHERE hour_ms IN (SELECT value FROM json_each(?))`;

/**
 * Adds up the flushes of some hours that are past, for reports over long windows.
 *
 * @param closedMs hours that end later may still be written to, and wait
 * @returns whether anything was done
 */
export async function sumHours(session: Session, tiers: Tiers, closedMs: number): Promise<boolean> {
  // Hours that a tier is letting go of: their flushes are joined, or deleted, bit by bit.
  const changing = tiers.levels
    .filter(({ heldSinceMs }) => heldSinceMs % hourMs !== 0)
    .map(({ heldSinceMs }) => bucketOf(heldSinceMs, hourMs));
  const shortestMs = Math.min(...tiers.levels.flatMap(({ stepsMs }) => stepsMs));
  const due = await session.all<{ hour_ms: number }>(dueSql, [
    ...[closedMs - hourMs, JSON.stringify(changing)],
    Math.max(1, Math.floor((flushesPerSlice * shortestMs) / hourMs)),
  ]);
  if (due.length === 0) return false;
  const hours = JSON.stringify(due.map(({ hour_ms }) => hour_ms));
  await session.run(sumSql, [hours]);
  await session.run(
    'DELETE FROM flush_hour WHERE hour_ms IN (SELECT value FROM json_each(?)) AND flushes = 0',
    [hours],
  );
  return true;
}
