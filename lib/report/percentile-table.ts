import { parsePercentiles } from '../query/percentile.js';
import type { Row } from '../query/row.js';
import { isUncertain } from '../query/trust.js';
import { uncertainMark } from './columns.js';
import { digits, plainNumber, quantity } from './numbers.js';
import { pad, textWidth } from './text.js';
import { unitOf } from './units.js';

export const cumulativePercentiles = parsePercentiles('1,5,10,25,50,75,90,95,99,99.9,99.99');

/** One line of the cumulative table. */
export interface PercentileLine {
  readonly label: string;
  readonly percent: number;
  readonly value: number;
  /** How many samples of equal weight are at or below the value, and how many above. */
  readonly below: number;
  readonly above: number;
  readonly uncertain: boolean;
}

/** The least value, the percentiles and the greatest value, with what each rests on. */
export function percentileLines({ shape, percentiles = [], trust }: Row): PercentileLine[] {
  const size = trust?.effectiveSamples ?? 0;
  const line = (label: string, percent: number, value: number): PercentileLine => {
    const above = Number(((size * (100 - percent)) / 100).toPrecision(12));
    return { label, percent, value, below: size - above, above, uncertain: isUncertain(percent, size) };
  };
  return [
    line('min', 0, shape?.min ?? Number.NaN),
    ...cumulativePercentiles.map(({ label, percent }, i) =>
      line(`p${label}`, percent, percentiles[i] ?? Number.NaN),
    ),
    line('max', 100, shape?.max ?? Number.NaN),
  ];
}

/** Where there is no room for both numbers of samples, that of those beyond stays: the trust depends on it. */
export function* percentileTableLines(row: Row, raw: boolean, width: number): Generator<string> {
  const unit = unitOf(row.name, row.type);
  const perSecond = row.type === 'counter' && !raw ? '/s' : '';
  const number = (value: number): string => (raw ? String(value) : quantity(value, unit));
  const rows = [
    ['PERCENTILE', 'VALUE', 'SAMPLES UP TO', 'BEYOND'],
    ...percentileLines(row).map(({ label, value, below, above, uncertain }) => [
      label,
      `${number(value)}${perSecond}${uncertain ? uncertainMark : ''}`,
      samples(below),
      samples(above),
    ]),
  ];
  const widths = [0, 1, 2, 3].map((c) => Math.max(...rows.map((cells) => textWidth(cells[c] ?? ''))));
  const whole = widths.reduce((sum, own) => sum + own + 2, -2);
  const columns = whole > width ? [0, 1, 3] : [0, 1, 2, 3];
  for (const cells of rows) {
    yield columns.map((c) => pad(cells[c] ?? '', widths[c] ?? 0, c === 0 ? 'left' : 'right')).join('  ');
  }
}

function samples(count: number): string {
  return count >= 10 ? plainNumber(Math.round(count)) : digits(Number(count.toPrecision(2)));
}
