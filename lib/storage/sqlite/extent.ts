import type { TimeWindow } from '../store.js';
import { stepsSql } from './buckets.js';
import type { Owner } from './owner.js';
import { pointTables } from './point-tables.js';

interface Ends {
  readonly stepMs: number;
  readonly first: number | null;
  readonly last: number | null;
}

/** From the start of the first bucket that any tier has to the end of the last one. */
export async function readExtent(owner: Owner): Promise<TimeWindow | undefined> {
  let extent: TimeWindow | undefined;
  for (const { stepMs, first, last } of await owner.all<Ends>(endsSql)) {
    if (first === null || last === null) continue;
    extent = {
      sinceMs: Math.min(extent?.sinceMs ?? Infinity, first),
      untilMs: Math.max(extent?.untilMs ?? -Infinity, last + stepMs),
    };
  }
  return extent;
}

/*
 * One statement for all tables and steps: each by itself would take the way to the driver's thread and back thirty
 * times. A min() and a max() in one SELECT would read all rows.
 */
const tablesSql = pointTables.map((table) => stepsSql(`${table.name}_step`, table)).join(',\n');

const rowsSql = pointTables
  .map(
    ({ name }) => `SELECT step_ms,
  (SELECT min(time_ms) FROM ${name} WHERE step_ms = ${name}_step.step_ms) AS first,
  (SELECT max(time_ms) FROM ${name} WHERE step_ms = ${name}_step.step_ms) AS last
FROM ${name}_step WHERE step_ms IS NOT NULL`,
  )
  .join('\nUNION ALL ');

const endsSql = `WITH RECURSIVE ${tablesSql},
ends (step_ms, first, last) AS (
  ${rowsSql}
  UNION ALL SELECT step_ms, ${endOfBlocks('min', 'first_bucket')}, ${endOfBlocks('max', 'last_bucket')} FROM sealed)
SELECT step_ms AS stepMs, first, last FROM ends
WHERE step_ms NOT IN (SELECT step_ms FROM tier WHERE level < 0)`;

/** The outermost bucket of the outermost span; the index has both. */
function endOfBlocks(end: 'min' | 'max', bucket: string): string {
  return `(SELECT ${end}(start_ms + ${bucket} * step_ms) FROM block
    WHERE kind = sealed.kind AND step_ms = sealed.step_ms AND start_ms = (
      SELECT ${end}(start_ms) FROM block WHERE kind = sealed.kind AND step_ms = sealed.step_ms))`;
}
