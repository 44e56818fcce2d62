import { durationText, type Retention, retentionText } from '../../config/retention.js';
import { ConfigError } from '../../errors.js';
import { stepsOf } from './buckets.js';
import type { Owner, Session } from './owner.js';
import { pointTables } from './point-tables.js';
import { rollUpSlice } from './rollup.js';
import { setRolled, type TierRow, Tiers } from './tiers.js';

/**
 * Makes a retention the database's own, whatever it was before. Nothing that the new one keeps is lost:
 *
 * - A tier that is new is filled from the next finer one, as far as that reaches back.
 * - Before a tier is given up, the coarser ones take in all it has.
 * - Points of another flush interval stay readable as they are, until the new first tier would have let go of
 *   them.
 *
 * @throws ConfigError, saying what to do, where points would be lost or mixed up
 */
export async function adoptRetention(owner: Owner, path: string, retention: Retention): Promise<void> {
  const before = await owner.exclusive((session) => Tiers.read(session));
  if (isSame(before, retention)) return;
  if (before.levels.length === 0) {
    await owner.transaction((session) => begin(session, path, retention));
    return;
  }
  refuseLoss(before, retention);
  if (givesUpTier(before, retention)) await rollUpAll(owner);
  await owner.transaction((session) => change(session, retention));
}

function isSame({ levels }: Tiers, retention: Retention): boolean {
  if (levels.length !== retention.length) return false;
  return retention.every(({ stepMs, keepMs }, i) => {
    const { stepsMs, keepMs: kept } = levels[i]!;
    return stepsMs.includes(stepMs) && (i === 0 || stepsMs.length === 1) && kept === keepMs;
  });
}

/** A database that has no tiers yet: all that is in it are buckets as they were flushed. */
async function begin(session: Session, path: string, retention: Retention): Promise<void> {
  const present = new Set<number>();
  for (const table of pointTables) for (const stepMs of await stepsOf(session, table)) present.add(stepMs);
  const [first, ...others] = retention;
  const inTheWay = others.find(({ stepMs }) => present.has(stepMs));
  if (first === undefined) return;
  if (inTheWay !== undefined) {
    const step = durationText(inTheWay.stepMs);
    throw new ConfigError(
      `retention: ${retentionText(retention)} would roll up into steps of ${step}, and database ${path} holds flushes ` +
        `of that length; leave out the tier ${step}, or choose another file with --db`,
    );
  }
  const rows = retention.map((tier, level) => ({ ...tier, level, heldSinceMs: 0 }));
  present.delete(first.stepMs);
  for (const stepMs of present) rows.push({ stepMs, keepMs: first.keepMs, level: 0, heldSinceMs: 0 });
  await store(session, rows);
}

/** Long steps may be given up where the new last tier keeps no more than those that stay have kept so far. */
export function refuseLoss({ rows }: Tiers, retention: Retention): void {
  const last = retention.at(-1)!;
  const old = rows.filter(({ level }) => level >= 0);
  const longer = old.filter(({ stepMs }) => stepMs > last.stepMs);
  const keptMs = Math.max(0, ...old.filter((row) => !longer.includes(row)).map(({ keepMs }) => keepMs));
  if (longer.length === 0 || longer.every(({ level }) => level === 0) || last.keepMs <= keptMs) return;
  throw new ConfigError(
    `retention: ${retentionText(retention)} keeps points for ${durationText(last.keepMs)}, and this database has those older ` +
      `than ${durationText(keptMs)} only in steps of ${longer.map(({ stepMs }) => durationText(stepMs)).join(' and ')}; ` +
      'keep these as the last tiers',
  );
}

/** Whether a step that was rolled up into is so no longer. */
function givesUpTier({ rows }: Tiers, retention: Retention): boolean {
  const rolledUp = retention.slice(1).map(({ stepMs }) => stepMs);
  return rows.some(({ level, stepMs }) => level > 0 && !rolledUp.includes(stepMs));
}

/**
 * Brings every tier up to the newest point, its open buckets too: what is added to them later is merged into
 * all.
 */
async function rollUpAll(owner: Owner): Promise<void> {
  const closedMs = await owner.exclusive(async (session) => endOfAll(session, await Tiers.read(session)));
  const slice = (session: Session): Promise<boolean> =>
    Tiers.read(session).then((tiers) => rollUpSlice(session, tiers, closedMs));
  while (await owner.transaction(slice));
}

/** The end of the newest point's bucket, at an edge of the longest buckets. */
async function endOfAll(session: Session, { rows }: Tiers): Promise<number> {
  let endMs = 0;
  for (const { stepMs, level } of rows) {
    if (level >= 0) endMs = Math.max(endMs, await endOf(session, stepMs));
  }
  const longestMs = Math.max(...rows.map(({ stepMs }) => stepMs));
  return Math.ceil(endMs / longestMs) * longestMs;
}

