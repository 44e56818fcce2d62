import { type BadLine, type Flush, heardBy } from '../../flush/flush.js';
import type { CheckRecord, EventRecord } from '../../metric.js';
import type { Session, SqlValue } from './owner.js';
import { chunks, placeholders, rowsPerStatement } from './rows.js';
import { tagsToText } from './tag-text.js';

/** Kinds of bad line kept, the most recently seen: senders' addresses can be forged without end. */
const maxBadLines = 1000;

/** Writes the row of a flush. False when a flush with this id was written before. */
export async function writeFlushRow(session: Session, flush: Flush): Promise<boolean> {
  const { ingest } = flush;
  const { sinceMs, untilMs } = heardBy(flush);
  const row: Readonly<Record<string, SqlValue>> = {
    flush_id: flush.id,
    source: flush.source,
    start_ms: sinceMs,
    interval_ms: untilMs - sinceMs,
    datagrams: ingest.datagrams,
    bytes: ingest.bytes,
    lines: ingest.lines,
    bad_lines: JSON.stringify(ingest.badLines),
    unknown_fields: ingest.unknownFields,
    datagrams_dropped: ingest.datagramsDropped ?? null,
    samples_overflowed: ingest.samplesOverflowed,
    series_live: ingest.seriesLive,
    series_refused: ingest.seriesRefused,
    flush_duration_ms: ingest.flushDurationMs,
  };
  const columns = Object.keys(row);
  const changed = await session.run(
    `INSERT INTO flush (${columns.join()}) VALUES ${placeholders(1, columns.length)}
     ON CONFLICT (flush_id) DO NOTHING`,
    Object.values(row),
  );
  return changed > 0;
}

export function writeEvents(session: Session, events: readonly EventRecord[]): Promise<void> {
  const columns = [
    ...['time_ms', 'title', 'text', 'host', 'aggregation_key'],
    ...['priority', 'source_type', 'alert_type', 'tags'],
  ];
  const rows = events.map((event) => [
    ...[event.timeMs, event.title, event.text, event.host ?? null, event.aggregationKey ?? null],
    ...[event.priority, event.sourceType ?? null, event.alertType, tagsToText(event.tags)],
  ]);
  return insert(session, 'event', columns, rows);
}

export function writeChecks(session: Session, checks: readonly CheckRecord[]): Promise<void> {
  const columns = ['time_ms', 'name', 'status', 'host', 'message', 'tags'];
  const rows = checks.map((check) => [
    ...[check.timeMs, check.name, check.status, check.host ?? null, check.message ?? null],
    tagsToText(check.tags),
  ]);
  return insert(session, 'service_check', columns, rows);
}

/** Adds bad lines to those of the same reason and sender; the newest sample stays. */
export async function writeBadLines(session: Session, badLines: readonly BadLine[]): Promise<void> {
  const columns = ['reason', 'sender', 'sample', 'count', 'first_seen_ms', 'last_seen_ms'];
  const rows = badLines.map((bad) => [
    ...[bad.reason, bad.sender, bad.sample, bad.count, bad.firstSeenMs, bad.lastSeenMs],
  ]);
  await insert(
    session,
    'bad_line',
    columns,
    rows,
    `ON CONFLICT (reason, sender) DO UPDATE SET
       sample = CASE WHEN excluded.last_seen_ms >= last_seen_ms THEN excluded.sample ELSE sample END,
       count = count + excluded.count,
       first_seen_ms = min(first_seen_ms, excluded.first_seen_ms),
       last_seen_ms = max(last_seen_ms, excluded.last_seen_ms)`,
  );
  if (rows.length === 0) return;
  await session.run(
    `DELETE FROM bad_line WHERE (reason, sender) IN
       (SELECT reason, sender FROM bad_line ORDER BY last_seen_ms DESC LIMIT -1 OFFSET ?)`,
    [maxBadLines],
  );
}

async function insert(
  session: Session,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly SqlValue[])[],
  onConflict = '',
): Promise<void> {
  for (const part of chunks(rows, rowsPerStatement)) {
    await session.run(
      `INSERT INTO ${table} (${columns.join()}) VALUES ${placeholders(part.length, columns.length)} ${onConflict}`,
      part.flat(),
    );
  }
}
