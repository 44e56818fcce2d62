import { UsageError } from '../errors.js';
import { compareText } from '../metric.js';
import type { Percentile } from './percentile.js';
import type { Row } from './row.js';

/** Orders two rows. */
export type RowOrder = (a: Row, b: Row) => number;

const textColumns: Readonly<Record<string, (row: Row) => string>> = {
  name: (row) => row.name,
  type: (row) => row.type,
  tags: tagText,
};

const numberColumns: Readonly<Record<string, (row: Row) => number | undefined>> = {
  time: (row) => row.timeMs,
  count: (row) => row.count,
  rate: (row) => row.rate,
  sum: (row) => row.sum,
  min: (row) => row.min,
  mean: (row) => row.mean,
  max: (row) => row.max,
  last: (row) => row.last,
};

/** A column to sort by, as asked for. */
export interface SortColumn {
  /** `p99` for a percentile, otherwise the column's name. */
  readonly column: string;
  readonly ascending: boolean;
}

/**
 * Reads `--sort`: a column, largest first (names, tags and times: smallest first); `-COLUMN` turns that round, and
 * `COLUMN:asc` or `COLUMN:desc` says it in full. A percentile is written `p99` and must be one of those asked for.
 */
export function parseSort(text: string, percentiles: readonly Percentile[]): SortColumn {
  const match = /^(-?)([^:]*)(?::(asc|desc))?$/.exec(text);
  const column = match?.[2] ?? '';
  const known = [
    ...Object.keys(textColumns),
    ...Object.keys(numberColumns),
    ...percentiles.map((p) => `p${p.label}`),
  ];
  if (match === null || !known.includes(column)) {
    const hint = text === '' ? ' (smallest first is --sort=-COLUMN or --sort COLUMN:asc)' : '';
    throw new UsageError(
      `--sort: ${JSON.stringify(text)} is no column of this report${hint}; the columns are ${known.join(', ')}`,
    );
  }
  const ascending = match[3] === undefined ? column in textColumns || column === 'time' : match[3] === 'asc';
  return { column, ascending: match[1] === '-' ? !ascending : ascending };
}

/** The order of `--sort`. Rows without the column come last; equal ones by name, tags and time. */
export function sortedBy({ column, ascending }: SortColumn, percentiles: readonly Percentile[]): RowOrder {
  const sign = ascending ? 1 : -1;
  const text = textColumns[column];
  if (text !== undefined) return (a, b) => sign * compareText(text(a), text(b)) || byIdentity(a, b);
  const index = percentiles.findIndex((p) => `p${p.label}` === column);
  const value = numberColumns[column] ?? ((row: Row) => row.percentiles?.[index]);
  return (a, b) => compareNumbers(value(a), value(b), sign) || byIdentity(a, b);
}

/** The order without `--sort`: the busiest group first; with steps, each group's rows in order of time. */
export function busiestFirst(rows: readonly Row[]): RowOrder {
  if (rows[0]?.timeMs === undefined) return (a, b) => b.count - a.count || byIdentity(a, b);
  const totals = new Map<string, { count: number }>();
  const totalOf = new Map<Row, { count: number }>();
  for (const row of rows) {
    const key = JSON.stringify([row.type, row.name, tagText(row)]);
    const total = totals.get(key) ?? { count: 0 };
    total.count += row.count;
    totals.set(key, total);
    totalOf.set(row, total);
  }
  const count = (row: Row): number => totalOf.get(row)?.count ?? 0;
  return (a, b) => count(b) - count(a) || byIdentity(a, b);
}

/** Tags as one text: `key:value` with commas between. */
export function tagText(row: Pick<Row, 'tags'>): string {
  return row.tags.map(({ key, value }) => (value === '' ? key : `${key}:${value}`)).join(',');
}

function byIdentity(a: Row, b: Row): number {
  return (
    compareText(a.name, b.name) ||
    compareText(a.type, b.type) ||
    compareText(tagText(a), tagText(b)) ||
    (a.timeMs ?? 0) - (b.timeMs ?? 0)
  );
}

/** Missing and undefined values last, whichever the direction. */
function compareNumbers(a: number | undefined, b: number | undefined, sign: number): number {
  const aMissing = a === undefined || Number.isNaN(a);
  const bMissing = b === undefined || Number.isNaN(b);
  if (aMissing || bMissing) return Number(aMissing) - Number(bMissing);
  return sign * (a - b);
}