async function endOf(session: Session, stepMs: number): Promise<number> {
  let endMs = 0;
  for (const { name, kind } of pointTables) {
    const sql = `SELECT max(time_ms) + step_ms AS end_ms FROM ${name} WHERE step_ms = ?`;
    const [row] = await session.all<{ end_ms: number | null }>(sql, [stepMs]);
    const [block] = await session.all<{ end_ms: number | null }>(
      `SELECT max(start_ms + (last_bucket + 1) * step_ms) AS end_ms FROM block WHERE kind = ?1 AND step_ms = ?2
         AND start_ms = (SELECT max(start_ms) FROM block WHERE kind = ?1 AND step_ms = ?2)`,
      [kind, stepMs],
    );
    endMs = Math.max(endMs, row?.end_ms ?? 0, block?.end_ms ?? 0);
  }
  return endMs;
}

async function change(session: Session, retention: Retention): Promise<void> {
  const tiers = await Tiers.read(session);
  for (const stepMs of tiers.deadStepsMs) await dropPoints(session, stepMs);
  const old = tiers.rows.filter(({ level }) => level >= 0);
  const knownOf = (stepMs: number): TierRow | undefined => old.find((row) => row.stepMs === stepMs);
  const flushed = old.filter(({ level }) => level === 0);
  const demoted = retention.slice(1).some(({ stepMs }) => knownOf(stepMs)?.level === 0);
  if (demoted && flushed.length > 1) throw mixedSteps(retention, flushed);
  // A flushed step that becomes a tier has all points up to the end; the new first one has those from there on.
  const endMs = demoted ? await endOfAll(session, tiers) : 0;
  const rows: TierRow[] = [];
  for (const [level, tier] of retention.entries()) {
    const known = knownOf(tier.stepMs);
    const finer = rows.at(-1);
    let sinceMs = known?.heldSinceMs ?? (demoted ? endMs : tiers.levels[0]!.heldSinceMs);
    if (known === undefined && finer !== undefined) sinceMs = upTo(finer.heldSinceMs, tier.stepMs);
    if (level > 0 && known === undefined) await markRolled(session, tier.stepMs, sinceMs);
    if (level > 0 && known?.level === 0) await markRolled(session, tier.stepMs, endMs);
    // At an edge of the buckets that are read before it, so that the two do not overlap. A new tier is not: it
    // holds nothing as old.
    const before = retention.slice(level + 1).find(({ stepMs }) => knownOf(stepMs) !== undefined);
    if (before !== undefined) sinceMs = upTo(sinceMs, before.stepMs);
    rows.push({ ...tier, level, heldSinceMs: sinceMs });
  }
  const [first] = rows;
  // Where a tier becomes the first one, it has all that was flushed; otherwise the flushed stay beside the new.
  const contained = (knownOf(first!.stepMs)?.level ?? 0) > 0;
  const gone = old.filter(({ stepMs }) => rows.every((row) => row.stepMs !== stepMs));
  for (const row of gone) {
    if (row.level === 0 && !contained) rows.push({ ...first!, stepMs: row.stepMs });
    else rows.push({ ...row, level: -1, heldSinceMs: 0 });
    await moveSpans(session, row.stepMs, rows);
  }
  await store(session, rows);
}

/**
 * The newest point of a series may have been in a step that is given up: the next coarser tier has it as well.
 */
async function moveSpans(session: Session, stepMs: number, rows: readonly TierRow[]): Promise<void> {
  if (rows.some((row) => row.stepMs === stepMs && row.level >= 0)) return;
  const heir = rows.find((row) => row.level >= 0 && row.stepMs > stepMs);
  if (heir === undefined) return;
  await session.run(
    'UPDATE series_span SET last_step_ms = ?1, last_ms = last_ms - last_ms % ?1 WHERE last_step_ms = ?2',
    [heir.stepMs, stepMs],
  );
}

const upTo = (timeMs: number, stepMs: number): number => Math.ceil(timeMs / stepMs) * stepMs;

async function markRolled(session: Session, stepMs: number, untilMs: number): Promise<void> {
  for (const table of pointTables) await setRolled(session, table, stepMs, { untilMs, series: 0 });
}

async function dropPoints(session: Session, stepMs: number): Promise<void> {
  for (const { name } of pointTables) {
    await session.run(`DELETE FROM ${name} WHERE step_ms = ?`, [stepMs]);
  }
  await session.run('DELETE FROM block WHERE step_ms = ?', [stepMs]);
  await session.run('DELETE FROM sealed WHERE step_ms = ?', [stepMs]);
  await session.run('DELETE FROM rolled WHERE step_ms = ?', [stepMs]);
}

async function store(session: Session, rows: readonly TierRow[]): Promise<void> {
  await session.run('DELETE FROM tier');
  for (const { stepMs, keepMs, level, heldSinceMs } of rows) {
    await session.run('INSERT INTO tier (step_ms, keep_ms, level, held_since_ms) VALUES (?, ?, ?, ?)', [
      ...[stepMs, keepMs, level, heldSinceMs],
    ]);
  }
}

function mixedSteps(retention: Retention, flushed: readonly TierRow[]): ConfigError {
  const steps = flushed.map(({ stepMs }) => durationText(stepMs)).join(' and ');
  return new ConfigError(
    `retention: ${retentionText(retention)} would roll up into steps that this database has flushes of, of ${steps}; ` +
      'keep the first two steps as they are until the older of them have expired',
  );
}
