import type { IngestInterval, TimeWindow } from '../store.js';
import { hourMs, sumsSql, wholeSql } from './flush-sums.js';
import type { Owner, SqlValue } from './owner.js';
import { readIngest } from './record-reader.js';

/** Below, joining would save little. */
const shortestMs = 60_000;

/** What the flushes that start in one stretch of time add up to, as SQLite says it in a few bytes. */
type Sums = readonly [
  /** Whether several servers wrote them. */
  mixed: 0 | 1,
  whole: 0 | 1,
  /** JSON objects of counts by reason, with commas between; null where there were none. */
  badLines: string | null,
  flushes: number,
  source: string,
  timeMs: number,
  stepMs: number,
  datagrams: number,
  bytes: number,
  lines: number,
  unknownFields: number,
  datagramsDropped: number | null,
  samplesOverflowed: number,
  seriesLive: number,
  seriesRefused: number,
  flushDurationMs: number,
];

const badLinesSql = `nullif(bad_lines, '{}')`;
const readySql = `json_array(0, 1, ${badLinesSql}, ${Object.keys(sumsSql).join()})`;

/** A subquery for each part walks the index on start_ms: GROUP BY would first put every row into a table of its own. */
const addUpSql = (condition = ''): string => `(
  SELECT json_array(min(source) <> max(source), ${wholeSql}, group_concat(${badLinesSql}), ${Object.values(sumsSql).join()})
  FROM flush
  WHERE flush.start_ms >= max(part.since_ms, ?1) AND flush.start_ms < min(part.since_ms + ?3, ?2) ${condition})`;

/** All as one text: rows are what costs the main thread time. */
const asOne = (parts: string): string =>
  `SELECT '[' || coalesce(group_concat(sums), '') || ']' AS sums FROM (${parts})`;

/** An hour that the window cuts, or that is not added up yet or cannot be, is added up from its flushes. */
export const hoursSql = asOne(`
SELECT CASE WHEN whole = 1 AND since_ms >= ?1 AND since_ms + ?3 <= ?2 THEN ${readySql} ELSE ${addUpSql()} END AS sums
FROM (SELECT hour_ms AS since_ms, * FROM flush_hour) AS part
WHERE since_ms > ?1 - ?3 AND since_ms < ?2 ORDER BY since_ms`);

const stretchesSql = asOne(`
WITH RECURSIVE
  written (since_ms, until_ms) AS (SELECT
    max(?1, (SELECT start_ms FROM flush ORDER BY start_ms LIMIT 1)),
    min(?2, (SELECT start_ms FROM flush ORDER BY start_ms DESC LIMIT 1) + 1)),
  part (since_ms) AS (
    SELECT CAST(since_ms / ?3 AS INTEGER) * ?3 FROM written
    UNION ALL SELECT part.since_ms + ?3 FROM part, written WHERE part.since_ms + ?3 < until_ms)
SELECT ${addUpSql()} AS sums FROM part`);

/** Of each server, in the stretches that are given as JSON. */
const serversSql = asOne(`
SELECT ${addUpSql('AND flush.source = part.source')} AS sums FROM (
  SELECT DISTINCT value AS since_ms, source FROM json_each(?4) CROSS JOIN flush
  WHERE start_ms >= max(value, ?1) AND start_ms < min(value + ?3, ?2)) AS part
ORDER BY since_ms, source`);

/**
 * What was received, as few intervals as it takes: those of a server that follow each other without a gap are
 * one, up to an hour. Tens of thousands of rows of objects cost a report half a second, their sums in SQLite a
 * twentieth of that, and hours that are added up already a tenth of it again.
 *
 * @param alignMs no interval may lie across a multiple of it
 */
export async function readJoinedIngest(
  owner: Owner,
  window: TimeWindow,
  alignMs: number,
): Promise<IngestInterval[]> {
  const stretchMs = alignMs === Number.POSITIVE_INFINITY || alignMs % hourMs === 0 ? hourMs : alignMs;
  if (stretchMs < shortestMs || hourMs % stretchMs !== 0) return readIngest(owner, window);
  const stretchOf = (sums: Sums): number => Math.floor(sums[5] / stretchMs) * stretchMs;
  const rows = await sumsOfStretches(owner, window, stretchMs, stretchOf);
  const broken = new Set<number>();
  for (const sums of rows) if (sums[1] === 0) broken.add(stretchOf(sums));
  const found: IngestInterval[] = [];
  let readUntilMs = Number.NEGATIVE_INFINITY;
  for (const sums of rows) {
    const sinceMs = stretchOf(sums);
    if (!broken.has(sinceMs)) found.push(toInterval(sums));
    if (!broken.has(sinceMs) || sinceMs < readUntilMs) continue;
    readUntilMs = sinceMs + stretchMs;
    const part = {
      sinceMs: Math.max(window.sinceMs, sinceMs),
      untilMs: Math.min(window.untilMs, readUntilMs),
    };
    for (const interval of await readIngest(owner, part)) found.push(interval);
  }
  return found;
}

/** The sums of each stretch and server that has any, by time and then by server. */
async function sumsOfStretches(
  owner: Owner,
  window: TimeWindow,
  stretchMs: number,
  stretchOf: (sums: Sums) => number,
): Promise<Sums[]> {
  const read = async (sql: string, ...more: SqlValue[]): Promise<Sums[]> => {
    const values = [window.sinceMs, window.untilMs, stretchMs, ...more];
    const [row] = await owner.all<{ sums: string }>(sql, values);
    return (JSON.parse(row!.sums) as Sums[]).filter((sums) => sums[3] > 0);
  };
  const all = await read(stretchMs === hourMs ? hoursSql : stretchesSql);
  const mixed = all.filter((sums) => sums[0] === 1).map(stretchOf);
  if (mixed.length === 0) return all;
  const apart = await read(serversSql, JSON.stringify(mixed));
  const others = all.filter((sums) => sums[0] === 0);
  return [...others, ...apart].sort((a, b) => stretchOf(a) - stretchOf(b));
}

/** By index: in code that runs once, taking an array apart by name costs four times as much. */
function toInterval(sums: Sums): IngestInterval {
  return {
    source: sums[4],
    timeMs: sums[5],
    stepMs: sums[6],
    flushes: sums[3],
    datagrams: sums[7],
    bytes: sums[8],
    lines: sums[9],
    badLines: sums[2] === null ? {} : addedUp(sums[2]),
    unknownFields: sums[10],
    datagramsDropped: sums[11] ?? undefined,
    samplesOverflowed: sums[12],
    seriesLive: sums[13],
    seriesRefused: sums[14],
    flushDurationMs: sums[15],
  };
}

function addedUp(badLines: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const part of JSON.parse(`[${badLines}]`) as Record<string, number>[]) {
    for (const [reason, count] of Object.entries(part)) counts[reason] = (counts[reason] ?? 0) + count;
  }
  return counts;
}
