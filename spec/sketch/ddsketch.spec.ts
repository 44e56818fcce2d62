import { expect } from 'chai';
import { DDSketch } from '../../lib/sketch/ddsketch.js';
import { minMagnitude } from '../../lib/sketch/mapping.js';
import { exactQuantile, expectWithinBound, quantiles } from './accuracy.js';
import { distributions, randomOf, samplesOf, shuffle } from './distributions.js';

/** Adds the samples to a random number of sketches and merges those in random order. */
function mergedSketch(values: Float64Array, random: () => number): DDSketch {
  const parts = Array.from({ length: 1 + Math.floor(random() * 12) }, () => new DDSketch());
  for (const value of values) parts[Math.floor(random() * parts.length)]!.add(value);
  const [into, ...others] = shuffle(parts, random);
  for (const other of others) into!.merge(other);
  return into!;
}

describe('DDSketch', () => {
  for (const name of Object.keys(distributions)) {
    const sizes = [1, 2, 10, 100, 1000, 100_000];
    if (['lognormal', 'pareto', 'mixed-sign'].includes(name)) sizes.push(1_000_000);
    for (const size of sizes) {
      it(`answers within its accuracy for ${size} ${name} samples, before and after merging`, () => {
        const values = samplesOf(name, size, size);
        const sketch = new DDSketch();
        sketch.addAll(values);
        const merged = mergedSketch(values, randomOf(size + 1));
        const decoded = DDSketch.decode(sketch.encode());
        const sorted = values.slice().sort();
        for (const each of [sketch, merged, decoded]) {
          expect(each.count).to.equal(size);
          expect(each.collapsed).to.equal(0);
          expect(each.relativeAccuracy).to.equal(0.01);
          expectWithinBound(each, sorted);
        }
        expect(merged.encode()).to.deep.equal(sketch.encode());
      });
    }
  }

  it('keeps other accuracies as well', () => {
    for (const relativeAccuracy of [0.0001, 0.001, 0.05, 0.3, 0.499]) {
      const values = samplesOf('with zeros', 10_000, 5);
      const sketch = new DDSketch({ relativeAccuracy, maxBins: 65536 });
      sketch.addAll(values);
      expect(sketch.relativeAccuracy).to.equal(relativeAccuracy);
      expectWithinBound(sketch, values.sort());
    }
  });

  it('treats a weight as that many samples', () => {
    const values = samplesOf('mixed-sign', 500, 3);
    const random = randomOf(4);
    const weights = values.map(() => 1 + Math.floor(random() * 20));
    const weighted = new DDSketch();
    weighted.addAll(values, weights);
    const repeated = new DDSketch();
    const all: number[] = [];
    values.forEach((value, i) => {
      for (let n = 0; n < weights[i]!; n += 1) all.push(value);
    });
    for (const value of all) repeated.add(value);
    expect(weighted.encode()).to.deep.equal(repeated.encode());
    expectWithinBound(weighted, Float64Array.from(all).sort());
  });

  it('finds the least sample such that the weight up to it exceeds q·(W - 1), for any weights', () => {
    const random = randomOf(5);
    for (let round = 0; round < 50; round += 1) {
      const samples = Array.from({ length: 1 + Math.floor(random() * 40) }, () => ({
        value: Math.floor((random() - 0.3) * 1000),
        weight: 1 / (0.05 + 0.95 * random()),
      }));
      const sketch = new DDSketch();
      for (const { value, weight } of samples) sketch.add(value, weight);
      samples.sort((a, b) => a.value - b.value);
      const total = samples.reduce((sum, { weight }) => sum + weight, 0);
      for (const q of quantiles) {
        let upTo = 0;
        const exact = samples.find(({ weight }) => {
          upTo += weight;
          return upTo > q * (total - 1);
        })!.value;
        expect(sketch.quantile(q)).to.be.closeTo(exact, 0.01 * Math.abs(exact));
      }
    }
  });

  it('adds a range of a batch', () => {
    const sketch = new DDSketch();
    sketch.addAll([9, 1, 2, 9], [7, 3, 4, 7], 1, 3);
    expect([...sketch.bins()].map(({ weight }) => weight)).to.deep.equal([3, 4]);
  });

  it('says that it is empty', () => {
    const sketch = new DDSketch();
    expect(sketch.count).to.equal(0);
    expect(sketch.collapsed).to.equal(0);
    expect(sketch.quantile(0.5)).to.be.NaN;
    expect(sketch.rank(1)).to.equal(0);
    expect([...sketch.bins()]).to.deep.equal([]);
  });

  it('counts what is nearer to zero than the smallest normal double as zero', () => {
    const sketch = new DDSketch();
    sketch.addAll([0, -0, 5e-324, -5e-324, minMagnitude / 2, -minMagnitude / 2]);
    expect([...sketch.bins()]).to.deep.equal([{ low: 0, high: 0, weight: 6 }]);
    expect(sketch.quantile(1)).to.equal(0);
  });

  it('answers within its accuracy at the ends of the range of doubles', () => {
    for (const extreme of [minMagnitude, Number.MAX_VALUE, 1.7e308, -minMagnitude, -Number.MAX_VALUE]) {
      const sketch = new DDSketch();
      sketch.add(extreme);
      expect(Math.abs(sketch.quantile(0.5) / extreme - 1)).to.be.at.most(0.01);
      const [bin] = [...sketch.bins()];
      expect(extreme).to.be.within(bin!.low, bin!.high);
    }
  });

  it('ranks a value above all smaller samples and below all that are more than a bin greater', () => {
    const values = samplesOf('with zeros', 2000, 6);
    const sketch = new DDSketch();
    sketch.addAll(values);
    const gamma = 1.01 / 0.99;
    const weightUpTo = (limit: number): number => values.filter((value) => value <= limit).length;
    for (const value of [
      -Infinity,
      -2000,
      -500,
      -1,
      -1e-9,
      0,
      1e-310,
      0.5,
      3,
      250,
      999,
      1000,
      1e300,
      Infinity,
    ]) {
      const furthest = value > 0 ? value * gamma : value / gamma;
      expect(sketch.rank(value), String(value)).to.be.within(weightUpTo(value), weightUpTo(furthest));
    }
  });

  it('gives bins in order of values, of which each sample is in one', () => {
    const values = samplesOf('with zeros', 2000, 7).sort();
    const sketch = new DDSketch();
    sketch.addAll(values);
    let before = 0;
    for (const { low, high, weight } of sketch.bins()) {
      for (const value of values.subarray(before, before + weight)) {
        if (value < low - Math.abs(low) * 1e-12 || value > high + Math.abs(high) * 1e-12) {
          expect.fail(`${value} is not from ${low} to ${high}`);
        }
      }
      before += weight;
    }
    expect(before).to.equal(2000);
  });

  it('refuses values, weights, quantiles and options that make no sense', () => {
    const sketch = new DDSketch();
    for (const value of [Number.NaN, Infinity, -Infinity]) {
      expect(() => sketch.add(value)).to.throw(RangeError, 'not finite');
    }
    for (const weight of [0, -1, Number.NaN, Infinity]) {
      expect(() => sketch.add(1, weight)).to.throw(RangeError, 'weight');
    }
    expect(sketch.count).to.equal(0);
    for (const q of [-0.1, 1.1, Number.NaN])
      expect(() => sketch.quantile(q)).to.throw(RangeError, 'quantile');
    expect(() => sketch.rank(Number.NaN)).to.throw(RangeError, 'rank');
    for (const maxBins of [0, -1, 1.5, 65537, Number.NaN]) {
      expect(() => new DDSketch({ maxBins })).to.throw(RangeError, 'maxBins');
    }
    expect(() => new DDSketch({ relativeAccuracy: 0.5 })).to.throw(RangeError, 'accuracy');
  });

  it('keeps the samples of a batch before a bad one, and nothing of it for the next sketch', () => {
    const sketch = new DDSketch();
    expect(() => sketch.addAll([1, -2, Number.NaN, 3])).to.throw(RangeError);
    expect(sketch.count).to.equal(2);
    const next = new DDSketch();
    next.addAll([4]);
    expect(next.count).to.equal(1);
  });
});

