import { expect } from 'chai';
import { sortInTurns } from '../../../lib/storage/sqlite/sort-in-turns.js';
import { Random } from '../../support/mutated-datagrams.js';

describe('sorting in turns', () => {
  for (const length of [0, 1, 5, 16_384, 16_385, 32_768, 49_153, 70_000, 200_003]) {
    it(`orders ${length} numbers as sorting in one go does`, async () => {
      const random = new Random(length + 1);
      const numbers = Float64Array.from({ length }, () => random.below(1e9) * 2 ** 20);
      const expected = numbers.slice().sort();
      await sortInTurns(numbers, new Float64Array(Math.floor(length / 2)));
      expect(numbers.every((n, i) => n === expected[i])).to.equal(true);
    });
  }

  it('lets other work have its turn', async () => {
    const numbers = Float64Array.from({ length: 100_000 }, (_, i) => 100_000 - i);
    let turns = 0;
    let isSorted = false;
    const count = (): void => {
      turns += 1;
      if (!isSorted) setImmediate(count);
    };
    setImmediate(count);
    await sortInTurns(numbers, new Float64Array(50_000));
    isSorted = true;
    expect(turns).to.be.at.least(7);
  });
});
