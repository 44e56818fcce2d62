import type { Session } from './owner.js';
import { pointTables } from './point-tables.js';
import { bucketOf, type Level, type Tiers } from './tiers.js';

/** Rows taken away at once: some ten milliseconds. */
const rowsPerSlice = 10_000;
const seriesPerSlice = 500;
const blocksPerSlice = 1_000;
const recordsPerSlice = 2_000;

/** A report that began before a tier let go of its oldest buckets still finds them for so long. */
const longestGraceMs = 600_000;

/** Before this instant a tier's rows may be deleted. */
function deletableBefore({ heldSinceMs, keepMs }: Level): number {
  return heldSinceMs - Math.min(longestGraceMs, Math.floor(keepMs / 10));
}

/**
 * Moves on since when each tier holds its buckets. A tier lets go only of what the next one has, and at an edge of the
 * next one's buckets: what is read from the two never overlaps.
 */
export async function letGo(session: Session, tiers: Tiers, nowMs: number): Promise<boolean> {
  let moved = false;
  for (const [i, level] of tiers.levels.entries()) {
    const next = tiers.levels[i + 1];
    const unitMs = next?.stepMs ?? level.stepMs;
    const rolledMs = next === undefined ? [] : pointTables.map((t) => tiers.rolled(t, next.stepMs).untilMs);
    const sinceMs = bucketOf(Math.min(nowMs - level.keepMs, ...rolledMs), unitMs);
    if (sinceMs <= level.heldSinceMs) continue;
    await session.run('UPDATE tier SET held_since_ms = ? WHERE level = ?', [sinceMs, i]);
    if (next !== undefined) await moveSpans(session, level, next, sinceMs);
    moved = true;
  }
  return moved;
}

/** The newest point of a series that a tier let go of is the next tier's. */
function moveSpans(session: Session, { stepsMs }: Level, next: Level, sinceMs: number): Promise<number> {
  return session.run(
    `UPDATE series_span SET last_step_ms = ?1, last_ms = last_ms - last_ms % ?1
     WHERE last_step_ms IN (SELECT value FROM json_each(?2)) AND last_ms < ?3`,
    [next.stepMs, JSON.stringify(stepsMs), sinceMs],
  );
}

/** Deletes a slice of the points that no tier holds. */
export async function deletePoints(session: Session, tiers: Tiers): Promise<boolean> {
  const ends = tiers.levels.flatMap((level) =>
    level.stepsMs.map((stepMs): StepEnd => [stepMs, deletableBefore(level)]),
  );
  for (const end of await withPoints(session, ends)) {
    if (await deleteBefore(session, end)) return true;
  }
  for (const stepMs of tiers.deadStepsMs) {
    if (await deleteBefore(session, [stepMs, Number.MAX_SAFE_INTEGER])) return true;
    await session.run('DELETE FROM rolled WHERE step_ms = ?', [stepMs]);
    await session.run('DELETE FROM sealed WHERE step_ms = ?', [stepMs]);
    await session.run('DELETE FROM tier WHERE step_ms = ?', [stepMs]);
  }
  return false;
}

/** A step, and the instant before which its points are to be deleted. */
type StepEnd = readonly [stepMs: number, beforeMs: number];

/** Those that have something to delete. All in one question: mostly none has, and every statement costs a server that idles. */
async function withPoints(session: Session, ends: readonly StepEnd[]): Promise<StepEnd[]> {
  const rows = pointTables.map(
    ({ name }) => `EXISTS (SELECT 1 FROM ${name} WHERE step_ms = e.value ->> 0 AND time_ms < e.value ->> 1)`,
  );
  const found = await session.all<{ key: number }>(
    `SELECT e.key AS key FROM json_each(?) AS e
     WHERE ${rows.join(' OR ')} OR EXISTS (
       SELECT 1 FROM sealed AS s CROSS JOIN block AS b
         ON b.kind = s.kind AND b.step_ms = s.step_ms AND b.start_ms <= (e.value ->> 1) - s.span_ms
       WHERE s.step_ms = e.value ->> 0)`,
    [JSON.stringify(ends)],
  );
  return found.map(({ key }) => ends[key]!);
}

