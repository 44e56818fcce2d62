import type { PointTable } from './point-tables.js';

/**
 * Rolling up where SQLite can do the arithmetic: `mergePartial` of lib/aggregate/partial.ts in SQL, proved
 * against it by spec. Parameters: ?1 finer buckets as JSON `[[step, start], …]`, ?2 and ?3 series after and up
 * to, ?4 step and ?5 start of the coarse bucket.
 */
export function rollUpSql({ name, columns }: PointTable): string {
  return `INSERT OR REPLACE INTO ${name} (step_ms, time_ms, series, ${columns.join()}) ${selects[name]}`;
}

const parts = (table: string): string => `json_each(?1) AS part CROSS JOIN ${table} AS p
  ON p.step_ms = part.value ->> 0 AND p.time_ms = part.value ->> 1 AND p.series > ?2 AND p.series <= ?3`;

/** A sum that is not a number is stored as NULL, which SQLite's sum() would pass over. */
const sumOf = (column: string): string => `CASE WHEN count(${column}) = count(*) THEN sum(${column}) END`;

const counters = `SELECT ?4, ?5, p.series, ${sumOf('p.sum')}, sum(p.samples)
FROM ${parts('counter_point')} GROUP BY p.series ORDER BY p.series`;

const oneValue = 'samples = 1 AND min = last AND max = last AND sum = last';

// With one max() in it, a SELECT takes its bare columns from the row of the maximum
// (https://sqlite.org/lang_select.html#bareagg); so the latest value is a query of its own.
const gauges = `WITH part AS MATERIALIZED (
  SELECT p.series AS series, p.time_ms + p.last_after_ms AS at, p.last AS last, p.samples AS samples,
    coalesce(p.min, p.last) AS min, coalesce(p.max, p.last) AS max, coalesce(p.sum, p.last) AS sum
  FROM ${parts('gauge_point')}
), latest AS (SELECT series, max(at) AS at, last FROM part GROUP BY series),
total AS (
  SELECT series, sum(samples) AS samples, min(min) AS min, max(max) AS max, ${sumOf('sum')} AS sum
  FROM part GROUP BY series
)
SELECT ?4, ?5, total.series, last, at - ?5, samples, iif(${oneValue}, NULL, min), iif(${oneValue}, NULL, max),
  iif(${oneValue}, NULL, sum)
FROM total JOIN latest ON latest.series = total.series ORDER BY total.series`;

const selects: Readonly<Record<string, string>> = { counter_point: counters, gauge_point: gauges };
