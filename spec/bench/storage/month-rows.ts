import type { Session, SqlValue } from '../../../lib/storage/sqlite/owner.js';
import type { PointRow, PointTable } from '../../../lib/storage/sqlite/point-tables.js';
import { placeholders } from '../../../lib/storage/sqlite/rows.js';
import { bucketOf } from '../../../lib/storage/sqlite/tiers.js';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const flushMs = 10_000;
const rowsPerInsert = 256;

/** In the order of the table's key, as flushes leave them. */
export async function insertRows(
  session: Session,
  table: PointTable,
  rows: { stepMs: number; row: PointRow }[],
): Promise<void> {
  const columns = ['step_ms', 'time_ms', 'series', ...table.columns];
  rows.sort((a, b) => a.stepMs - b.stepMs || a.row.time_ms - b.row.time_ms || a.row.series - b.row.series);
  for (let start = 0; start < rows.length; start += rowsPerInsert) {
    const some = rows.slice(start, start + rowsPerInsert);
    const values = some.flatMap(({ stepMs, row }): SqlValue[] => [
      ...[stepMs, row.time_ms, row.series],
      ...table.columns.map((name) => row[name] ?? null),
    ]);
    const sql = `INSERT INTO ${table.name} (${columns.join()}) VALUES ${placeholders(some.length, columns.length)}`;
    await session.run(sql, values);
  }
}

/** One a flush for the last day, joined to one a minute before. */
export async function insertFlushes(session: Session, sinceMs: number, nowMs: number): Promise<void> {
  const joined = bucketOf(nowMs - dayMs, hourMs);
  for (const [stepMs, fromMs, toMs] of [
    [60_000, sinceMs, joined],
    [flushMs, joined, bucketOf(nowMs, flushMs)],
  ] as const) {
    await session.run(
      `INSERT INTO flush (flush_id, source, start_ms, interval_ms, datagrams, bytes, lines, bad_lines, unknown_fields,
         datagrams_dropped, samples_overflowed, series_live, series_refused, flush_duration_ms)
       WITH RECURSIVE time (at) AS (SELECT ?2 UNION ALL SELECT at + ?1 FROM time WHERE at + ?1 < ?3)
       SELECT 'bench-' || at, 'bench', at, ?1, 5000, 150000, 5000, '{}', 0, 0, 0, 1000, 0, 1.5 FROM time`,
      [stepMs, fromMs, toMs],
    );
  }
}
