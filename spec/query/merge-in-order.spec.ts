import { expect } from 'chai';
import { mergeInOrder, type Sequence } from '../../lib/query/merge-in-order.js';

interface Item {
  readonly value: number;
  readonly from: number;
}

function sequenceOf(values: readonly number[], from: number): Sequence<Item> {
  const items = values.map((value) => ({ value, from }));
  return {
    get next() {
      return items[0];
    },
    advance: () => void items.shift(),
  };
}

const merged = (...lists: readonly (readonly number[])[]): Item[] => [
  ...mergeInOrder(lists.map(sequenceOf), (a, b) => a.value - b.value),
];

describe('merging in order', () => {
  it('gives all that the sequences have, as sorting them together does', () => {
    const lists = Array.from({ length: 9 }, (_, from) =>
      Array.from({ length: (from * 5) % 7 }, (_, i) => (i * 31 + from * 17) % 23).sort((a, b) => a - b),
    );
    const all = lists.flatMap((list, from) => list.map((value) => ({ value, from })));
    expect(merged(...lists)).to.deep.equal(all.sort((a, b) => a.value - b.value || a.from - b.from));
  });

  it('takes equal ones from the first sequence first', () => {
    expect(merged([1, 1], [1], [0, 1]).map(({ from }) => from)).to.deep.equal([2, 0, 0, 1, 2]);
  });

  it('is nothing for no sequences and for empty ones', () => {
    expect([merged(), merged([], [])]).to.deep.equal([[], []]);
    expect(merged([], [3]).map(({ value }) => value)).to.deep.equal([3]);
  });
});
