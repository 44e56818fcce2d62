import { expect } from 'chai';
import { canonicalTags, compareText } from '../lib/metric.js';

describe('canonical tags', () => {
  it('do not depend on the order sent and hold no exact duplicate', () => {
    const a = { key: 'a', value: '1' };
    const a2 = { key: 'a', value: '2' };
    const b = { key: 'b', value: '' };
    expect(canonicalTags([b, a2, a, b, a])).to.deep.equal([a, a2, b]);
    expect(canonicalTags([a, b, a2])).to.deep.equal([a, a2, b]);
  });

  it('leave the given tags alone', () => {
    const given = [
      { key: 'z', value: '1' },
      { key: 'a', value: '1' },
    ];
    canonicalTags(given);
    expect(given[0]!.key).to.equal('z');
  });
});

describe('the order of texts', () => {
  it('is that of code units, not of a locale', () => {
    expect(['b', 'B', 'ä', 'a'].sort(compareText)).to.deep.equal(['B', 'a', 'b', 'ä']);
  });
});
