import { expect } from 'chai';
import { hashText } from '../../lib/series/hashed-numbers.js';
import { SmallCount } from '../../lib/sketch/small-count.js';

describe('the small count of distinct hashes', () => {
  it('is near the truth, however many there are and however often they come', () => {
    for (const distinct of [0, 1, 2, 10, 100, 500, 800, 5000, 100_000]) {
      const count = new SmallCount();
      for (let i = 0; i < 2 * distinct; i += 1) count.add(hashText(`value ${i % distinct}`, 0));
      // Three standard errors, and one for the smallest.
      expect(count.estimate()).to.be.within(distinct * 0.8 - 1, distinct * 1.2 + 1);
    }
  });
});
