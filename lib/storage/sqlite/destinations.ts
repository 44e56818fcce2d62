import type { Session } from './owner.js';
import type { Bucket, PointTable } from './point-tables.js';
import { bucketOf, Tiers } from './tiers.js';

/** A bucket that points of a flush are to be written to, for the series it holds. */
export interface Destination {
  readonly bucket: Bucket;
  holds(series: number): boolean;
}

/** The tiers as this transaction sees them; a step that none of them has joins those that flushes bring. */
export async function tiersFor(session: Session, stepMs: number): Promise<Tiers> {
  const tiers = await Tiers.read(session);
  const [first] = tiers.levels;
  if (first === undefined || tiers.rows.some((row) => row.stepMs === stepMs && row.level >= 0)) return tiers;
  await session.run(
    `INSERT INTO tier (step_ms, keep_ms, level, held_since_ms) VALUES (?, ?, 0, ?)
     ON CONFLICT (step_ms) DO UPDATE SET level = 0, keep_ms = excluded.keep_ms, held_since_ms = excluded.held_since_ms`,
    [stepMs, first.keepMs, first.heldSinceMs],
  );
  return Tiers.read(session);
}

/**
 * Where points of one bucket go, finest first: to their own bucket where its tier still holds that time, and to
 * those of longer buckets that were rolled up before the points came. What is not yet rolled up will bring them
 * along.
 */
export function destinations(
  tiers: Tiers,
  table: PointTable,
  stepMs: number,
  timeMs: number,
): readonly Destination[] {
  if (tiers.levels.length === 0) return [{ bucket: { table, stepMs, timeMs }, holds: () => true }];
  const own = tiers.levels.findIndex(({ stepsMs }) => stepsMs.includes(stepMs));
  const found: Destination[] = [];
  for (const [i, level] of tiers.levels.entries()) {
    if (i < own) continue;
    const lengthMs = i === own ? stepMs : level.stepMs;
    const bucketMs = bucketOf(timeMs, lengthMs);
    if (bucketMs < level.heldSinceMs) continue;
    const bucket = { table, stepMs: lengthMs, timeMs: bucketMs };
    if (i === own) {
      found.push({ bucket, holds: () => true });
      continue;
    }
    const { untilMs, series: last } = tiers.rolled(table, lengthMs);
    if (bucketMs < untilMs) found.push({ bucket, holds: () => true });
    else if (bucketMs === untilMs && last > 0) found.push({ bucket, holds: (series) => series <= last });
  }
  return found;
}
