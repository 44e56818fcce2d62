import { expect } from 'chai';
import { lostShare } from '../../lib/query/loss.js';

describe('lostShare', () => {
  it('is the dropped part of all that was sent', () => {
    expect(lostShare({ datagramsReceived: 75, datagramsDropped: 25 })).to.equal(0.25);
    expect(lostShare({ datagramsReceived: 0, datagramsDropped: 5 })).to.equal(1);
  });

  it('is nothing where nothing was dropped, or is known to be', () => {
    expect(lostShare({ datagramsReceived: 75, datagramsDropped: 0 })).to.equal(0);
    expect(lostShare({ datagramsReceived: 75, datagramsDropped: undefined })).to.equal(0);
  });
});
