import { expect } from 'chai';
import { HashedNumbers } from '../../lib/series/hashed-numbers.js';
import { Dice } from '../kernel/traffic.js';

describe('numbers by hashed texts', () => {
  it('are those of a Map, whatever is set and deleted', () => {
    const dice = new Dice(20260101);
    const table = new HashedNumbers();
    const model = new Map<string, number>();
    for (let round = 0; round < 60_000; round += 1) {
      // Few enough texts that most are set, deleted and set again.
      const text = `name.${dice.roll(round < 30_000 ? 5000 : 300)}`;
      if (dice.roll(3) === 0) {
        table.delete(text);
        model.delete(text);
      } else {
        table.set(text, round);
        model.set(text, round);
      }
      const other = `name.${dice.roll(5000)}`;
      expect(table.get(other)).to.equal(model.get(other));
    }
    expect(table.size).to.equal(model.size);
    for (const [text, value] of model) expect(table.get(text)).to.equal(value);
  });

  it('tell texts apart that differ little', () => {
    const table = new HashedNumbers();
    const texts = ['', 'a', 'A', 'aa', 'a\0', '\0a', 'ab', 'ba', 'ä', 'a'.repeat(70_000)];
    for (const [i, text] of texts.entries()) table.set(text, i);
    expect(texts.map((text) => table.get(text))).to.deep.equal(texts.map((_, i) => i));
  });
});
