import { expect } from 'chai';
import { UsageError } from '../../lib/errors.js';
import { parsePercentiles } from '../../lib/query/percentile.js';

describe('parsePercentiles', () => {
  it('keeps what was written as the label', () => {
    expect(parsePercentiles('50, 99.90,p99,0,100')).to.deep.equal([
      { label: '50', percent: 50 },
      { label: '99.90', percent: 99.9 },
      { label: '99', percent: 99 },
      { label: '0', percent: 0 },
      { label: '100', percent: 100 },
    ]);
  });

  it('gives each percentile once', () => {
    expect(parsePercentiles('50,p50,50.0')).to.deep.equal([{ label: '50', percent: 50 }]);
  });

  for (const text of ['', '101', '-1', 'abc', '50,,90', '50;90', '1e1', '99.']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => parsePercentiles(text)).to.throw(UsageError, /--percentiles/);
    });
  }
});
