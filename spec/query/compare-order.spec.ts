import { expect } from 'chai';
import type { Change, Comparison } from '../../lib/query/compare.js';
import { worstFirst } from '../../lib/query/compare-order.js';

type Figures = readonly (readonly [what: string, before: number, after: number])[];

function compared(name: string, type: Comparison['type'], figures: Figures, count = 1) {
  const changes = figures.map(([what, before, after]): Change => {
    return { what, before, after, verdict: after > before ? 'higher' : 'lower' };
  });
  return { one: { name, type, tags: [], in: 'both' as const, changes, shape: undefined }, count };
}

const order = (...all: Parameters<typeof worstFirst>[0]): string[] => worstFirst(all).map(({ name }) => name);

describe('the order of a comparison', () => {
  it('has a percentile that doubled before a little from zero, and behind much from zero', () => {
    const found = order(
      compared('trace of errors', 'counter', [['errors', 0, 0.0005]]),
      compared('microseconds', 'timer', [['p99', 0, 0.02]]),
      compared('doubled', 'timer', [['p99', 100, 200]]),
      compared('seconds', 'timer', [['p99', 0, 3_000]]),
      compared('outage', 'counter', [['errors', 0, 0.3]]),
    );
    expect(found).to.deep.equal(['seconds', 'outage', 'doubled', 'trace of errors', 'microseconds']);
  });

  it('weighs a rate from zero, and one to zero, by what it is a second', () => {
    const found = order(
      compared('one an hour', 'counter', [['rate', 0, 1 / 3600]]),
      compared('tripled', 'counter', [['rate', 10, 30]]),
      compared('from zero', 'counter', [['rate', 0, 500]]),
      compared('to zero', 'counter', [['rate', 400, 0]]),
    );
    expect(found).to.deep.equal(['from zero', 'to zero', 'tripled', 'one an hour']);
  });

  it('takes a value from zero for doubled where it has no unit', () => {
    const found = order(
      compared('half as much again', 'gauge', [['p50', 10, 15]]),
      compared('from zero', 'gauge', [['p50', 0, 1]]),
      compared('tripled', 'gauge', [['p50', 10, 30]]),
    );
    expect(found).to.deep.equal(['tripled', 'from zero', 'half as much again']);
  });

  it('has the busiest of new series first', () => {
    const fresh = ([name, count]: readonly [string, number]) => {
      const { one } = compared(name, 'counter', []);
      return { one: { ...one, in: 'after' as const }, count };
    };
    const all = (
      [
        ['a', 1],
        ['busy', 900],
        ['c', 2],
      ] as const
    ).map(fresh);
    expect(order(...all)).to.deep.equal(['busy', 'c', 'a']);
  });
});