async function deleteBefore(session: Session, [stepMs, beforeMs]: StepEnd): Promise<boolean> {
  for (const { name } of pointTables) {
    const [last] = await session.all<{ time_ms: number; series: number }>(
      `SELECT time_ms, series FROM ${name} WHERE step_ms = ? AND time_ms < ?
       ORDER BY time_ms, series LIMIT 1 OFFSET ${rowsPerSlice - 1}`,
      [stepMs, beforeMs],
    );
    const [timeMs, series] = last === undefined ? [beforeMs, -1] : [last.time_ms, last.series];
    const deleted = await session.run(
      `DELETE FROM ${name} WHERE step_ms = ? AND (time_ms, series) <= (?, ?)`,
      [stepMs, timeMs, series],
    );
    if (deleted > 0) return true;
  }
  return (await deleteBlocksBefore(session, stepMs, beforeMs)) > 0;
}

/** A block goes when its whole span is over. */
function deleteBlocksBefore(session: Session, stepMs: number, beforeMs: number): Promise<number> {
  return session.run(
    `DELETE FROM block WHERE id IN (
       SELECT b.id FROM sealed AS s CROSS JOIN block AS b
         ON b.kind = s.kind AND b.step_ms = s.step_ms AND b.start_ms <= ?2 - s.span_ms
       WHERE s.step_ms = ?1 LIMIT ${blocksPerSlice})`,
    [stepMs, beforeMs],
  );
}

const records: readonly { table: string; time: string; key: string }[] = [
  { table: 'event', time: 'time_ms', key: 'id' },
  { table: 'service_check', time: 'time_ms', key: 'id' },
  { table: 'flush', time: 'start_ms', key: 'id' },
  { table: 'bad_line', time: 'last_seen_ms', key: 'reason, sender' },
  { table: 'refusal', time: 'last_seen_ms', key: 'guard, name' },
];

/** Deletes a slice of the events, checks, bad lines, refusals and records of flushes that are older than every tier. */
export async function deleteRecords(session: Session, tiers: Tiers): Promise<boolean> {
  const beforeMs = tiers.levels.at(-1)?.heldSinceMs ?? 0;
  if (beforeMs <= 0) return false;
  const old = records.map(
    ({ table, time }, i) => `SELECT ${i} AS i WHERE EXISTS (SELECT 1 FROM ${table} WHERE ${time} < ?1)`,
  );
  const [found] = await session.all<{ i: number }>(old.join(' UNION ALL '), [beforeMs]);
  if (found === undefined) return false;
  const { table, time, key } = records[found.i]!;
  const oldest = `SELECT ${key} FROM ${table} WHERE ${time} < ? ORDER BY ${time} LIMIT ${recordsPerSlice}`;
  await session.run(`DELETE FROM ${table} WHERE (${key}) IN (${oldest})`, [beforeMs]);
  return true;
}

/** Before this instant a series must have had its last point to be forgotten: no block of it is left then, either. */
export async function forgettableBefore(session: Session, tiers: Tiers): Promise<number> {
  const spans = await session.all<{ step_ms: number; span_ms: number }>(
    'SELECT step_ms, max(span_ms) AS span_ms FROM sealed GROUP BY step_ms',
  );
  const spanOf = new Map(spans.map(({ step_ms, span_ms }) => [step_ms, span_ms]));
  const instants = tiers.levels.map((level) => {
    const longestMs = Math.max(...level.stepsMs.map((stepMs) => spanOf.get(stepMs) ?? 0));
    return deletableBefore(level) - longestMs;
  });
  return Math.max(0, Math.min(...instants));
}

/** Deletes a slice of the series that have no points left, with the tags that no other has. */
export async function deleteSeries(session: Session, beforeMs: number): Promise<boolean> {
  const rows = await session.all<{ id: number }>(
    `SELECT k.id AS id FROM series_key AS k LEFT JOIN series_span AS s ON s.series = k.id
     WHERE s.series IS NULL OR s.last_ms < ? LIMIT ${seriesPerSlice}`,
    [beforeMs],
  );
  if (rows.length === 0) return false;
  const ids = JSON.stringify(rows.map(({ id }) => id));
  const gone = 'SELECT value FROM json_each(?)';
  await session.run(`DELETE FROM series_tag WHERE series IN (${gone})`, [ids]);
  await session.run(`DELETE FROM series_span WHERE series IN (${gone})`, [ids]);
  await session.run(`DELETE FROM series_key WHERE id IN (${gone})`, [ids]);
  if (rows.length < seriesPerSlice) {
    await session.run('DELETE FROM tag WHERE id NOT IN (SELECT DISTINCT tag FROM series_tag)');
  }
  return true;
}
