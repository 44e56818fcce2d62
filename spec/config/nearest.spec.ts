import { expect } from 'chai';
import { nearest } from '../../lib/config/nearest.js';

const flags = ['port', 'probe', 'probe-interval', 'flush-interval', 'db'];

describe('the guess at a mistyped word', () => {
  const guesses: readonly (readonly [string, string])[] = [
    ['prot', 'port'],
    ['por', 'port'],
    ['ports', 'port'],
    ['pork', 'port'],
    ['flush-intervall', 'flush-interval'],
    ['flushinterval', 'flush-interval'],
    ['flush_interval', 'flush-interval'],
    ['bd', 'db'],
    ['port', 'port'],
  ];
  for (const [word, meant] of guesses) {
    it(`takes ${word} for ${meant}`, () => expect(nearest(word, flags)).to.equal(meant));
  }

  it('is none when nothing is near', () => {
    for (const word of ['', 'x', 'retention', 'flush', '__proto__']) {
      expect(nearest(word, flags), word).to.equal(undefined);
    }
  });
});
