import { expect } from 'chai';
import { UsageError } from '../../lib/errors.js';
import type { Comparison } from '../../lib/query/compare.js';
import { breakOf, parseFailIf, withPercentilesOf } from '../../lib/query/fail-if.js';
import { parsePercentiles } from '../../lib/query/percentile.js';
import type { Verdict } from '../../lib/query/verdict.js';

function changed(what: string, before: number, after: number, verdict: Verdict = 'higher'): Comparison {
  const changes = [{ what, before, after, verdict }];
  return { name: 'a', type: 'timer', tags: [], in: 'both', changes, shape: undefined };
}

function holds(text: string, comparison: Comparison, unclear = false): boolean {
  return breakOf(parseFailIf(text), comparison, unclear) !== undefined;
}

describe('a condition on a change', () => {
  it('is in per cent of the value before', () => {
    expect(holds('p99 > +10%', changed('p99', 100, 111))).to.equal(true);
    expect(holds('p99>10%', changed('p99', 100, 110))).to.equal(false);
    expect(holds('rate < -20%', changed('rate', 10, 7.9, 'lower'))).to.equal(true);
    expect(holds('rate < -20%', changed('rate', 10, 8, 'lower'))).to.equal(false);
  });

  it('is in the unit of the figure without a per cent sign', () => {
    expect(holds('p50 > +20', changed('p50', 100, 121))).to.equal(true);
    expect(holds('p50 > +20', changed('p50', 100, 120))).to.equal(false);
  });

  it('is in points for errors', () => {
    expect(holds('errors > +0.5%', changed('errors', 0.01, 0.016))).to.equal(true);
    expect(holds('errors > +0.5%', changed('errors', 0.01, 0.014))).to.equal(false);
  });

  it('leaves out what may be chance or drifts unless asked, and takes what cannot be judged', () => {
    expect(holds('p99 > +10%', changed('p99', 1, 2, 'unclear'))).to.equal(false);
    expect(holds('p99 > +10%', changed('p99', 1, 2, 'unclear'), true)).to.equal(true);
    expect(holds('p99 > +10%', changed('p99', 1, 2, 'drift'))).to.equal(false);
    expect(holds('mean > +10%', changed('mean', 1, 2, undefined))).to.equal(true);
  });

  it('is of its own figure, however that is spelt', () => {
    expect(holds('p99 > +10%', changed('p95', 1, 2))).to.equal(false);
    expect(holds('P99.0 > +10%', changed('p99', 1, 2))).to.equal(true);
  });

  it('brings the percentile it needs', () => {
    const percentiles = withPercentilesOf([parseFailIf('p99.9 > +1%')], parsePercentiles('50'));
    expect(percentiles.map(({ label }) => label)).to.deep.equal(['50', '99.9']);
  });

  it('says how it is written when it cannot be read', () => {
    for (const text of ['p99', 'p99 > ', 'speed > 10%', 'p99 = 10%', 'p101x > 1']) {
      expect(() => parseFailIf(text), text).to.throw(UsageError, /p99 > \+10%/);
    }
  });
});
