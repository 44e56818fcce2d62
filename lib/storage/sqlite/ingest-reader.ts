import type { IngestInterval, TimeWindow } from '../store.js';
import type { Owner } from './owner.js';
import { readIngest } from './record-reader.js';

const longestMs = 3_600_000;
/** Below, joining would save little. */
const shortestMs = 60_000;

/** The flushes of one server that start in one stretch of time, added up by SQLite. */
interface Joined {
  readonly source: string;
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

const joinedSql = `SELECT source, min(start_ms) AS timeMs, max(start_ms + interval_ms) - min(start_ms) AS stepMs,
  sum(interval_ms) AS coveredMs, count(*) AS flushes, count(DISTINCT start_ms) AS starts,
  sum(datagrams) AS datagrams, sum(bytes) AS bytes, sum(lines) AS lines,
  group_concat(nullif(bad_lines, '{}')) AS badLines, sum(unknown_fields) AS unknownFields,
  sum(datagrams_dropped) AS datagramsDropped, sum(samples_overflowed) AS samplesOverflowed,
  max(series_live) AS seriesLive, sum(series_refused) AS seriesRefused, sum(flush_duration_ms) AS flushDurationMs
FROM flush WHERE start_ms >= ?1 AND start_ms < ?2
GROUP BY start_ms / ?3, source ORDER BY start_ms / ?3, source`;

/**
 * What was received, as few intervals as it takes: those of a server that follow each other without a gap are
 * one, up to an hour. Tens of thousands of rows of objects cost a report half a second, their sums in SQLite a
 * tenth of that.
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
  const rows = await owner.all<Joined>(joinedSql, [window.sinceMs, window.untilMs, stretchMs]);
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

/** Whether the flushes fill their stretch, each a part of its own. */
function isWhole({ stepMs, coveredMs, flushes, starts }: Joined): boolean {
  return coveredMs === stepMs && flushes === starts;
}

function toInterval({
  coveredMs: _covered,
  starts: _starts,
  badLines,
  datagramsDropped,
  ...row
}: Joined): IngestInterval {
  const sums = new Map<string, number>();
  for (const part of JSON.parse(`[${badLines ?? ''}]`) as Record<string, number>[]) {
    for (const [reason, count] of Object.entries(part)) sums.set(reason, (sums.get(reason) ?? 0) + count);
  }
  return { ...row, badLines: Object.fromEntries(sums), datagramsDropped: datagramsDropped ?? undefined };
}
