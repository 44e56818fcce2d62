import type { PageRow } from '../page-content.js';
import { content, element, written } from './elements.js';

const mostRowsShown = 1000;
const plain: PageRow['unit'] = { kind: 'number', factor: 1 };
const texts = ['name', 'type', 'tags'] as const;
const numbers = [
  'count',
  'rate',
  'sum',
  'min',
  'mean',
  ...content.percentiles.map((p) => `p${p}`),
  'max',
  'last',
];
const shownNumbers = numbers.filter((name) => content.rows.some((row) => row.numbers[name] !== undefined));
const order = { column: '', ascending: false };

function cellText(row: PageRow, name: string): string {
  const value = row.numbers[name];
  if (name === 'count') return written(value, plain);
  const perSecond = name === 'rate' || (row.type === 'counter' && name !== 'sum');
  const unit = name === 'rate' && row.type !== 'counter' ? plain : row.unit;
  if (value === undefined) return '';
  return written(value, unit) + (perSecond ? '/s' : '') + (row.marks[name] ?? '');
}

function rowElement(row: PageRow): HTMLTableRowElement {
  const name = row.chart === undefined ? row.name : element('a', { href: `#chart-${row.chart}` }, row.name);
  return element(
    'tr',
    {},
    // A narrow page has no room for columns of their own.
    element('td', { class: 'text', 'data-detail': `${row.type} ${row.tags}`.trim() }, name),
    element('td', { class: 'text' }, row.type),
    element('td', { class: 'text' }, row.tags),
    ...shownNumbers.map((column) => element('td', {}, cellText(row, column))),
  );
}

function compare(a: PageRow, b: PageRow): number {
  const { column, ascending } = order;
  const sign = ascending ? 1 : -1;
  const text = texts.find((name) => name === column);
  if (text !== undefined) return sign * (a[text] < b[text] ? -1 : Number(a[text] > b[text]));
  const [left, right] = [a.numbers[column], b.numbers[column]];
  // Rows without the number last, whichever the direction.
  if (left === undefined || right === undefined)
    return Number(left === undefined) - Number(right === undefined);
  return sign * (left - right);
}

/** The rows, to be searched and sorted. */
export function table(): HTMLElement {
  const body = element('tbody');
  const shown = element('p', { role: 'status' });
  const search = element('input', {
    type: 'search',
    placeholder: 'Search names, types and tags',
    id: 'search',
  });
  search.setAttribute('aria-label', 'Search names, types and tags');
  const headings = [...texts, ...shownNumbers].map((column) => {
    const button = element('button', { type: 'button' }, column);
    const isText = texts.some((name) => name === column);
    const heading = element('th', { scope: 'col', ...(isText && { class: 'text' }) }, button);
    button.addEventListener('click', () => {
      order.ascending = order.column === column ? !order.ascending : isText;
      order.column = column;
      refresh();
    });
    return { column, heading };
  });
  const refresh = (): void => {
    const words = search.value.toLowerCase().split(/\s+/);
    const found = content.rows.filter(({ name, type, tags }) => {
      const text = `${name} ${type} ${tags}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    const ordered = order.column === '' ? found : found.toSorted(compare);
    body.replaceChildren(...ordered.slice(0, mostRowsShown).map(rowElement));
    const more = found.length > mostRowsShown ? `, the first ${mostRowsShown} shown` : '';
    shown.textContent = `${found.length} of ${content.rows.length} rows${more}`;
    for (const { column, heading } of headings) {
      heading.ariaSort = column !== order.column ? 'none' : order.ascending ? 'ascending' : 'descending';
    }
  };
  search.addEventListener('input', refresh);
  refresh();
  const head = element('thead', {}, element('tr', {}, ...headings.map(({ heading }) => heading)));
  return element(
    'section',
    {},
    element('div', { class: 'tools' }, search, shown),
    element('div', { class: 'scroll', tabindex: '0' }, element('table', {}, head, body)),
    ...content.footnotes.map((note) => element('p', {}, note)),
  );
}
