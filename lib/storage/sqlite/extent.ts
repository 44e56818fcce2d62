import type { TimeWindow } from '../store.js';
import { stepsOf } from './buckets.js';
import type { Owner } from './owner.js';
import { pointTables } from './point-tables.js';
import { Tiers } from './tiers.js';

interface Ends {
  readonly first: number | null;
  readonly last: number | null;
}

/** From the start of the first bucket that any tier has to the end of the last one. */
export async function readExtent(owner: Owner): Promise<TimeWindow | undefined> {
  let extent: TimeWindow | undefined;
  const { deadStepsMs } = await Tiers.read(owner);
  const sealed = await owner.all<{ kind: number; step_ms: number }>('SELECT kind, step_ms FROM sealed');
  for (const { name, kind } of pointTables) {
    const steps = new Set(await stepsOf(owner, { name }));
    for (const { step_ms } of sealed.filter((one) => one.kind === kind)) steps.add(step_ms);
    for (const stepMs of steps) {
      if (deadStepsMs.includes(stepMs)) continue;
      // Two statements a pair: min() and max() in one would read all rows.
      const found = await owner.all<Ends>(
        `SELECT (SELECT min(time_ms) FROM ${name} WHERE step_ms = ?1) AS first,
           (SELECT max(time_ms) FROM ${name} WHERE step_ms = ?1) AS last
         UNION ALL SELECT ${endOfBlocks('min', 'first_bucket')}, ${endOfBlocks('max', 'last_bucket')}`,
        [stepMs, kind],
      );
      for (const { first, last } of found) {
        if (first === null || last === null) continue;
        extent = {
          sinceMs: Math.min(extent?.sinceMs ?? Infinity, first),
          untilMs: Math.max(extent?.untilMs ?? -Infinity, last + stepMs),
        };
      }
    }
  }
  return extent;
}

/** The outermost bucket of the outermost span; the index has both. */
function endOfBlocks(end: 'min' | 'max', bucket: string): string {
  return `(SELECT ${end}(start_ms + ${bucket} * step_ms) FROM block WHERE kind = ?2 AND step_ms = ?1
    AND start_ms = (SELECT ${end}(start_ms) FROM block WHERE kind = ?2 AND step_ms = ?1))`;
}
