import { expect } from 'chai';
import { exactLimit, Population } from '../../lib/query/population.js';
import { rankOf } from '../../lib/query/quantiles.js';

const percentiles = [0, 50, 90, 99, 100].map((percent) => ({ label: String(percent), percent }));

/** Values of either sign over several magnitudes, in no order. */
function valuesOf(count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.sin(i * 7.3) * 10 ** ((i * 31) % 5));
}

function populationOf(values: readonly number[]): Population {
  const population = new Population();
  for (const value of values) population.add(value);
  return population;
}

function exactQuantiles(values: readonly number[]): (number | undefined)[] {
  const sorted = [...values].sort((a, b) => a - b);
  return percentiles.map(({ percent }) => sorted[rankOf(percent, sorted.length)]);
}

describe('Population', () => {
  for (const count of [1, 2, 3, 16, 17, 1000, exactLimit]) {
    it(`gives exact percentiles of ${count} values`, () => {
      const values = valuesOf(count);
      const population = populationOf(values);
      expect(population.quantiles(percentiles)).to.deep.equal(exactQuantiles(values));
      expect(population.relativeAccuracy).to.equal(0);
    });
  }

  it('keeps to the accuracy it states when there are more values than it holds', () => {
    const values = valuesOf(exactLimit * 3 + 1);
    const population = populationOf(values);
    expect(population.relativeAccuracy).to.equal(0.01);
    const exact = exactQuantiles(values);
    for (const [i, value] of population.quantiles(percentiles).entries()) {
      expect(Math.abs(value - (exact[i] ?? 0))).to.be.at.most(0.01 * Math.abs(exact[i] ?? 0) + 1e-12);
    }
  });

  it('knows number, mean, smallest and largest value exactly in both cases', () => {
    for (const count of [100, exactLimit * 2]) {
      const population = populationOf(Array.from({ length: count }, (_, i) => (i + 1) / 10));
      expect(population.count).to.equal(count);
      expect(population.mean).to.equal((count + 1) / 20);
      expect(population.min).to.equal(0.1);
      expect(population.max).to.equal(count / 10);
    }
  });

  it('survives values that overflowed', () => {
    const population = populationOf(valuesOf(exactLimit + 5));
    population.add(Number.POSITIVE_INFINITY);
    population.add(Number.NEGATIVE_INFINITY);
    expect(population.max).to.equal(Number.POSITIVE_INFINITY);
    expect(population.quantiles(percentiles)[1]).to.be.closeTo(0, 1);
  });
});

describe('rankOf', () => {
  it('is the lower quantile, without rounding error', () => {
    expect(rankOf(50, 4)).to.equal(1);
    expect(rankOf(50, 5)).to.equal(2);
    expect(rankOf(29, 101)).to.equal(29);
    expect(rankOf(99.9, 1001)).to.equal(999);
    expect(rankOf(100, 7)).to.equal(6);
  });
});
