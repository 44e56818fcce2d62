import { expect } from 'chai';
import { rowDocument } from '../../lib/query/contract.js';
import { RowPack, type StepNumbers } from '../../lib/query/packed-rows.js';
import { parsePercentiles } from '../../lib/query/percentile.js';
import type { Row } from '../../lib/query/row.js';
import { type RowShelf, rowShelf, type ShelfOptions } from '../../lib/query/row-shelf.js';
import { ScratchFile } from '../../lib/query/scratch-file.js';
import { busiestFirst, parseSort, sortedBy } from '../../lib/query/sort.js';
import { trustOf } from '../../lib/query/trust.js';

const percentiles = parsePercentiles('50,99');
const flaw = { datagramsDropped: 3, missingMs: 0 };
const flawAt = (timeMs: number) => (timeMs === 3 ? flaw : undefined);

function step(timeMs: number, seed: number): StepNumbers {
  const count = (seed * 7919 + timeMs * 104_729) % 97;
  const trust = trustOf(count, percentiles, 0);
  return { timeMs, numbers: { count, rate: count / 3, sum: -count, percentiles: [seed, count % 5], trust } };
}

/** Groups of three types and many steps, one of them in two parts. */
function packsOf(groups: number, steps: number): RowPack[] {
  return Array.from({ length: groups }, (_, seed) => {
    const type = (['timer', 'counter', 'set'] as const)[seed % 3]!;
    const face = { name: `n${seed % 7}`, type, tags: [{ key: 'host', value: `${seed}` }], flawAt };
    const all = Array.from({ length: steps }, (_, i) => step(i, seed));
    const own = type === 'set' ? all.map((one) => ({ ...one, numbers: { count: one.numbers.count } })) : all;
    const parts = seed === 4 ? [own.slice(0, 2), own.slice(2)] : [own];
    return parts.map((part) => RowPack.of(face, part, percentiles));
  }).flat();
}

describe('a shelf of rows', () => {
  let scratch: ScratchFile;

  beforeEach(() => {
    scratch = new ScratchFile();
  });

  afterEach(() => scratch.close());

  const filled = (packs: readonly RowPack[], options: Partial<ShelfOptions>): RowShelf => {
    const shelf = rowShelf({
      scratch,
      sort: undefined,
      percentiles,
      limit: Number.POSITIVE_INFINITY,
      ...options,
    });
    for (const pack of packs) shelf.add(pack);
    return shelf;
  };
  const documents = (rows: Iterable<Row>): unknown[] =>
    Array.from(rows, (row) => rowDocument(row, percentiles));

  for (const heldBytes of [0, 500, 1 << 30]) {
    for (const column of [undefined, 'name', '-tags', 'count', 'p99', 'rate:asc', 'time']) {
      for (const limit of [Number.POSITIVE_INFINITY, 5, 70]) {
        it(`has the order of ${column ?? 'the busiest'}, ${limit} of them, holding ${heldBytes} bytes`, () => {
          const packs = packsOf(20, 6);
          const sort = column === undefined ? undefined : parseSort(column, percentiles);
          const all = packs.flatMap((pack) => [...pack]);
          const plain = sort === undefined ? busiestFirst(all) : all.toSorted(sortedBy(sort, percentiles));
          const rows = filled(packs, { sort, limit, heldBytes }).inOrder();
          expect(rows.length).to.equal(Math.min(limit, all.length));
          expect(documents(rows)).to.deep.equal(documents(plain.slice(0, limit)));
          expect(documents(rows), 'once more').to.deep.equal(documents(plain.slice(0, limit)));
        });
      }
    }
  }

  it('holds no numbers beyond what it may', () => {
    const packs = packsOf(20, 6);
    const numbers = packs.reduce((sum, pack) => sum + pack.numbers.length, 0);
    filled(packs, { heldBytes: 0 });
    expect(scratch.end).to.equal(numbers);
    filled(packs, { heldBytes: 0, sort: parseSort('p99', percentiles) });
    const numberOfGroup = packs.reduce((sum, { length }) => sum + length, 0);
    expect(scratch.end).to.equal(2 * numbers + numberOfGroup);
  });

  it('puts nothing away where few rows are wanted, or there are few', () => {
    filled(packsOf(20, 6), { heldBytes: 500, limit: 2, sort: parseSort('p99', percentiles) });
    filled(packsOf(20, 6), {});
    expect(scratch.end).to.equal(0);
  });

  it('is empty without rows', () => {
    for (const sort of [undefined, parseSort('p99', percentiles)]) {
      const rows = filled([], { sort, heldBytes: 0 }).inOrder();
      expect([rows.length, ...rows]).to.deep.equal([0]);
    }
  });
});
