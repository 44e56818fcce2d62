import { expect } from 'chai';
import { UsageError } from '../../lib/errors.js';
import { parsePercentiles } from '../../lib/query/percentile.js';
import type { Row } from '../../lib/query/row.js';
import { busiestFirst, parseSort, sortedBy } from '../../lib/query/sort.js';

const percentiles = parsePercentiles('50,99.9');

function row(name: string, numbers: Partial<Row>): Row {
  return { name, type: 'timer', tags: [], count: 1, ...numbers };
}

function order(rows: readonly Row[], sort: string): string[] {
  return rows.toSorted(sortedBy(parseSort(sort, percentiles), percentiles)).map(({ name }) => name);
}

describe('parseSort', () => {
  it('puts the largest first, and names and times from the start', () => {
    expect(parseSort('count', percentiles)).to.deep.equal({ column: 'count', ascending: false });
    expect(parseSort('p99.9', percentiles)).to.deep.equal({ column: 'p99.9', ascending: false });
    expect(parseSort('name', percentiles)).to.deep.equal({ column: 'name', ascending: true });
    expect(parseSort('time', percentiles)).to.deep.equal({ column: 'time', ascending: true });
  });

  it('turns round with a dash, and says it in full with a suffix', () => {
    expect(parseSort('-count', percentiles).ascending).to.equal(true);
    expect(parseSort('-name', percentiles).ascending).to.equal(false);
    expect(parseSort('count:asc', percentiles).ascending).to.equal(true);
    expect(parseSort('name:desc', percentiles).ascending).to.equal(false);
    expect(parseSort('-count:desc', percentiles).ascending).to.equal(true);
  });

  for (const text of ['', 'p99', 'p', 'counts', 'count:up', '--count', 'constructor', '99.9']) {
    it(`refuses ${JSON.stringify(text)} and names the columns`, () => {
      expect(() => parseSort(text, percentiles)).to.throw(
        UsageError,
        /--sort.*name, type, tags.*p50, p99\.9/,
      );
    });
  }
});

describe('sortedBy', () => {
  const rows = [
    row('a', { count: 2, percentiles: [5, 9] }),
    row('b', { count: 3, percentiles: [6, 8] }),
    row('c', { count: 1 }),
    row('d', { count: 3, percentiles: [1, Number.NaN] }),
  ];

  it('orders by a number, and equal ones by name', () => {
    expect(order(rows, 'count')).to.deep.equal(['b', 'd', 'a', 'c']);
    expect(order(rows, '-count')).to.deep.equal(['c', 'a', 'b', 'd']);
  });

  it('orders by a percentile, those without it last in both directions', () => {
    expect(order(rows, 'p99.9')).to.deep.equal(['a', 'b', 'c', 'd']);
    expect(order(rows, 'p50:asc')).to.deep.equal(['d', 'a', 'b', 'c']);
    expect(order(rows, 'p99.9:asc')).to.deep.equal(['b', 'a', 'c', 'd']);
  });

  it('orders by text', () => {
    expect(order(rows, '-name')).to.deep.equal(['d', 'c', 'b', 'a']);
    const tagged = [
      row('x', { tags: [{ key: 'k', value: 'b' }] }),
      row('y', { tags: [{ key: 'k', value: 'a' }] }),
    ];
    expect(order(tagged, 'tags')).to.deep.equal(['y', 'x']);
  });
});

describe('busiestFirst', () => {
  it('keeps the steps of a group together, in order of time', () => {
    const rows = [
      row('quiet', { count: 3, timeMs: 20 }),
      row('busy', { count: 1, timeMs: 20 }),
      row('quiet', { count: 2, timeMs: 10 }),
      row('busy', { count: 9, timeMs: 10 }),
    ];
    const sorted = busiestFirst(rows).map(({ name, timeMs }) => `${name} ${timeMs}`);
    expect(sorted).to.deep.equal(['busy 10', 'busy 20', 'quiet 10', 'quiet 20']);
  });
});
