import type { Change, Comparison } from '../query/compare.js';
import { percentShift } from '../query/fail-if.js';
import { tagsText } from './columns.js';
import { digits, perSecond, plainNumber, quantity } from './numbers.js';
import type { TextColumn } from './sections.js';
import { inOrderOf, tellingKeys } from './telling-tags.js';
import { printable } from './text.js';
import { textTable } from './text-table.js';
import { type Unit, unitOf } from './units.js';

/** A line of the table: a figure of a series, or that it is in one window only. */
interface Line {
  readonly one: Comparison;
  /** Undefined for a series of one window. */
  readonly change: Change | undefined;
  readonly isFirst: boolean;
}

const words = { higher: 'higher', lower: 'lower', drift: 'drifts', unclear: 'may be chance' } as const;

/** The comparisons in the given order, a line for each figure that tells something of the type. */
export function compareLines(
  comparisons: readonly Comparison[],
  width: number,
  raw: boolean,
): Generator<string> {
  const lines = comparisons.flatMap((one): Line[] => {
    const told = one.changes.filter((change) => isTold(change, one));
    if (told.length === 0) return [{ one, change: undefined, isFirst: true }];
    return told.map((change, i) => ({ one, change, isFirst: i === 0 }));
  });
  const column = (name: string, weight: number, text: (line: Line) => string): TextColumn => ({
    name,
    heading: name.toUpperCase(),
    align: name === 'name' || name === 'tags' || name === 'figure' || name === 'judgement' ? 'left' : 'right',
    cut: name === 'name' ? 'middle' : 'end',
    weight,
    cells: lines.map(text),
  });
  const tags = tellingTagsFirst(comparisons);
  const figure = (value: number | undefined, line: Line, sign = ''): string =>
    value === undefined || line.change === undefined ? '' : sign + valueText(value, line, raw);
  const columns = [
    column('name', Number.POSITIVE_INFINITY, ({ one, isFirst }) => (isFirst ? printable(one.name) : '')),
    column('tags', Number.POSITIVE_INFINITY, ({ one, isFirst }) => (isFirst ? tags(one) : '')),
    column('figure', Number.POSITIVE_INFINITY, ({ change }) => change?.what ?? ''),
    column('before', 60, (line) => figure(line.change?.before, line)),
    column('after', 70, (line) => figure(line.change?.after, line)),
    column('change', 50, (line) => {
      const shift = (line.change?.after ?? 0) - (line.change?.before ?? 0);
      return figure(shift, line, shift > 0 ? '+' : '');
    }),
    column('%', 80, ({ change }) =>
      change === undefined || change.what === 'errors' ? '' : percentText(change),
    ),
    column('judgement', 90, ({ one, change }) => judgement(one, change)),
  ];
  return textTable(
    columns.filter(({ name }) => name !== 'tags' || comparisons.some(({ tags }) => tags.length > 0)),
    width,
  );
}

function tellingTagsFirst(comparisons: readonly Comparison[]): (one: Comparison) => string {
  const tagsByName = new Map<string, Comparison['tags'][]>();
  for (const { name, tags } of comparisons) tagsByName.set(name, [...(tagsByName.get(name) ?? []), tags]);
  const keys = new Map([...tagsByName].map(([name, all]) => [name, tellingKeys(all)]));
  return ({ name, tags }) => tagsText(inOrderOf(keys.get(name) ?? [], tags));
}

/** A figure for people, in the unit of its series. */
export function figureText(one: Comparison, change: Change, value: number): string {
  return valueText(value, { one, change, isFirst: true }, false);
}

/** A counter's percentiles are of its bucket rates, and a rate says what a count says. */
function isTold({ what }: Change, { type }: Comparison): boolean {
  if (what === 'count') return type === 'set';
  if (what === 'mean') return false;
  return type !== 'counter' || !what.startsWith('p');
}

function valueText(value: number, { one, change }: Line, raw: boolean): string {
  if (raw) return String(value);
  const unit: Unit = unitOf(one.name, one.type);
  switch (change?.what) {
    case 'count':
      return plainNumber(value);
    case 'errors':
      return `${digits(Number((value * 100).toPrecision(3)))} %`;
    case 'rate':
      return one.type === 'counter' ? perSecond(value, unit) : `${plainNumber(value)}/s`;
    default:
      return quantity(value, unit);
  }
}

function percentText(change: Change): string {
  const shift = percentShift(change);
  const sign = shift > 0 ? '+' : '';
  return `${sign}${digits(Number(shift.toPrecision(3)))} %`;
}

function judgement(one: Comparison, change: Change | undefined): string {
  if (one.in === 'before') return 'only before';
  if (one.in === 'after') return 'only after';
  if (change?.verdict === undefined) return '';
  return change.after === change.before ? 'the same' : words[change.verdict];
}
