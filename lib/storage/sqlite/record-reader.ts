import type { BadLine } from '../../flush/flush.js';
import type { CheckRecord, EventRecord } from '../../metric.js';
import type { IngestInterval, TimeWindow } from '../store.js';
import type { Owner } from './owner.js';
import { tagsFromText } from './tag-text.js';

const rowsPerBatch = 2000;

type Row = Readonly<Record<string, string | number | null>>;

/**
 * Rows of a table whose time lies in the window, ordered by it: in batches, so that the main thread gets its
 * turns.
 */
async function inWindow<Read>(
  owner: Owner,
  table: string,
  time: string,
  window: TimeWindow,
  read: (row: Row) => Read,
): Promise<Read[]> {
  const sql = `SELECT * FROM ${table} WHERE (${time}, id) > (?1, ?2) AND ${time} < ?3
    ORDER BY ${time}, id LIMIT ${rowsPerBatch}`;
  const found: Read[] = [];
  let from = [window.sinceMs, -1];
  for (;;) {
    const rows = await owner.all<Row>(sql, [...from, window.untilMs]);
    for (const row of rows) found.push(read(row));
    if (rows.length < rowsPerBatch) return found;
    const last = rows.at(-1)!;
    from = [number(last, time), number(last, 'id')];
  }
}

const number = (row: Row, column: string): number => row[column] as number;
const text = (row: Row, column: string): string => row[column] as string;
const optionalText = (row: Row, column: string): string | undefined => text(row, column) ?? undefined;

export function readIngest(owner: Owner, window: TimeWindow): Promise<IngestInterval[]> {
  return inWindow(owner, 'flush', 'start_ms', window, (row) => ({
    source: text(row, 'source'),
    timeMs: number(row, 'start_ms'),
    stepMs: number(row, 'interval_ms'),
    datagrams: number(row, 'datagrams'),
    bytes: number(row, 'bytes'),
    lines: number(row, 'lines'),
    badLines: JSON.parse(text(row, 'bad_lines')) as Record<string, number>,
    unknownFields: number(row, 'unknown_fields'),
    datagramsDropped: number(row, 'datagrams_dropped') ?? undefined,
    samplesOverflowed: number(row, 'samples_overflowed'),
    seriesLive: number(row, 'series_live'),
    seriesRefused: number(row, 'series_refused'),
    flushDurationMs: number(row, 'flush_duration_ms'),
  }));
}

export function readEvents(owner: Owner, window: TimeWindow): Promise<EventRecord[]> {
  return inWindow(owner, 'event', 'time_ms', window, (row) => ({
    timeMs: number(row, 'time_ms'),
    title: text(row, 'title'),
    text: text(row, 'text'),
    host: optionalText(row, 'host'),
    aggregationKey: optionalText(row, 'aggregation_key'),
    priority: text(row, 'priority') as EventRecord['priority'],
    sourceType: optionalText(row, 'source_type'),
    alertType: text(row, 'alert_type') as EventRecord['alertType'],
    tags: tagsFromText(text(row, 'tags')),
  }));
}

export function readChecks(owner: Owner, window: TimeWindow): Promise<CheckRecord[]> {
  return inWindow(owner, 'service_check', 'time_ms', window, (row) => ({
    timeMs: number(row, 'time_ms'),
    name: text(row, 'name'),
    status: number(row, 'status') as CheckRecord['status'],
    host: optionalText(row, 'host'),
    message: optionalText(row, 'message'),
    tags: tagsFromText(text(row, 'tags')),
  }));
}

/** Bad lines seen in the window, the latest first. */
export async function readBadLines(owner: Owner, window: TimeWindow): Promise<BadLine[]> {
  const rows = await owner.all<Row>(
    `SELECT * FROM bad_line WHERE last_seen_ms >= ? AND first_seen_ms < ? ORDER BY last_seen_ms DESC`,
    [window.sinceMs, window.untilMs],
  );
  return rows.map((row) => ({
    reason: text(row, 'reason'),
    sender: text(row, 'sender'),
    sample: text(row, 'sample'),
    count: number(row, 'count'),
    firstSeenMs: number(row, 'first_seen_ms'),
    lastSeenMs: number(row, 'last_seen_ms'),
  }));
}
