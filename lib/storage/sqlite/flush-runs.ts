import type { Session, SqlValue } from './owner.js';
import { bucketOf, type Tiers } from './tiers.js';

/** Flushes looked at in one slice. */
const flushesPerSlice = 2_000;

/** A row of `flush`, as far as runs are concerned. */
interface FlushRow {
  readonly id: number;
  readonly source: string;
  readonly start_ms: number;
  interval_ms: number;
  datagrams: number;
  bytes: number;
  lines: number;
  bad_lines: string;
  unknown_fields: number;
  datagrams_dropped: number | null;
  samples_overflowed: number;
  series_live: number;
  series_refused: number;
  flush_duration_ms: number;
}

const summed = [
  ...(['datagrams', 'bytes', 'lines', 'unknown_fields', 'samples_overflowed'] as const),
  ...(['series_refused', 'flush_duration_ms'] as const),
];

/**
 * Makes one row of the flushes of a server that follow each other within one bucket of the next tier, once the
 * tier of their own points has let go of it. A gap ends a run, so when a server was running stays known to the
 * flush; two years are some ten thousand rows.
 */
export async function joinFlushes(session: Session, tiers: Tiers): Promise<boolean> {
  for (const [i, next] of tiers.levels.entries()) {
    const level = tiers.levels[i - 1];
    if (level === undefined) continue;
    if (await joinSlice(session, next.stepMs, level.heldSinceMs)) return true;
  }
  return false;
}

async function joinSlice(session: Session, stepMs: number, beforeMs: number): Promise<boolean> {
  const key = `flushes_joined_${stepMs}_ms`;
  const [mark] = await session.all<{ value: number }>('SELECT value FROM meta WHERE key = ?', [key]);
  const fromMs = mark?.value ?? 0;
  if (fromMs >= beforeMs) return false;
  const rows = await session.all<FlushRow>(
    `SELECT * FROM flush WHERE start_ms >= ? AND start_ms < ? ORDER BY start_ms, id LIMIT ${flushesPerSlice}`,
    [fromMs, beforeMs],
  );
  const all = rows.length < flushesPerSlice;
  const lastMs = bucketOf(rows.at(-1)?.start_ms ?? fromMs, stepMs);
  // The last bucket of a full slice may go on behind it; a bucket that fills a slice alone is joined in parts.
  const untilMs = all ? beforeMs : lastMs > fromMs ? lastMs : (rows.at(-1)?.start_ms ?? fromMs) + 1;
  await join(
    session,
    rows.filter((row) => row.start_ms < untilMs),
    stepMs,
  );
  await session.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', [key, untilMs]);
  return true;
}

async function join(session: Session, rows: readonly FlushRow[], stepMs: number): Promise<void> {
  const open = new Map<string, FlushRow>();
  const grown = new Set<FlushRow>();
  const gone: number[] = [];
  for (const row of rows) {
    const run = open.get(row.source);
    if (run !== undefined && belongsTo(run, row, stepMs)) {
      add(run, row);
      grown.add(run);
      gone.push(row.id);
    } else {
      open.set(row.source, row);
    }
  }
  if (gone.length === 0) return;
  for (const run of grown) await update(session, run);
  await session.run('DELETE FROM flush WHERE id IN (SELECT value FROM json_each(?))', [JSON.stringify(gone)]);
}

function belongsTo(run: FlushRow, row: FlushRow, stepMs: number): boolean {
  const sameBucket = bucketOf(run.start_ms, stepMs) === bucketOf(row.start_ms, stepMs);
  return sameBucket && row.start_ms <= run.start_ms + run.interval_ms;
}

function add(run: FlushRow, row: FlushRow): void {
  run.interval_ms = Math.max(run.interval_ms, row.start_ms + row.interval_ms - run.start_ms);
  for (const column of summed) run[column] += row[column];
  run.series_live = Math.max(run.series_live, row.series_live);
  if (row.datagrams_dropped !== null) {
    run.datagrams_dropped = (run.datagrams_dropped ?? 0) + row.datagrams_dropped;
  }
  run.bad_lines = addedUp(run.bad_lines, row.bad_lines);
}

/** Two JSON objects of numbers by reason, added up. */
function addedUp(a: string, b: string): string {
  if (b === '{}' || b === '') return a;
  const sums = new Map(Object.entries(JSON.parse(a) as Record<string, number>));
  for (const [reason, count] of Object.entries(JSON.parse(b) as Record<string, number>)) {
    sums.set(reason, (sums.get(reason) ?? 0) + count);
  }
  return JSON.stringify(Object.fromEntries(sums));
}

function update(
  session: Session,
  { id, source: _source, start_ms: _start, ...values }: FlushRow,
): Promise<number> {
  const { flush_id: _flushId, ...columns } = values as Record<string, SqlValue>;
  const names = Object.keys(columns);
  return session.run(`UPDATE flush SET ${names.map((name) => `${name} = ?`).join()} WHERE id = ?`, [
    ...(Object.values(columns) as SqlValue[]),
    id,
  ]);
}
