import { expect } from 'chai';
import fc from 'fast-check';
import { DDSketch } from '../../lib/sketch/ddsketch.js';
import { expectWithinBound } from './accuracy.js';
import { samplesOf } from './distributions.js';
import { plainSketch, type Sample, someMaxBins, someSamples } from './model.js';

function sketchOf(samples: readonly Sample[], maxBins: number): DDSketch {
  const sketch = new DDSketch({ maxBins });
  for (const { value, weight } of samples) sketch.add(value, weight);
  return sketch;
}

function batchedSketchOf(samples: readonly Sample[], maxBins: number): DDSketch {
  const sketch = new DDSketch({ maxBins });
  sketch.addAll(
    samples.map(({ value }) => value),
    samples.map(({ weight }) => weight),
  );
  return sketch;
}

const merged = (...sketches: readonly DDSketch[]): DDSketch => {
  const into = DDSketch.decode(sketches[0]!.encode());
  for (const sketch of sketches.slice(1)) into.merge(sketch);
  return into;
};

describe('merging DDSketches', () => {
  it('gives the bins of all samples, as adding them one by one and in batches does', () => {
    fc.assert(
      fc.property(someSamples, someSamples, someMaxBins, (a, b, maxBins) => {
        const all = [...a, ...b];
        const truth = plainSketch(all, 0.01, maxBins);
        const batched = batchedSketchOf(a, maxBins);
        batched.addAll(
          b.map(({ value }) => value),
          b.map(({ weight }) => weight),
        );
        const both = merged(sketchOf(a, maxBins), batchedSketchOf(b, maxBins));
        for (const sketch of [sketchOf(all, maxBins), batched, both]) {
          expect({ bins: [...sketch.bins()], collapsed: sketch.collapsed }).to.deep.equal(truth);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is commutative and associative, bit for bit', () => {
    fc.assert(
      fc.property(someSamples, someSamples, someSamples, someMaxBins, (x, y, z, maxBins) => {
        const [a, b, c] = [sketchOf(x, maxBins), sketchOf(y, maxBins), sketchOf(z, maxBins)];
        const bytes = merged(merged(a, b), c).encode();
        expect(merged(c, b, a).encode()).to.deep.equal(bytes);
        expect(merged(a, merged(c, b)).encode()).to.deep.equal(bytes);
      }),
      { numRuns: 100 },
    );
  });

  it('leaves the other sketch as it was, and can take itself', () => {
    const sketch = sketchOf(
      [
        { value: 5, weight: 2 },
        { value: -3, weight: 1 },
      ],
      2048,
    );
    const other = sketchOf(
      [
        { value: 7, weight: 1 },
        { value: 0, weight: 4 },
      ],
      2048,
    );
    const before = other.encode();
    sketch.merge(other);
    expect(other.encode()).to.deep.equal(before);
    sketch.merge(sketch);
    expect(sketch.count).to.equal(16);
    expect([...sketch.bins()].map(({ weight }) => weight)).to.deep.equal([2, 8, 4, 2]);
  });

  it('keeps to the smaller bound of bins', () => {
    const wide = sketchOf(
      [1, 10, 100, 1000].map((value) => ({ value, weight: 1 })),
      2048,
    );
    const narrow = sketchOf([{ value: 1000, weight: 1 }], 50);
    const forth = merged(wide, narrow);
    const back = merged(narrow, wide);
    expect(forth.encode()).to.deep.equal(back.encode());
    expect(forth.collapsed).to.equal(3);
  });
});

describe('merging DDSketches of unequal accuracy', () => {
  const accuracies = [0.005, 0.01, 0.04];
  const values = samplesOf('mixed-sign', 6000, 9);
  const sorted = values.slice().sort();
  const parts = (): DDSketch[] =>
    accuracies.map((relativeAccuracy, i) => {
      const sketch = new DDSketch({ relativeAccuracy });
      sketch.addAll(values, undefined, i * 2000, (i + 1) * 2000);
      return sketch;
    });

  it('takes the coarser accuracy, and adds the finer one to the bound', () => {
    const [fine, middle] = parts();
    const sum = 1.005 * 1.01 - 1;
    expect(merged(fine!, middle!).relativeAccuracy).to.be.closeTo(sum, 1e-15);
    expect(merged(middle!, fine!).encode()).to.deep.equal(merged(fine!, middle!).encode());
    expect(merged(fine!, fine!).relativeAccuracy).to.equal(0.005);
  });

  it('answers within the bound that it reports, in whatever order', () => {
    for (const order of [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ]) {
      const sketch = merged(...order.map((i) => parts()[i]!));
      expect(sketch.count).to.equal(6000);
      expect(sketch.relativeAccuracy).to.be.within(1.04 * 1.01 - 1 - 1e-15, 1.04 * 1.01 * 1.005 - 1 + 1e-15);
      expectWithinBound(sketch, sorted);
      expectWithinBound(DDSketch.decode(sketch.encode()), sorted);
    }
  });

  it('needs more than the coarser accuracy alone, so the bound does not overstate', () => {
    // The fine bin's value and the coarse bin's can both be off, and to the same side.
    let worst = 0;
    for (let value = 1; value < 2; value += 0.001) {
      const fine = new DDSketch({ relativeAccuracy: 0.03 });
      fine.add(value);
      const coarse = new DDSketch({ relativeAccuracy: 0.04 });
      coarse.add(1e6);
      coarse.merge(fine);
      worst = Math.max(worst, Math.abs(coarse.quantile(0) - value) / value);
      expect(worst).to.be.below(coarse.relativeAccuracy);
    }
    expect(worst).to.be.above(0.05);
  });

  it('takes the accuracy of the other when one is empty', () => {
    const fine = new DDSketch({ relativeAccuracy: 0.005 });
    fine.add(3);
    const empty = new DDSketch();
    empty.merge(fine);
    expect(empty.relativeAccuracy).to.equal(0.005);
    fine.merge(new DDSketch({ relativeAccuracy: 0.2 }));
    expect(fine.relativeAccuracy).to.equal(0.005);
  });

  it('keeps what was collapsed in the lowest bin, whose key the coarser accuracy moves', () => {
    const fine = new DDSketch({ relativeAccuracy: 0.005, maxBins: 100 });
    fine.addAll([1, 2, 3, 4, 100]);
    const coarse = new DDSketch({ relativeAccuracy: 0.02, maxBins: 100 });
    coarse.addAll([90, 100]);
    const both = merged(fine, coarse);
    expect(both.collapsed).to.equal(4);
    const decoded = DDSketch.decode(both.encode());
    // Still below the bin that holds them, although the coarser bins would reach further down.
    for (const sketch of [both, decoded]) {
      sketch.add(5);
      expect(sketch.collapsed).to.equal(5);
    }
    expect(merged(coarse, fine).collapsed).to.equal(4);
  });
});
