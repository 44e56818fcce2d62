import { type ExportTable, exportTables } from './export-tables.js';
import { openForReading } from './open.js';
import type { Session, SqlValue } from './owner.js';
import { placeholders } from './rows.js';
import { migrations } from './schema.js';

const rowsPerBatch = 2000;

type Row = Readonly<Record<string, SqlValue>>;

/**
 * Gives all that a database holds as lines of JSON, without line breaks: a header, and then one line a row,
 * `{"table":NAME,COLUMN:VALUE,…}` with the columns of lib/docs/storage-format.md. It is the content of one moment, also
 * beside a running server. Bytes are `{"base64":…}`, infinite numbers `{"number":"Infinity"}`.
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
  let last: readonly SqlValue[] = [];
  for (;;) {
    const beyond = last.length === 0 ? '' : `WHERE (${key.join()}) > ${placeholders(1, key.length)}`;
    const rows: Row[] = await session.all<Row>(
      `SELECT * FROM ${name} ${beyond} ORDER BY ${key.join()} LIMIT ${rowsPerBatch}`,
      last,
    );
    for (const row of rows) await take(JSON.stringify({ table: name, ...mapped(row) }));
    if (rows.length < rowsPerBatch) return;
    const end = rows.at(-1)!;
    last = key.map((column) => end[column] as SqlValue);
  }
}

function mapped(row: Row): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, written(value)]));
}

function written(value: SqlValue): unknown {
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  if (typeof value === 'number' && !Number.isFinite(value)) return { number: String(value) };
  return value;
}