describe('a DDSketch with few bins', () => {
  const values = Float64Array.from({ length: 4001 }, (_, i) => 10 ** (i / 200 - 10));
  const sorted = values.slice().sort();

  it('collapses the smallest magnitudes, says how much, and keeps its promise for the others', () => {
    for (const maxBins of [50, 500, 2048]) {
      const sketch = new DDSketch({ maxBins });
      sketch.addAll(shuffle([...values], randomOf(maxBins)));
      expect(sketch.count).to.equal(4001);
      expect([...sketch.bins()].length).to.be.at.most(maxBins);
      // 35 bins an octave: so many samples are in as many octaves as there are bins for.
      const kept = (maxBins / 35) * Math.log10(2) * 200;
      expect(4001 - sketch.collapsed).to.be.closeTo(kept, 10);
      for (let i = Math.ceil(sketch.collapsed); i <= 4000; i += 1) {
        const q = i / 4000;
        const exact = exactQuantile(sorted, q);
        expect(sketch.quantile(q)).to.be.within(exact * 0.99, exact * 1.01);
      }
    }
  });

  it('collapses negative values near zero, and each side for itself', () => {
    const sketch = new DDSketch({ maxBins: 100 });
    sketch.addAll(values.map((value) => -value));
    sketch.addAll([1, 2, 3]);
    expect(sketch.quantile(0)).to.be.closeTo(-1e10, 1e8);
    expect(sketch.quantile(1)).to.be.closeTo(3, 0.03);
    expect(sketch.collapsed).to.be.above(3800);
    const positiveWeights = [...sketch.bins()].filter(({ low }) => low > 0).map(({ weight }) => weight);
    expect(positiveWeights).to.deep.equal([1, 1, 1]);
  });

  it('keeps what was collapsed through merging and encoding', () => {
    const sketch = new DDSketch({ maxBins: 50 });
    sketch.addAll([1e-5, 1e-3, 1, 1000]);
    expect(sketch.collapsed).to.equal(3);
    const decoded = DDSketch.decode(sketch.encode());
    expect(decoded.collapsed).to.equal(3);
    decoded.merge(sketch);
    expect(decoded.collapsed).to.equal(6);
    decoded.add(1e9);
    // All eight are below the bins that there is room for now.
    expect(decoded.collapsed).to.equal(8);
    expect(DDSketch.decode(decoded.encode()).collapsed).to.equal(8);
  });
});
