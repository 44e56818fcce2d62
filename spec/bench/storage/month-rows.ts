import type { Session, SqlValue } from '../../../lib/storage/sqlite/owner.js';
import type { PointRow, PointTable } from '../../../lib/storage/sqlite/point-tables.js';
import { chunks, placeholders } from '../../../lib/storage/sqlite/rows.js';
import { bucketOf } from '../../../lib/storage/sqlite/tiers.js';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const flushMs = 10_000;
const rowsPerInsert = 256;

interface StepRow {
  readonly stepMs: number;
  readonly row: PointRow;
}

/**
 * In the order of the table's key, as flushes leave them.
 *
 * @param alike by series, the series that have its rows
 */
export async function insertRows(
  session: Session,
  table: PointTable,
  rows: StepRow[],
  alike: ReadonlyMap<number, readonly number[]>,
): Promise<void> {
  const columns = ['step_ms', 'time_ms', 'series', ...table.columns];
  for (const some of chunksInOrder(rows, alike)) {
    const values = some.flatMap(({ stepMs, row }): SqlValue[] => [
      ...[stepMs, row.time_ms, row.series],
      ...table.columns.map((name) => row[name] ?? null),
    ]);
    const sql = `INSERT INTO ${table.name} (${columns.join()}) VALUES ${placeholders(some.length, columns.length)}`;
    await session.run(sql, values);
  }
}

function* chunksInOrder(
  rows: StepRow[],
  alike: ReadonlyMap<number, readonly number[]>,
): Generator<readonly StepRow[]> {
  rows.sort((a, b) => a.stepMs - b.stepMs || a.row.time_ms - b.row.time_ms);
  for (let start = 0, end = 0; start < rows.length; start = end) {
    const { stepMs, row } = rows[start]!;
    while (rows[end]?.stepMs === stepMs && rows[end]?.row.time_ms === row.time_ms) end += 1;
    const bucket = rows
      .slice(start, end)
      .flatMap((one) => alike.get(one.row.series)!.map((series) => ({ stepMs, row: { ...one.row, series } })))
      .sort((a, b) => a.row.series - b.row.series);
    yield* chunks(bucket, rowsPerInsert);
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
