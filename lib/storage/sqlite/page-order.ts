import type { SqlValue } from './owner.js';

/*
 * SQLite lays the rows of a table one after the other: one that does not fit in what is left of a page begins the
 * next, and the rest stays empty. Of a row longer than a page, whole pages are filled apart, and what is over
 * lies with the others (https://sqlite.org/fileformat2.html#b_tree_pages). So it is the order of rows that
 * decides how full pages are. None of this needs to be exact: a row of another length leaves a page emptier.
 */

/** SQLite's own choice, which new files have. */
const pageBytes = 4096;
const headerBytes = 8;
const roomBytes = pageBytes - headerBytes;

/** The most of a row that lies in a page of the table, and the least of one that goes on elsewhere. */
const mostLocal = pageBytes - 35;
const leastLocal = Math.floor(((pageBytes - 12) * 32) / 255) - 23;

/** The row's place in its page, its length, its id, and where it goes on. */
const placeBytes = 2 + 2 + 4;
const pointerBytes = 4;

/** Rows in an order in which they fill pages: the long ones first, each in the fullest page that has room for it. */
export function inPageOrder<Row extends readonly SqlValue[]>(rows: readonly Row[]): Row[] {
  const sized = rows.map((row) => ({ row, bytes: bytesInPage(row) })).sort((a, b) => b.bytes - a.bytes);
  const pages: { room: number; rows: Row[] }[] = [];
  for (const { row, bytes } of sized) {
    let best: (typeof pages)[number] | undefined;
    for (const page of pages) {
      if (page.room >= bytes && (best === undefined || page.room < best.room)) best = page;
    }
    if (best === undefined) {
      best = { room: roomBytes, rows: [] };
      pages.push(best);
    }
    best.room -= bytes;
    best.rows.push(row);
  }
  return pages.flatMap((page) => page.rows);
}

/** What a row takes in a page of the table, about. */
export function bytesInPage(row: readonly SqlValue[]): number {
  const bytes = row.reduce((sum: number, value) => sum + valueBytes(value), 2);
  if (bytes <= mostLocal) return placeBytes + bytes;
  const over = leastLocal + ((bytes - leastLocal) % (pageBytes - pointerBytes));
  return placeBytes + pointerBytes + (over <= mostLocal ? over : leastLocal);
}

/** A value and what says of what type it is. */
function valueBytes(value: SqlValue): number {
  if (value === null) return 1;
  if (typeof value === 'string') return 1 + value.length;
  if (typeof value === 'object') return 2 + value.length;
  if (!Number.isInteger(value)) return 9;
  if (value === 0 || value === 1) return 1;
  for (const [bytes, bound] of integers) if (Math.abs(value) < bound) return 1 + bytes;
  return 9;
}

/** The lengths that SQLite has for integers, and what is too large for each. */
const integers = [1, 2, 3, 4, 6].map((bytes): [number, number] => [bytes, 2 ** (8 * bytes - 1)]);
