import { type CheckState, checkStates, type Finding, type Thresholds } from '../query/check.js';
import type { CheckExpression } from '../query/check-expression.js';
import { type NagiosRange, rangeText } from '../query/nagios-range.js';
import type { Row } from '../query/row.js';
import { tagsText } from './columns.js';
import { performanceUnit } from './measure.js';
import { perSecond, plainNumber, quantity } from './numbers.js';
import { printable } from './text.js';
import { type Unit, unitOf } from './units.js';

const mostNamed = 3;
const plain: Unit = { kind: 'number', factor: 1 };

/** The unit of a figure of a row: counts and rates have none. */
export function figureUnit({ name, type }: Row, { figure }: Pick<CheckExpression, 'figure'>): Unit {
  return figure === 'count' || figure === 'rate' ? plain : unitOf(name, type);
}

/**
 * One line by the Nagios plugin guidelines: state, text, performance data.
 *
 * @param findings at least one
 * @param notes what else to know of the window
 */
export function checkLine(
  findings: readonly Finding[],
  expression: CheckExpression,
  thresholdsOf: (row: Row) => Thresholds,
  notes: readonly string[],
): string {
  const worst = worstOf(findings);
  const ordered = findings.toSorted((a, b) => b.state - a.state);
  const telling = worst === 0 ? ordered : ordered.filter(({ state }) => state > 0);
  const named = telling.slice(0, mostNamed).map((finding) => findingText(finding, expression, thresholdsOf));
  const more = telling.length - named.length;
  const text = [...named, ...(more > 0 ? [`${more} more`] : []), ...notes].join(', ');
  const counted = findings.length > 1 ? `${counts(findings)}: ` : '';
  const performance = findings.map((finding) => performanceData(finding, expression, thresholdsOf));
  return `${stateLine(worst, counted + text)} | ${performance.join(' ')}`;
}

/** State and text without performance data. A bar in the text would begin it. */
export function stateLine(state: CheckState, text: string): string {
  return `GOODALL ${checkStates[state]} - ${printable(text).replaceAll('|', '/')}`;
}

export function worstOf(findings: readonly Finding[]): CheckState {
  return Math.max(...findings.map(({ state }) => state)) as CheckState;
}

function counts(findings: readonly Finding[]): string {
  const of = (state: CheckState): number => findings.filter((finding) => finding.state === state).length;
  const parts = ([2, 1] as const)
    .filter((state) => of(state) > 0)
    .map((state) => `${of(state)} ${checkStates[state].toLowerCase()}`);
  return parts.length === 0 ? `all ${findings.length} ok` : `${parts.join(', ')} of ${findings.length}`;
}

function findingText(
  { row, state, value }: Finding,
  expression: CheckExpression,
  thresholdsOf: (row: Row) => Thresholds,
): string {
  const { allAlong, length, label } = expression;
  const unit = figureUnit(row, expression);
  const isRate = expression.figure === 'rate' || (row.type === 'counter' && isOfBuckets(expression));
  const write = (number: number): string => {
    if (expression.figure === 'count') return plainNumber(number);
    return isRate ? perSecond(number, unit) : quantity(number, unit);
  };
  const { warning, critical } = thresholdsOf(row);
  const range = state === 2 ? critical : state === 1 ? warning : undefined;
  const limit =
    range === undefined ? '' : ` (${checkStates[state].toLowerCase()} ${rangeWords(range, write)})`;
  const isFew = expression.figure === 'percentile' && row.trust?.uncertain[0] === true;
  const few = isFew ? ' from few samples' : '';
  const name = [row.name, tagsText(row.tags)].filter((text) => text !== '').join(' ');
  return `${name} ${label} is ${write(value)}${few} ${allAlong ? 'for' : 'over'} ${length}${limit}`;
}

/** Percentiles, extremes and means of a counter are of its rates. */
function isOfBuckets({ figure }: CheckExpression): boolean {
  return figure === 'percentile' || figure === 'min' || figure === 'max' || figure === 'mean';
}

function rangeWords({ start, end, inside }: NagiosRange, write: (value: number) => string): string {
  if (inside) return `within ${write(start)} and ${write(end)}`;
  if (end === Number.POSITIVE_INFINITY) return `below ${write(start)}`;
  const isOneSided = start === Number.NEGATIVE_INFINITY || start === 0;
  return isOneSided ? `above ${write(end)}` : `outside ${write(start)} to ${write(end)}`;
}

/** `'label'=value[UOM];warning;critical` */
function performanceData(
  { row, value }: Finding,
  expression: CheckExpression,
  thresholdsOf: (row: Row) => Thresholds,
): string {
  const { uom, factor } = performanceUnit(figureUnit(row, expression));
  const label = [
    row.name,
    ...row.tags.map(({ key, value: text }) => `${key}:${text}`),
    expression.label,
  ].join(' ');
  const { warning, critical } = thresholdsOf(row);
  const limits = [warning, critical].map((range) => (range === undefined ? '' : rangeText(range, factor)));
  const number = Number((value * factor).toPrecision(12));
  return `'${printable(label).replace(/['=|]/g, '_')}'=${number}${uom};${limits.join(';')}`;
}
