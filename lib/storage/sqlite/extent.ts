import type { TimeWindow } from '../store.js';
import { stepsSql } from './buckets.js';
import type { Owner } from './owner.js';
import { pointTables } from './point-tables.js';

interface Ends {
  readonly tiers: number;
  readonly first: number | null;
  readonly last: number | null;
}

/** From the start of the first bucket that any tier has to the end of the last one. */
export async function readExtent(owner: Owner): Promise<TimeWindow | undefined> {
  let [ends] = await owner.all<Ends>(endsOfTiersSql);
  if (ends?.tiers === 0) [ends] = await owner.all<Ends>(endsOfAllSql);
  const { first = null, last = null } = ends ?? {};
  return first === null || last === null ? undefined : { sinceMs: first, untilMs: last };
}

/** Where the rows of each table and step begin and end: a min() and a max() in one SELECT would read all rows. */
const rowsSql = (stepsOf: (table: string) => string): string =>
  pointTables
    .map(
      ({ name }) => `SELECT
  (SELECT min(time_ms) FROM ${name} WHERE step_ms = s.step_ms),
  (SELECT max(time_ms) FROM ${name} WHERE step_ms = s.step_ms) + s.step_ms
FROM ${stepsOf(name)} AS s`,
    )
    .join('\nUNION ALL ');

/*
 * One statement for all: each table and step by itself would take the way to the driver's thread and back thirty times.
 * Of blocks the index tells in which span they begin and end; only those that may be the outermost are looked through,
 * for they are as many as there are series.
 */
const endsSql = (tables: string, stepsOf: (table: string) => string, isWanted: string): string => `
WITH RECURSIVE ${tables}
rows (first, last) AS MATERIALIZED (${rowsSql(stepsOf)}),
spans (kind, step_ms, span_ms, first, last) AS MATERIALIZED (
  SELECT kind, step_ms, span_ms,
    (SELECT min(start_ms) FROM block WHERE kind = sealed.kind AND step_ms = sealed.step_ms),
    (SELECT max(start_ms) FROM block WHERE kind = sealed.kind AND step_ms = sealed.step_ms)
  FROM sealed WHERE ${isWanted}),
ends (first, last) AS (
  SELECT first, last FROM rows
  UNION ALL SELECT (SELECT min(start_ms + first_bucket * step_ms) FROM block
    WHERE kind = s.kind AND step_ms = s.step_ms AND start_ms = s.first), NULL
  FROM spans AS s WHERE first < (SELECT min(first + span_ms) FROM spans)
  UNION ALL SELECT NULL, (SELECT max(start_ms + (last_bucket + 1) * step_ms) FROM block
    WHERE kind = s.kind AND step_ms = s.step_ms AND start_ms = s.last)
  FROM spans AS s WHERE last + span_ms > (SELECT coalesce(max(last), 0) FROM rows))
SELECT (SELECT count(*) FROM tier) AS tiers, min(first) AS first, max(last) AS last FROM ends`;

const endsOfTiersSql = endsSql(
  'step (step_ms) AS (SELECT step_ms FROM tier WHERE level >= 0),',
  () => 'step',
  'step_ms IN (SELECT step_ms FROM step)',
);

/** Where nobody has said what is kept, whatever there is. */
const endsOfAllSql = endsSql(
  pointTables.map((table) => `${stepsSql(`${table.name}_step`, table)},`).join('\n'),
  (table) => `${table}_step`,
  'TRUE',
);
