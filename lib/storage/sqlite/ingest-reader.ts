import type { IngestInterval, TimeWindow } from '../store.js';
import type { Owner } from './owner.js';
import { readIngest } from './record-reader.js';

const longestMs = 3_600_000;
/** Below, joining would save little. */
const shortestMs = 60_000;

/** The flushes that start in one stretch of time, added up by SQLite. */
interface Sums {
  /** First and last in alphabetical order, which are the same where one server wrote them all. */
  readonly source: string;
  readonly lastSource: string;
  readonly timeMs: number;
  readonly stepMs: number;
  readonly coveredMs: number;
  readonly flushes: number;
  readonly starts: number;
  readonly datagrams: number;
  readonly bytes: number;
  readonly lines: number;
  /** JSON objects of counts by reason, with commas between; null where there were none. */
  readonly badLines: string | null;
  readonly unknownFields: number;
  readonly datagramsDropped: number | null;
  readonly samplesOverflowed: number;
  readonly seriesLive: number;
  readonly seriesRefused: number;
  readonly flushDurationMs: number;
}

const sums = `json_object(
    'source', min(source), 'lastSource', max(source),
    'timeMs', min(start_ms), 'stepMs', max(start_ms + interval_ms) - min(start_ms),
    'coveredMs', sum(interval_ms), 'flushes', count(*), 'starts', count(DISTINCT start_ms),
    'datagrams', sum(datagrams), 'bytes', sum(bytes), 'lines', sum(lines),
    'badLines', group_concat(nullif(bad_lines, '{}')), 'unknownFields', sum(unknown_fields),
    'datagramsDropped', sum(datagrams_dropped), 'samplesOverflowed', sum(samples_overflowed),
    'seriesLive', max(series_live), 'seriesRefused', sum(series_refused), 'flushDurationMs', sum(flush_duration_ms))`;

/*
 * A subquery for each stretch walks the index on start_ms. GROUP BY would put every row into a table of its own
 * first, which takes twice as long as the sums.
 */
const sumsSql = (condition: string): string => `
WITH RECURSIVE
  written (since_ms, until_ms) AS (SELECT
    max(?1, (SELECT start_ms FROM flush ORDER BY start_ms LIMIT 1)),
    min(?2, (SELECT start_ms FROM flush ORDER BY start_ms DESC LIMIT 1) + 1)),
  stretch (since_ms) AS (
    SELECT CAST(since_ms / ?3 AS INTEGER) * ?3 FROM written
    UNION ALL SELECT stretch.since_ms + ?3 FROM stretch, written WHERE stretch.since_ms + ?3 < until_ms)
SELECT (SELECT ${sums} FROM flush
  WHERE start_ms >= max(stretch.since_ms, ?1) AND start_ms < min(stretch.since_ms + ?3, ?2) ${condition}) AS sums
FROM stretch`;

const sumsOfAllSql = sumsSql('');
const sumsOfOneSql = sumsSql('AND source = ?4');

/**
 * What was received, as few intervals as it takes: those of a server that follow each other without a gap are
 * one, up to an hour. Tens of thousands of rows of objects cost a report half a second, their sums in SQLite a
 * twentieth of that.
 *
 * @param alignMs no interval may lie across a multiple of it
 */
export async function readJoinedIngest(
  owner: Owner,
  window: TimeWindow,
  alignMs: number,
): Promise<IngestInterval[]> {
  const stretchMs = alignMs === Number.POSITIVE_INFINITY || alignMs % longestMs === 0 ? longestMs : alignMs;
  if (stretchMs < shortestMs || longestMs % stretchMs !== 0) return readIngest(owner, window);
  const rows = await sumsOfStretches(owner, window, stretchMs);
  const found: IngestInterval[] = [];
  let readUntilMs = Number.NEGATIVE_INFINITY;
  const broken = new Set(
    rows.filter((row) => !isWhole(row)).map((row) => Math.floor(row.timeMs / stretchMs)),
  );
  for (const row of rows) {
    const stretch = Math.floor(row.timeMs / stretchMs);
    if (!broken.has(stretch)) found.push(toInterval(row));
    if (!broken.has(stretch) || row.timeMs < readUntilMs) continue;
    readUntilMs = (stretch + 1) * stretchMs;
    const part = {
      sinceMs: Math.max(window.sinceMs, stretch * stretchMs),
      untilMs: Math.min(window.untilMs, readUntilMs),
    };
    for (const interval of await readIngest(owner, part)) found.push(interval);
  }
  return found;
}

/** The sums of each stretch and server that has any, by time and then by server. */
async function sumsOfStretches(owner: Owner, window: TimeWindow, stretchMs: number): Promise<Sums[]> {
  const limits = [window.sinceMs, window.untilMs, stretchMs];
  const read = async (sql: string, values: readonly (string | number)[]): Promise<Sums[]> => {
    const rows = await owner.all<{ sums: string }>(sql, values);
    return rows.map((row) => JSON.parse(row.sums) as Sums).filter(({ flushes }) => flushes > 0);
  };
  const all = await read(sumsOfAllSql, limits);
  if (all.every(({ source, lastSource }) => source === lastSource)) return all;
  const sources = await owner.all<{ source: string }>(
    'SELECT DISTINCT source FROM flush WHERE start_ms >= ? AND start_ms < ? ORDER BY source',
    [window.sinceMs, window.untilMs],
  );
  const parts: Sums[][] = [];
  for (const { source } of sources) parts.push(await read(sumsOfOneSql, [...limits, source]));
  const stretchOf = ({ timeMs }: Sums): number => Math.floor(timeMs / stretchMs);
  return parts.flat().sort((a, b) => stretchOf(a) - stretchOf(b));
}

/** Whether the flushes fill their stretch, each a part of its own. */
function isWhole({ stepMs, coveredMs, flushes, starts }: Sums): boolean {
  return coveredMs === stepMs && flushes === starts;
}

function toInterval(row: Sums): IngestInterval {
  const counts: Record<string, number> = {};
  for (const part of JSON.parse(`[${row.badLines ?? ''}]`) as Record<string, number>[]) {
    for (const [reason, count] of Object.entries(part)) counts[reason] = (counts[reason] ?? 0) + count;
  }
  return {
    source: row.source,
    timeMs: row.timeMs,
    stepMs: row.stepMs,
    flushes: row.flushes,
    datagrams: row.datagrams,
    bytes: row.bytes,
    lines: row.lines,
    badLines: counts,
    unknownFields: row.unknownFields,
    datagramsDropped: row.datagramsDropped ?? undefined,
    samplesOverflowed: row.samplesOverflowed,
    seriesLive: row.seriesLive,
    seriesRefused: row.seriesRefused,
    flushDurationMs: row.flushDurationMs,
  };
}
