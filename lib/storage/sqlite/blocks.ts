import { mergePartial, type Partial } from '../../aggregate/partial.js';
import type { MetricType } from '../../metric.js';
import { BlockReader } from '../block/read-block.js';
import { encodeBlock } from '../block/write-block.js';
import type { StoredPoint, TimeWindow } from '../store.js';
import type { Session, SqlValue } from './owner.js';
import { inPageOrder } from './page-order.js';
import type { PointRow, PointTable } from './point-tables.js';
import { chunks, placeholders } from './rows.js';
import { bucketOf } from './tiers.js';

/** A block as it is read. */
export interface BlockRow {
  readonly series: number;
  readonly start_ms: number;
  readonly points: number;
  readonly body: Uint8Array;
}

/** Where the blocks of one table and step lie. */
export interface Sealed {
  /** Spans begin at multiples of it. */
  readonly spanMs: number;
  /** There are no blocks from here on; rows there are before, too. */
  readonly untilMs: number;
}

const blocksPerStatement = 16;

/** Of which an order is found at once, in a millisecond or so. */
const blocksInOrder = 256;

/** Undefined where there never were any blocks. */
export async function readSealed(
  session: Pick<Session, 'all'>,
  { kind }: PointTable,
  stepMs: number,
): Promise<Sealed | undefined> {
  const [found] = await session.all<Sealed>(
    'SELECT span_ms AS spanMs, until_ms AS untilMs FROM sealed WHERE kind = ? AND step_ms = ?',
    [kind, stepMs],
  );
  return found;
}

/** The blocks of some series in some spans, by span and then by series. */
export function readBlocks(
  session: Pick<Session, 'all'>,
  table: PointTable,
  stepMs: number,
  startsMs: readonly number[],
  ids: readonly number[],
): Promise<BlockRow[]> {
  const values = [table.kind, stepMs, JSON.stringify(startsMs), JSON.stringify(ids)];
  return session.all<BlockRow>(blocksSql, values);
}

export const blocksSql = `SELECT series, start_ms, points, body FROM block
  WHERE kind = ? AND step_ms = ? AND start_ms IN (SELECT value FROM json_each(?))
    AND series IN (SELECT value FROM json_each(?))
  ORDER BY start_ms, series`;

/** The starts of the spans that overlap a window. */
export function spansOf({ sinceMs, untilMs }: TimeWindow, spanMs: number): number[] {
  const starts: number[] = [];
  for (let startMs = bucketOf(sinceMs, spanMs); startMs < untilMs; startMs += spanMs) starts.push(startMs);
  return starts;
}

/** The points of a block as rows of their table. Throws BlockFormatError. */
export function rowsOf(table: PointTable, stepMs: number, block: BlockRow): PointRow[] {
  const reader = new BlockReader(table.layout, block.points, block.body);
  const rows: PointRow[] = [];
  while (reader.next()) rows.push(rowAt(table, reader, stepMs, block));
  return rows;
}

/**
 * The points of a block that start in the window, in order of time; what lies behind is not decoded. Throws
 * BlockFormatError.
 */
export function pointsOf(
  table: PointTable,
  stepMs: number,
  block: BlockRow,
  type: MetricType,
  { sinceMs, untilMs }: TimeWindow,
): StoredPoint[] {
  const { series: seriesId, start_ms: startMs } = block;
  const [from, until] = [sinceMs, untilMs].map((ms) => Math.ceil((ms - startMs) / stepMs));
  const reader = new BlockReader(table.layout, block.points, block.body, from, until);
  const points: StoredPoint[] = [];
  const sketch = (): Uint8Array => reader.sketch();
  while (reader.next()) {
    const timeMs = startMs + reader.bucket * stepMs;
    points.push({ seriesId, timeMs, stepMs, partial: table.unpack(reader.row, timeMs, type, sketch) });
  }
  return points;
}

function rowAt(
  { layout }: PointTable,
  reader: BlockReader,
  stepMs: number,
  { series, start_ms }: BlockRow,
): PointRow {
  const row: Record<string, number | Uint8Array | null> & { series: number; time_ms: number } = {
    series,
    time_ms: start_ms + reader.bucket * stepMs,
  };
  for (const [i, { name }] of layout.numbers.entries()) {
    const value = reader.row[i]!;
    row[name] = Number.isNaN(value) ? null : value;
  }
  if (layout.hasSketch) row.sketch = reader.sketch();
  return row;
}

