import { type BlockRow, mergedRows, rowsOf } from './blocks.js';
import { firstBuckets } from './buckets.js';
import { type ExportTable, exportTables } from './export-tables.js';
import { openForReading } from './open-reading.js';
import type { Session, SqlValue } from './owner.js';
import { lookUpSql } from './point-rows.js';
import { type PointRow, type PointTable, pointTables } from './point-tables.js';
import { placeholders } from './rows.js';
import { migrations } from './schema.js';

const rowsPerBatch = 2000;
const blocksPerBatch = 100;

type Row = Readonly<Record<string, SqlValue>>;

/**
 * Gives all that a database holds as lines of JSON, without line breaks: a header, and then one line a row,
 * `{"table":NAME,COLUMN:VALUE,…}` with the columns of lib/docs/storage-format.md. It is the content of one
 * moment, also beside a running server. Bytes are `{"base64":…}`, infinite numbers `{"number":"Infinity"}`.
 *
 * Rejects as a reader's opening does.
 */
export async function exportDatabase(
  path: string,
  take: (line: string) => void | Promise<void>,
): Promise<void> {
  const owner = await openForReading(path);
  try {
    await owner.exclusive(async (session) => {
      // One read transaction: what is written meanwhile is not seen.
      await session.exec('BEGIN');
      await take(JSON.stringify({ goodall: 'export', version: migrations.length }));
      for (const table of exportTables) await exportTable(session, table, take);
      for (const table of pointTables) await exportPoints(session, table, take);
      await session.exec('COMMIT');
    });
  } finally {
    await owner.close();
  }
}

async function exportTable(
  session: Session,
  { name, key }: ExportTable,
  take: (line: string) => void | Promise<void>,
): Promise<void> {
  await exportRows(session, { name, key }, '', take);
}

/** Rows of a table in the order of its key, for which a condition holds. */
async function exportRows(
  session: Session,
  { name, key }: ExportTable,
  condition: string,
  take: (line: string) => void | Promise<void>,
): Promise<void> {
  let last: readonly SqlValue[] = [];
  for (;;) {
    const beyond = last.length === 0 ? 'true' : `(${key.join()}) > ${placeholders(1, key.length)}`;
    const rows: Row[] = await session.all<Row>(
      `SELECT * FROM ${name} AS p WHERE ${beyond} ${condition} ORDER BY ${key.join()} LIMIT ${rowsPerBatch}`,
      last,
    );
    for (const row of rows) await take(JSON.stringify({ table: name, ...mapped(row) }));
    if (rows.length < rowsPerBatch) return;
    const end = rows.at(-1)!;
    last = key.map((column) => end[column] as SqlValue);
  }
}

/** Points as rows, wherever they lie: a row beside a block is merged with the point of its bucket. */
async function exportPoints(
  session: Session,
  table: PointTable,
  take: (line: string) => void | Promise<void>,
): Promise<void> {
  const beside = `AND NOT EXISTS (SELECT 1 FROM sealed AS s CROSS JOIN block AS b
    ON b.kind = s.kind AND b.step_ms = s.step_ms AND b.start_ms = p.time_ms - p.time_ms % s.span_ms AND b.series = p.series
    WHERE s.kind = ${table.kind} AND s.step_ms = p.step_ms)`;
  await exportRows(session, { name: table.name, key: ['step_ms', 'time_ms', 'series'] }, beside, take);
  for (let lastId = 0; ; ) {
    const blocks = await session.all<ExportedBlock>(
      `SELECT b.id AS id, b.step_ms AS step_ms, b.start_ms AS start_ms, s.span_ms AS span_ms, b.series AS series,
         b.points AS points, b.body AS body
       FROM block AS b JOIN sealed AS s ON s.kind = b.kind AND s.step_ms = b.step_ms
       WHERE b.kind = ? AND b.id > ? ORDER BY b.id LIMIT ${blocksPerBatch}`,
      [table.kind, lastId],
    );
    for (const block of blocks) {
      for (const row of await rowsWithLate(session, table, block)) {
        const { series, time_ms, ...values } = row;
        const line = {
          table: table.name,
          step_ms: block.step_ms,
          time_ms,
          series,
          ...mapped(inOrder(table, values)),
        };
        await take(JSON.stringify(line));
      }
    }
    if (blocks.length < blocksPerBatch) return;
    lastId = blocks.at(-1)!.id;
  }
}

interface ExportedBlock extends BlockRow {
  readonly id: number;
  readonly step_ms: number;
  readonly span_ms: number;
}

async function rowsWithLate(
  session: Session,
  table: PointTable,
  block: ExportedBlock,
): Promise<readonly PointRow[]> {
  const { step_ms: stepMs, start_ms: startMs, span_ms: spanMs, series } = block;
  const rows = rowsOf(table, stepMs, block);
  const window = { sinceMs: startMs, untilMs: startMs + spanMs };
  const times = await firstBuckets(session, table, stepMs, window, spanMs / stepMs);
  if (times.length === 0) return rows;
  const late = await session.all<PointRow>(lookUpSql(table), [
    stepMs,
    JSON.stringify(times),
    JSON.stringify([series]),
  ]);
  return late.length === 0 ? rows : mergedRows(table, rows, late);
}

/** The columns of a table in its own order. */
function inOrder({ columns }: PointTable, values: Row): Row {
  return Object.fromEntries(columns.map((column) => [column, values[column] as SqlValue]));
}

function mapped(row: Row): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, written(value)]));
}

function written(value: SqlValue): unknown {
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  if (typeof value === 'number' && !Number.isFinite(value)) return { number: String(value) };
  return value;
}
