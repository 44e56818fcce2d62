import type { Session, SqlValue } from './owner.js';
import { bindable, placeholders } from './rows.js';

/** A table of numbered distinct rows. */
export interface NumberedTable {
  readonly name: string;
  readonly columns: readonly string[];
}

/**
 * The ids of the given rows, in their order; rows that are not there yet are added. `added` are the indices of
 * these, each once. At most `rowsPerStatement` rows a call, in a write transaction.
 */
export async function findOrAdd(
  session: Session,
  table: NumberedTable,
  rows: readonly (readonly SqlValue[])[],
): Promise<{ ids: number[]; added: number[] }> {
  const ids = await find(session, table, rows);
  const missing = new Map<string, number>();
  const added: number[] = [];
  let next = -1;
  for (const [index, row] of rows.entries()) {
    if (ids[index] !== undefined) continue;
    const text = JSON.stringify(row);
    let id = missing.get(text);
    if (id === undefined) {
      if (next < 0) next = await nextId(session, table.name);
      id = next;
      next += 1;
      missing.set(text, id);
      added.push(index);
    }
    ids[index] = id;
  }
  await add(session, table, rows, ids as number[], added);
  return { ids: ids as number[], added };
}

async function find(
  session: Session,
  { name, columns }: NumberedTable,
  rows: readonly (readonly SqlValue[])[],
): Promise<(number | undefined)[]> {
  const match = columns.map((column, i) => `known.${column} = asked.column${i + 2}`).join(' AND ');
  // All of it as one value: a row costs the main thread more than its part of a text.
  const sql = `SELECT json_group_array(json_array(CAST(asked.column1 AS INTEGER), known.id)) AS found
    FROM (VALUES ${placeholders(rows.length, columns.length + 1)}) AS asked CROSS JOIN ${name} AS known ON ${match}`;
  const asked = rows.flatMap((row, position) => [bindable(position), ...row]);
  const [result] = await session.all<{ found: string }>(sql, asked);
  const ids: (number | undefined)[] = new Array(rows.length).fill(undefined);
  for (const [position, id] of JSON.parse(result!.found) as [number, number][]) ids[position] = id;
  return ids;
}

async function nextId(session: Session, table: string): Promise<number> {
  const [row] = await session.all<{ id: number }>(`SELECT coalesce(max(id), 0) + 1 AS id FROM ${table}`);
  return row!.id;
}

async function add(
  session: Session,
  { name, columns }: NumberedTable,
  rows: readonly (readonly SqlValue[])[],
  ids: readonly number[],
  added: readonly number[],
): Promise<void> {
  if (added.length === 0) return;
  await session.run(
    `INSERT INTO ${name} (id, ${columns.join()}) VALUES ${placeholders(added.length, columns.length + 1)}`,
    added.flatMap((index) => [bindable(ids[index]!), ...rows[index]!]),
  );
}
