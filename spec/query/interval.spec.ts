import { expect } from 'chai';
import {
  percentileInterval,
  rankBounds,
  rateInterval,
  shapeDistance,
  shareInterval,
} from '../../lib/query/interval.js';
import { meanRateInterval } from '../../lib/query/mean-rate.js';
import { exactShape, sketchShape } from '../../lib/query/shape.js';
import { DDSketch } from '../../lib/sketch/ddsketch.js';

/** Probabilities of 0 to n hits, each from the one before. */
function binomials(n: number, q: number): number[] {
  // From the other end the first term would be too small for a double.
  if (q > 0.5) return binomials(n, 1 - q).reverse();
  const terms = [(1 - q) ** n];
  for (let k = 1; k <= n; k += 1) terms.push(((terms[k - 1] ?? 0) * (n - k + 1) * q) / (k * (1 - q)));
  return terms;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

const shapeOf = (values: readonly number[]) => exactShape(Float64Array.from(values));
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

describe('the ranks around a quantile', () => {
  it('are those of the tables for the median of 100', () => {
    expect(rankBounds(100, 0.5)).to.deep.equal({ below: 37, upTo: 64 });
  });

  for (const [size, q] of [
    [50, 0.5],
    [100, 0.9],
    [400, 0.95],
    [1_000, 0.99],
    [600, 0.02],
  ] as const) {
    it(`are the narrowest that leave half a per cent on either side: ${q} of ${size}`, () => {
      const terms = binomials(size, q);
      const { below, upTo: above } = rankBounds(size, q);
      expect(sum(terms.slice(0, below))).to.be.at.most(0.005);
      expect(sum(terms.slice(0, below + 1))).to.be.above(0.005);
      expect(sum(terms.slice(above))).to.be.at.most(0.005);
      expect(sum(terms.slice(above - 1))).to.be.above(0.005);
    });
  }

  it('are open where the samples are too few', () => {
    expect(rankBounds(100, 0.99).upTo).to.equal(101);
    expect(rankBounds(100, 0.01).below).to.equal(0);
    expect(rankBounds(0, 0.5)).to.deep.equal({ below: 0, upTo: 1 });
    expect(rankBounds(9, 1)).to.deep.equal({ below: 0, upTo: 10 });
  });

  it('go over into the normal distribution without a jump', () => {
    const [exact, normal] = [rankBounds(3_990, 0.5), rankBounds(4_010, 0.5)];
    expect(exact.below / 3_990).to.be.closeTo(normal.below / 4_010, 0.001);
    expect(exact.upTo / 3_990).to.be.closeTo(normal.upTo / 4_010, 0.001);
  });
});

describe('the interval of a percentile', () => {
  it('has the values at those ranks', () => {
    expect(percentileInterval(shapeOf(upTo(100)), 50)).to.deep.equal({ low: 37, high: 64 });
  });

  it('is wider by the error of a sketch, on both sides of zero', () => {
    for (const sign of [1, -1]) {
      const sketch = new DDSketch();
      sketch.addAll(upTo(100).map((value) => value * sign));
      const shape = sketchShape(sketch, {
        min: Math.min(sign, 100 * sign),
        max: Math.max(sign, 100 * sign),
        effectiveSamples: 100,
      });
      const { low, high } = percentileInterval(shape, 50);
      const exact = sign > 0 ? [37, 64] : [-64, -37];
      expect(low).to.be.at.most(exact[0] ?? 0);
      expect(high).to.be.at.least(exact[1] ?? 0);
      expect(low).to.be.closeTo(exact[0] ?? 0, 0.03 * 64);
      expect(high).to.be.closeTo(exact[1] ?? 0, 0.03 * 64);
    }
  });
});

describe('other intervals', () => {
  it('of a share are Wilson’s', () => {
    const { low, high } = shareInterval(5, 100);
    // Its ends are the shares from which 5 % is just so many standard deviations away.
    for (const end of [low, high]) {
      expect(Math.abs(0.05 - end)).to.be.closeTo(2.5758293 * Math.sqrt((end * (1 - end)) / 100), 1e-9);
    }
    expect(low).to.be.below(0.05).and.below(high);
    expect(shareInterval(0, 100).low).to.equal(0);
  });

  it('of a rate hold it, and shrink with the root of the events', () => {
    const { low, high } = rateInterval(100, 10);
    expect(low).to.be.closeTo((10 - 1.28791) ** 2 / 10, 1e-3);
    expect(high).to.be.closeTo((10 + 1.28791) ** 2 / 10, 1e-3);
    expect(rateInterval(0, 0)).to.deep.equal({ low: 0, high: 0 });
  });

  it('of a mean rate count empty buckets as zero', () => {
    const rates = [2, 4, 2, 4, 2, 4, 2, 4, 2, 4];
    const zeros = new Array(10).fill(0);
    const mean = 1.5;
    const variance = sum([...rates, ...zeros].map((rate) => (rate - mean) ** 2)) / 19;
    const reach = 2.5758293 * Math.sqrt(variance / 20);
    const { low, high } = meanRateInterval(shapeOf(rates), mean, mean * 200, 10_000);
    expect(low).to.be.closeTo(mean - reach, 1e-9);
    expect(high).to.be.closeTo(mean + reach, 1e-9);
    expect(meanRateInterval(shapeOf([1, 2]), 1.5, 30, 10_000).high).to.equal(Number.POSITIVE_INFINITY);
  });
});

describe('the distance of two shapes', () => {
  it('is the greatest difference of their cumulative distributions', () => {
    const [a, b] = [
      [1, 2, 3, 4],
      [3, 3, 4, 5, 6],
    ];
    const below = (values: readonly number[], x: number): number =>
      values.filter((value) => value <= x).length / values.length;
    const exact = Math.max(...[...a, ...b].map((x) => Math.abs(below(a, x) - below(b, x))));
    expect(shapeDistance(shapeOf(a), shapeOf(b)).distance).to.be.closeTo(exact, 1e-12);
  });

  it('is judged by the number of samples', () => {
    const { byChance } = shapeDistance(shapeOf(upTo(200)), shapeOf(upTo(300)));
    expect(byChance).to.be.closeTo(Math.sqrt((Math.log(200) / 2) * (500 / 60_000)), 1e-12);
    expect(shapeDistance(shapeOf(upTo(9)), shapeOf(upTo(9))).distance).to.be.closeTo(0, 1e-12);
  });
});
