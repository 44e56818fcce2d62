import { rename, rm, stat } from 'node:fs/promises';
import { DatabaseOpenError, DatabaseSchemaError } from '../../errors.js';
import { exportTables } from './export-tables.js';
import { openForWriting } from './open-writing.js';
import type { Owner, SqlValue } from './owner.js';
import { pointTables } from './point-tables.js';
import { placeholders, rowsPerStatement } from './rows.js';
import { migrations } from './schema.js';

type Row = Readonly<Record<string, unknown>>;

/** Rows of one table that wait to be written together. */
interface Waiting {
  table: string;
  columns: readonly string[];
  rows: SqlValue[][];
}

/**
 * Makes a database of the lines of an export. It appears under its name when it is whole.
 *
 * Rejects with DatabaseOpenError where a file of that name exists, and with DatabaseSchemaError for what is no
 * export or one of a newer version, naming the line.
 */
export async function importDatabase(path: string, lines: AsyncIterable<string>): Promise<void> {
  if ((await stat(path).catch(() => undefined)) !== undefined) {
    throw new DatabaseOpenError(`cannot import into ${path}: it exists; choose a new file with --db`);
  }
  const unfinished = `${path}.import`;
  await rm(unfinished, { force: true });
  const owner = await openForWriting(unfinished);
  try {
    await readLines(owner, lines);
  } catch (error) {
    await owner.close();
    await rm(unfinished, { force: true });
    throw error;
  }
  await owner.close();
  await rename(unfinished, path);
}

async function readLines(owner: Owner, lines: AsyncIterable<string>): Promise<void> {
  const columnsOf = await knownColumns(owner);
  let number = 0;
  let waiting: Waiting | undefined;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    const { table, ...row } = parsed(line, number);
    if (number === 1) {
      requireHeader(row);
      continue;
    }
    const columns = Object.keys(row);
    const known = typeof table === 'string' ? columnsOf.get(table) : undefined;
    if (typeof table !== 'string' || known === undefined || !columns.every((column) => known.has(column))) {
      throw badLine(number, 'it has no table or column that this program knows');
    }
    if (waiting !== undefined && (waiting.table !== table || waiting.rows.length === rowsPerStatement)) {
      await write(owner, waiting);
      waiting = undefined;
    }
    waiting ??= { table, columns, rows: [] };
    waiting.rows.push(waiting.columns.map((column) => read(row[column], number)));
  }
  if (number === 0) throw badLine(1, 'there is none');
  if (waiting !== undefined) await write(owner, waiting);
}

async function knownColumns(owner: Owner): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const known = new Map<string, ReadonlySet<string>>();
  for (const { name } of [...exportTables, ...pointTables]) {
    const rows = await owner.all<{ name: string }>(`SELECT name FROM pragma_table_info('${name}')`);
    known.set(name, new Set(rows.map((row) => row.name)));
  }
  return known;
}

function parsed(line: string, number: number): Row {
  try {
    const row: unknown = JSON.parse(line);
    if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row as Row;
  } catch {
    // Said below.
  }
  throw badLine(number, 'it is no JSON object');
}

function requireHeader({ goodall, version }: Row): void {
  if (goodall !== 'export' || typeof version !== 'number')
    throw badLine(1, 'it is not the header of an export');
  if (version > migrations.length) {
    throw new DatabaseSchemaError(
      `cannot import: the export is of a newer goodall (tables of version ${version}, this program knows ` +
        `${migrations.length}); run the newer program`,
    );
  }
}

function read(value: unknown, number: number): SqlValue {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  const { base64, number: digits } = (value ?? {}) as { base64?: unknown; number?: unknown };
  if (typeof base64 === 'string') return Buffer.from(base64, 'base64');
  if (typeof digits === 'string') return Number(digits);
  throw badLine(number, 'a value of it is neither number, text nor bytes');
}

function write(owner: Owner, { table, columns, rows }: Waiting): Promise<number> {
  // OR REPLACE: a new database has a row of its own here and there, in `meta`.
  return owner.transaction((session) =>
    session.run(
      `INSERT OR REPLACE INTO ${table} (${columns.join()}) VALUES ${placeholders(rows.length, columns.length)}`,
      rows.flat(),
    ),
  );
}

function badLine(number: number, reason: string): DatabaseSchemaError {
  return new DatabaseSchemaError(
    `cannot import: line ${number}: ${reason}; give what goodall-report export wrote`,
  );
}
