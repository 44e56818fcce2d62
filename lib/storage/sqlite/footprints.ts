import type { Footprint, StoredSeries } from '../store.js';
import type { Owner } from './owner.js';
import { type PointTable, pointTables } from './point-tables.js';

/** Key, header and small integers of a row, and eight bytes for each of its numbers. */
const rowBytes = 20;
const numberBytes = 8;

/** Columns of a block beside its body, and its place in the index. */
const blockBytes = 110;

interface Counted {
  readonly points: number;
  readonly bytes: number;
}

/** Points lie by time, so that those of one series are counted by going through all of them once. */
export async function readFootprints(owner: Owner, series: readonly StoredSeries[]): Promise<Footprint[]> {
  const counted = new Map<number, Counted>();
  for (const table of pointTables) {
    const rows = await owner.all<Counted & { readonly series: number }>(
      `SELECT series, count(*) AS points, sum(${bytesOf(table)}) AS bytes FROM ${table.name} GROUP BY series`,
    );
    for (const row of rows) counted.set(row.series, row);
  }
  const blocks = await owner.all<Counted & { readonly series: number }>(
    `SELECT series, sum(points) AS points, sum(length(body) + ${blockBytes}) AS bytes FROM block GROUP BY series`,
  );
  for (const { series: id, points, bytes } of blocks) {
    const rows = counted.get(id);
    counted.set(id, { points: points + (rows?.points ?? 0), bytes: bytes + (rows?.bytes ?? 0) });
  }
  const spans = await owner.all<{ series: number; first_ms: number; last_ms: number }>(
    'SELECT series, first_ms, last_ms FROM series_span',
  );
  const spanOf = new Map(spans.map((span) => [span.series, span]));
  return series.map(({ id }) => ({
    points: counted.get(id)?.points ?? 0,
    bytes: counted.get(id)?.bytes ?? 0,
    firstMs: spanOf.get(id)?.first_ms,
    lastMs: spanOf.get(id)?.last_ms,
  }));
}

function bytesOf({ columns }: PointTable): string {
  const numbers = columns.filter((column) => column !== 'sketch');
  const sketch = numbers.length < columns.length ? ' + length(sketch)' : '';
  return `${rowBytes + numbers.length * numberBytes}${sketch}`;
}
