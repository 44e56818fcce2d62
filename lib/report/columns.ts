import type { MetricTypeName, Tag } from '../metric.js';
import type { Percentile } from '../query/percentile.js';
import type { Row } from '../query/row.js';
import { duration, perSecond, plainNumber, quantity } from './numbers.js';
import { spark } from './spark.js';
import { printable } from './text.js';
import { type Unit, unitOf } from './units.js';

/** A column of numbers. */
export interface Column {
  /** As `--sort` calls it. */
  readonly name: string;
  readonly heading: string;
  /** Where room is short the column of least weight goes first. */
  readonly weight: number;
  readonly text: (row: Row) => string;
}

/** When a last value is old: more than `freshMs` before `asOfMs`. */
export interface Staleness {
  readonly asOfMs: number;
  readonly freshMs: number;
}

/** Behind a percentile with too few samples beyond it. */
export const uncertainMark = '?';

/** Writes a number of a row for people. */
type Style = (value: number, unit: Unit) => string;
type NumberName = 'count' | 'rate' | 'sum' | 'min' | 'mean' | 'max' | 'last';

/** How much each column matters, by type. What is missing here the type does not have. */
interface Layout {
  readonly columns: readonly (readonly [name: NumberName | 'percentiles', weight: number])[];
  /** Weights of the outermost percentiles; those between have less, the higher ones more. */
  readonly highest: number;
  readonly lowest: number;
  /** What the smallest, mean and largest value and percentiles are of. */
  readonly values: Style;
}

const samplesLayout: Layout = {
  columns: [
    ['count', 90],
    ['rate', 55],
    ['sum', 20],
    ['min', 30],
    ['mean', 50],
    ['percentiles', 0],
    ['max', 60],
  ],
  highest: 80,
  lowest: 70,
  values: quantity,
};

const layouts: Readonly<Record<MetricTypeName, Layout>> = {
  timer: samplesLayout,
  distribution: samplesLayout,
  counter: {
    columns: [
      // Before all but sum and rate: it is what rows are in the order of.
      ['count', 78],
      ['sum', 80],
      ['rate', 90],
      ['min', 20],
      ['mean', 30],
      ['percentiles', 0],
      ['max', 60],
    ],
    highest: 75,
    lowest: 55,
    values: perSecond,
  },
  gauge: {
    columns: [
      ['count', 20],
      ['last', 90],
      ['min', 70],
      ['mean', 60],
      ['percentiles', 0],
      ['max', 80],
    ],
    highest: 55,
    lowest: 50,
    values: quantity,
  },
  set: { columns: [['count', 90]], highest: 0, lowest: 0, values: plainNumber },
};

/**
 * The columns of numbers that rows of one type have.
 *
 * @param raw numbers as they are, without units
 * @param staleness which last values are old enough to say so
 */
export function numberColumns(
  type: MetricTypeName,
  percentiles: readonly Percentile[],
  raw: boolean,
  staleness: Staleness,
): Column[] {
  const layout = layouts[type];
  return layout.columns.flatMap(([name, weight]) => {
    if (name === 'percentiles') return percentileColumns(layout, percentiles, raw);
    const style = styleOf(name, type, layout.values);
    const heading = type === 'set' ? 'DISTINCT' : name.toUpperCase();
    return [
      {
        name,
        heading,
        weight,
        text: (row: Row) => cell(row, row[name], style, raw) + ageOf(name, row, staleness),
      },
    ];
  });
}

/** Behind a last value that is old: ` (2 h old)`. */
export function ageOf(name: NumberName, { lastAtMs }: Row, { asOfMs, freshMs }: Staleness): string {
  if (name !== 'last' || lastAtMs === undefined || asOfMs - lastAtMs <= freshMs) return '';
  return ` (${duration(asOfMs - lastAtMs, 1)} old)`;
}

/** The line of bars. Heading and width are its own. */
export function trendText({ trend, type }: Row): string {
  return spark(trend ?? [], type !== 'gauge');
}

/** Tags for people: `key:value` with a blank between, control characters made visible. */
export function tagsText(tags: readonly Tag[]): string {
  return printable(tags.map(({ key, value }) => (value === '' ? key : `${key}:${value}`)).join(' '));
}

function percentileColumns(layout: Layout, percentiles: readonly Percentile[], raw: boolean): Column[] {
  const ordered = percentiles.map(({ percent }) => percent).sort((a, b) => a - b);
  return percentiles.map(({ label, percent }, index) => {
    const rank = ordered.indexOf(percent);
    const inner = 40 + (5 * rank) / ordered.length;
    const weight = rank === ordered.length - 1 ? layout.highest : rank === 0 ? layout.lowest : inner;
    const text = (row: Row) => {
      const mark = row.trust?.uncertain[index] ? uncertainMark : '';
      return cell(row, row.percentiles?.[index], layout.values, raw) + mark;
    };
    return { name: `p${label}`, heading: `P${label}`, weight, text };
  });
}

function styleOf(name: NumberName, type: MetricTypeName, values: Style): Style {
  if (name === 'count') return plainNumber;
  if (name === 'rate') return type === 'counter' ? perSecond : (value) => `${plainNumber(value)}/s`;
  return name === 'sum' || name === 'last' ? quantity : values;
}

function cell(row: Row, value: number | undefined, style: Style, raw: boolean): string {
  if (value === undefined || Number.isNaN(value)) return '';
  return raw ? String(value) : style(value, unitOf(row.name, row.type));
}
