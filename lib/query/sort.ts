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
 * Reads `--sort`: a column, largest first (names, tags and times: smallest first); `-COLUMN` turns that round,
 * and `COLUMN:asc` or `COLUMN:desc` says it in full. A percentile is written `p99` and must be one of those
 * asked for.
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
export function sortedBy(sort: SortColumn, percentiles: readonly Percentile[]): RowOrder {
  const text = textOrder(sort);
  if (text !== undefined) return text;
  const value = sortedNumber(sort, percentiles);
  return (a, b) => compareNumbers(value(a), value(b), sort) || byIdentity(a, b);
}

/** The order by a column that all rows of a group have in common; undefined for other columns. */
export function textOrder({ column, ascending }: SortColumn): RowOrder | undefined {
  const text = textColumns[column];
  const sign = ascending ? 1 : -1;
  return text && ((a, b) => sign * compareText(text(a), text(b)) || byIdentity(a, b));
}

/** What a row is sorted by where the column is one of numbers. */
export function sortedNumber(
  { column }: SortColumn,
  percentiles: readonly Percentile[],
): (row: Row) => number | undefined {
  const index = percentiles.findIndex((p) => `p${p.label}` === column);
  return numberColumns[column] ?? ((row: Row) => row.percentiles?.[index]);
}

/**
 * The rows in the order without `--sort`: the busiest group first; with steps, each group's rows in order of
 * time.
 */
export function busiestFirst<One extends Row>(rows: readonly One[]): One[] {
  const groups = new Map<string, { readonly rows: One[]; count: number }>();
  let own: { readonly rows: One[]; count: number } | undefined;
  for (const row of rows) {
    // The rows of a group come one after the other, as a rule, and then they share their tags.
    const last = own?.rows.at(-1);
    if (own === undefined || last?.tags !== row.tags || last.name !== row.name || last.type !== row.type) {
      const key = JSON.stringify([row.type, row.name, tagText(row)]);
      own = groups.get(key) ?? { rows: [], count: 0 };
      groups.set(key, own);
    }
    own.rows.push(row);
    own.count += row.count;
  }
  return [...groups.values()]
    .sort((a, b) => b.count - a.count || byIdentity(a.rows[0] as One, b.rows[0] as One))
    .flatMap((group) => group.rows.sort((a, b) => (a.timeMs ?? 0) - (b.timeMs ?? 0)));
}

/** Tags as one text: `key:value` with commas between. */
export function tagText(row: Pick<Row, 'tags'>): string {
  return row.tags.map(({ key, value }) => (value === '' ? key : `${key}:${value}`)).join(',');
}

/** By name, type, tags and time. */
export function byIdentity(a: Row, b: Row): number {
  return (
    compareText(a.name, b.name) ||
    compareText(a.type, b.type) ||
    compareText(tagText(a), tagText(b)) ||
    (a.timeMs ?? 0) - (b.timeMs ?? 0)
  );
}

/** Missing and undefined values last, whichever the direction. */
export function compareNumbers(
  a: number | undefined,
  b: number | undefined,
  { ascending }: Pick<SortColumn, 'ascending'>,
): number {
  const aMissing = a === undefined || Number.isNaN(a);
  const bMissing = b === undefined || Number.isNaN(b);
  if (aMissing || bMissing) return Number(aMissing) - Number(bMissing);
  return ascending ? a - b : b - a;
}
