export const hourMs = 3_600_000;

const intervalSql = 'max(start_ms + interval_ms) - min(start_ms)';

/** Whether the flushes of one server follow each other without a gap, each a part of its own. */
export const wholeSql = `count(*) = count(DISTINCT start_ms) AND sum(interval_ms) = ${intervalSql}`;

/** What flushes of one server are together, by the columns of `flush` and `flush_hour`; all but their bad lines. */
export const sumsSql = {
  flushes: 'count(*)',
  source: 'min(source)',
  start_ms: 'min(start_ms)',
  interval_ms: intervalSql,
  datagrams: 'sum(datagrams)',
  bytes: 'sum(bytes)',
  lines: 'sum(lines)',
  unknown_fields: 'sum(unknown_fields)',
  datagrams_dropped: 'sum(datagrams_dropped)',
  samples_overflowed: 'sum(samples_overflowed)',
  series_live: 'max(series_live)',
  series_refused: 'sum(series_refused)',
  flush_duration_ms: 'sum(flush_duration_ms)',
} as const;