/** A row of a table with the columns of a partial. */
export function rowOf(table: PointTable, series: number, timeMs: number, partial: Partial): PointRow {
  const values: SqlValue[] = [];
  table.append(values, partial, timeMs);
  const row: Record<string, SqlValue> & { series: number; time_ms: number } = { series, time_ms: timeMs };
  // Integers are bound as text.
  for (const [i, name] of table.columns.entries()) {
    const value = values[i]!;
    row[name] = typeof value === 'string' ? Number(value) : value;
  }
  return row as PointRow;
}

/** The rows of a block and those beside it, in order of time; those of one bucket merged. */
export function mergedRows(
  table: PointTable,
  sealed: readonly PointRow[],
  late: readonly PointRow[],
): PointRow[] {
  const merged = new Map(sealed.map((row) => [row.time_ms, row]));
  const [type] = table.types as readonly [MetricType];
  for (const row of late) {
    const before = merged.get(row.time_ms);
    if (before === undefined) {
      merged.set(row.time_ms, row);
      continue;
    }
    const partial = table.read(before, type);
    mergePartial(partial, table.read(row, type));
    merged.set(row.time_ms, rowOf(table, row.series, row.time_ms, partial));
  }
  return [...merged.values()].sort((a, b) => a.time_ms - b.time_ms);
}

/** A block on its way into the table: its columns in order. */
export type BlockValues = readonly SqlValue[];

const blockColumns = [
  ...['kind', 'step_ms', 'start_ms', 'series', 'first_bucket', 'last_bucket', 'points'],
  ...['samples', 'count', 'sum', 'min', 'max', 'last', 'last_after_ms', 'body'],
];

/** Makes a block of the rows of one series in one span, which are in order of time. */
export function blockOf(
  table: PointTable,
  stepMs: number,
  startMs: number,
  rows: readonly PointRow[],
): BlockValues {
  const buckets = Float64Array.from(rows, (row) => (row.time_ms - startMs) / stepMs);
  const numbers = table.layout.numbers.map(({ name }) =>
    Float64Array.from(rows, (row) => numberIn(row, name)),
  );
  const sketches = table.layout.hasSketch ? rows.map((row) => row.sketch as Uint8Array) : [];
  const body = encodeBlock(table.layout, { buckets, numbers, sketches });
  const place = [table.kind, stepMs, startMs, rows[0]!.series, buckets[0]!, buckets.at(-1)!, rows.length];
  return [...place, ...summaryOf(table, rows, startMs), body];
}

const numberIn = (row: PointRow, name: string): number => (row[name] as number | null) ?? Number.NaN;

/** What the points add up to: samples, count, sum, min, max, last, last_after_ms. */
function summaryOf({ columns }: PointTable, rows: readonly PointRow[], startMs: number): SqlValue[] {
  // A gauge that was set once has NULL for what `last` says.
  const own = (row: PointRow, name: string): number =>
    (row[name] as number | null) ?? (row.last as number | null) ?? Number.NaN;
  const all = (name: string): number[] | undefined =>
    columns.includes(name) ? rows.map((row) => own(row, name)) : undefined;
  const total = (name: string): SqlValue => numberOrNull(all(name)?.reduce((sum, value) => sum + value, 0));
  const least = numberOrNull(all('min')?.reduce((a, b) => Math.min(a, b)));
  const most = numberOrNull(all('max')?.reduce((a, b) => Math.max(a, b)));
  const sums = [total('samples'), total('count'), total('sum'), least, most];
  if (!columns.includes('last')) return [...sums, null, null];
  const newest = rows.reduce((a, b) => (setAt(b) >= setAt(a) ? b : a));
  return [...sums, numberOrNull(numberIn(newest, 'last')), setAt(newest) - startMs];
}

const setAt = (row: PointRow): number => row.time_ms + numberIn(row, 'last_after_ms');

const numberOrNull = (value: number | undefined): SqlValue =>
  value === undefined || Number.isNaN(value) ? null : value;

export async function insertBlocks(session: Session, blocks: readonly BlockValues[]): Promise<void> {
  for (const some of chunks(blocks, blocksInOrder)) {
    for (const part of chunks(inPageOrder(some), blocksPerStatement)) {
      const rows = placeholders(part.length, blockColumns.length);
      await session.run(`INSERT INTO block (${blockColumns.join()}) VALUES ${rows}`, part.flat());
    }
  }
}

export async function deleteBlocks(
  session: Session,
  { kind }: PointTable,
  stepMs: number,
  startMs: number,
  ids: readonly number[],
): Promise<void> {
  await session.run(
    `DELETE FROM block WHERE kind = ? AND step_ms = ? AND start_ms = ?
       AND series IN (SELECT value FROM json_each(?))`,
    [kind, stepMs, startMs, JSON.stringify(ids)],
  );
}
