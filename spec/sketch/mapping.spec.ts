import { expect } from 'chai';
import { CubicMapping, mappingOf, minAccuracy, minMagnitude } from '../../lib/sketch/mapping.js';
import { randomOf } from './distributions.js';

/** The plain twin of `key`: exponent and fraction by halving and doubling, no bits. */
function plainKey(magnitude: number, multiplier: number): number {
  let e = 0;
  let rest = magnitude;
  for (; rest >= 2; e += 1) rest /= 2;
  for (; rest < 1; e -= 1) rest *= 2;
  const s = rest - 1;
  return Math.floor((e + (((6 / 35) * s - 3 / 5) * s + 10 / 7) * s) * multiplier);
}

/** The least double with a key, by bisection near the bound that the mapping computes; the key must rise there. */
function firstWithKey(mapping: CubicMapping, key: number): number {
  const near = mapping.lowerBound(key);
  let below = Math.max(near * (1 - 1e-11), minMagnitude);
  let above = Math.min(near * (1 + 1e-11), Number.MAX_VALUE);
  if (mapping.key(below) >= key) return below;
  for (;;) {
    const middle = below + (above - below) / 2;
    if (middle === below || middle === above) return above;
    if (mapping.key(middle) < key) below = middle;
    else above = middle;
  }
}

/** Fails unless the values at both edges of each bin are within the accuracy of the value that stands for it. */
function checkBins(mapping: CubicMapping, fromKey: number, toKey: number): void {
  const { relativeAccuracy } = mapping;
  let first = firstWithKey(mapping, fromKey);
  for (let key = fromKey; key <= toKey; key += 1) {
    const next = key === mapping.maxKey ? Number.MAX_VALUE : firstWithKey(mapping, key + 1);
    const value = mapping.representative(key);
    if (mapping.key(first) !== key || mapping.key(value) !== key) {
      expect.fail(`bin ${key} does not hold ${first} and ${value}`);
    }
    // `next` itself is one double too far, and within the bound all the same.
    if (value - first > relativeAccuracy * first || next - value > relativeAccuracy * next) {
      expect.fail(`bin ${key} from ${first} to ${next} is too wide for ${value} at ${relativeAccuracy}`);
    }
    first = next;
  }
}

describe('CubicMapping', () => {
  it('keeps the promise in every bin of the whole range of doubles', () => {
    for (const accuracy of [0.01, 0.02, 0.1, 0.25, 0.499]) {
      const mapping = new CubicMapping(accuracy);
      checkBins(mapping, mapping.minKey, mapping.maxKey);
    }
  });

  it('keeps it at fine accuracies, at both ends of the range, around 1 and in between', () => {
    const random = randomOf(1);
    for (const accuracy of [minAccuracy, 0.001, 0.005]) {
      const mapping = new CubicMapping(accuracy);
      checkBins(mapping, mapping.minKey, mapping.minKey + 5000);
      checkBins(mapping, -5000, 5000);
      checkBins(mapping, mapping.maxKey - 5000, mapping.maxKey);
      for (let e = -1021; e < 1023; e += 1) {
        // Where s = 2/3 bins are as wide as the promise allows, and rounding is all that can break it.
        const widest = mapping.key((5 / 3) * 2 ** e);
        checkBins(mapping, widest - 3, widest + 3);
      }
      for (let i = 0; i < 50; i += 1) {
        const key = Math.floor(mapping.minKey + random() * (mapping.maxKey - mapping.minKey - 100));
        checkBins(mapping, key, key + 100);
      }
    }
  });

  it('gives keys that never fall as values rise, at the very edges of the bins', () => {
    const mapping = new CubicMapping(0.01);
    for (let key = mapping.minKey + 1; key <= mapping.maxKey; key += 7) {
      const edge = firstWithKey(mapping, key);
      for (let step = 1; step <= 8; step += 1) {
        // A double or two further at each step.
        const above = edge * (1 + step * 2 ** -52);
        const below = edge * (1 - step * 2 ** -52);
        if (mapping.key(above) !== key || mapping.key(below) !== key - 1) {
          expect.fail(`${below} and ${above} are not on both sides of the edge of bin ${key}`);
        }
      }
    }
  });

  it('gives the keys of its plain twin', () => {
    const random = randomOf(2);
    const words = new Uint32Array(2);
    const float = new Float64Array(words.buffer);
    for (const accuracy of [minAccuracy, 0.01, 0.3]) {
      const mapping = new CubicMapping(accuracy);
      for (let i = 0; i < 20_000; i += 1) {
        words[0] = random() * 2 ** 32;
        words[1] = random() * 2 ** 32;
        const magnitude = Math.abs(float[0]!);
        if (!(magnitude >= minMagnitude && magnitude < Infinity)) continue;
        expect(mapping.key(magnitude)).to.equal(plainKey(magnitude, mapping.multiplier));
      }
      for (const magnitude of [minMagnitude, Number.MAX_VALUE, 1, 2, 1 - 2 ** -53, 1 + 2 ** -52, 0.5]) {
        expect(mapping.key(magnitude)).to.equal(plainKey(magnitude, mapping.multiplier));
      }
    }
  });

  it('takes one per cent more bins than a logarithm would', () => {
    const mapping = new CubicMapping(0.01);
    const logarithmic = Math.LN2 / Math.log(1.01 / 0.99);
    expect(mapping.multiplier / logarithmic).to.be.within(1, 1.011);
  });

  it('refuses accuracies out of range', () => {
    for (const accuracy of [0, -0.01, 9.9e-5, 0.5, 1, Number.NaN, Infinity]) {
      expect(() => new CubicMapping(accuracy), String(accuracy)).to.throw(RangeError, 'out of range');
    }
  });
});

describe('mappingOf', () => {
  it('shares a mapping between sketches of one accuracy', () => {
    expect(mappingOf(0.02)).to.equal(mappingOf(0.02));
    expect(mappingOf(0.01).relativeAccuracy).to.equal(0.01);
    expect(mappingOf(0.02).relativeAccuracy).to.equal(0.02);
  });
});
