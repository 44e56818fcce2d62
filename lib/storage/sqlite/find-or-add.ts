import type { Session } from './owner.js';
import { jsonOf } from './rows.js';

/** A table of numbered distinct rows. */
export interface NumberedTable {
  readonly name: string;
  readonly columns: readonly string[];
}

/**
 * The ids of the given rows, in their order; rows that are not there yet are added. `added` are the indices of
 * these, each once. In a write transaction.
 */
export async function findOrAdd(
  session: Session,
  table: NumberedTable,
  rows: readonly (readonly (string | number)[])[],
): Promise<{ ids: number[]; added: number[] }> {
  const places = new Map<string, number>();
  /** Of each distinct row the index at which it is met first. */
  const firsts: number[] = [];
  const placeOf = rows.map((row, index) => {
    const text = jsonOf(row);
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, firsts.length);
    return firsts.push(index) - 1;
  });
  const texts = [...places.keys()];
  const { ids, next } = await find(session, table, texts);
  const missing = texts.flatMap((_, place) => (ids[place] === undefined ? [place] : []));
  for (const [i, place] of missing.entries()) ids[place] = next + i;
  if (missing.length > 0) {
    await add(
      session,
      table,
      next,
      missing.map((place) => texts[place]!),
    );
  }
  return { ids: placeOf.map((place) => ids[place]!), added: missing.map((place) => firsts[place]!) };
}

/** The ids of those rows that are there, and the first one that is free. */
async function find(
  session: Session,
  { name, columns }: NumberedTable,
  texts: readonly string[],
): Promise<{ ids: (number | undefined)[]; next: number }> {
  const match = columns.map((column, i) => `known.${column} = asked.value ->> ${i}`).join(' AND ');
  // All of it as one value, there and back: a row costs the main thread more than its part of a text.
  const sql = `SELECT json_group_array(json_array(asked.key, known.id)) AS found,
      (SELECT coalesce(max(id), 0) + 1 FROM ${name}) AS next
    FROM json_each(?) AS asked CROSS JOIN ${name} AS known ON ${match}`;
  const [result] = await session.all<{ found: string; next: number }>(sql, [`[${texts.join()}]`]);
  const ids: (number | undefined)[] = new Array(texts.length).fill(undefined);
  for (const [place, id] of JSON.parse(result!.found) as [number, number][]) ids[place] = id;
  return { ids, next: result!.next };
}

/** Adds rows under ids that count on from the first. */
async function add(
  session: Session,
  { name, columns }: NumberedTable,
  firstId: number,
  texts: readonly string[],
): Promise<void> {
  const values = columns.map((_, i) => `value ->> ${i}`);
  await session.run(
    `INSERT INTO ${name} (id, ${columns.join()}) SELECT ?1 + key, ${values.join()} FROM json_each(?2)`,
    [firstId, `[${texts.join()}]`],
  );
}
