import type { Row } from '../query/row.js';
import { tagsText } from './columns.js';
import { digits, plainNumber } from './numbers.js';
import { printable } from './text.js';

/** What stands above the picture of one series: facts. `rows`: those of its steps, or the only one. */
export function seriesHeading(rows: readonly Row[]): string[] {
  const [first] = rows;
  if (first === undefined) return [];
  const count = rows.reduce((sum, row) => sum + (row.shape?.count ?? 0), 0);
  const accuracy = Math.max(...rows.map(({ shape }) => shape?.relativeAccuracy ?? 0));
  const isBuckets = first.type === 'counter' || first.type === 'gauge';
  const values = first.type === 'counter' ? 'rates per second' : isBuckets ? 'values' : 'samples';
  return [
    [printable(first.name), tagsText(first.tags)].filter((text) => text !== '').join(' '),
    first.type,
    `${plainNumber(count)} ${values}${isBuckets ? ' of buckets' : ''}`,
    accuracy === 0 ? 'exact' : `within ${digits(accuracy * 100)} %`,
  ];
}
