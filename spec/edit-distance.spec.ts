import { expect } from 'chai';
import { editDistance } from '../lib/edit-distance.js';

describe('editDistance', () => {
  it('counts inserted, removed, replaced and swapped letters', () => {
    expect(editDistance('', 'abc')).to.equal(3);
    expect(editDistance('abc', '')).to.equal(3);
    expect(editDistance('abc', 'abc')).to.equal(0);
    expect(editDistance('abc', 'acb')).to.equal(1);
    expect(editDistance('kitten', 'sitting')).to.equal(3);
  });
});
