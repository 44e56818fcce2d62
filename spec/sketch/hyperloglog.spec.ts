import { expect } from 'chai';
import fc from 'fast-check';
import { HyperLogLog } from '../../lib/sketch/hyperloglog.js';
import { randomOf, shuffle } from './distributions.js';

const encoder = new TextEncoder();

function addTo(sketch: HyperLogLog, member: string): void {
  const bytes = encoder.encode(member);
  sketch.add(bytes, 0, bytes.length);
}

function sketchOf(from: number, to: number, prefix = 'member'): HyperLogLog {
  const sketch = new HyperLogLog();
  for (let i = from; i < to; i += 1) addTo(sketch, `${prefix}-${i}`);
  return sketch;
}

/** 1.04 / sqrt(2^14) */
const standardError = 0.008125;

describe('HyperLogLog', () => {
  it('is exact up to 1,024 members', () => {
    for (const size of [0, 1, 2, 3, 10, 100, 1000, 1023, 1024]) {
      const sketch = sketchOf(0, size);
      expect(sketch.estimate()).to.equal(size);
      expect(sketch.isExact).to.equal(true);
      expect(sketch.standardError).to.equal(0);
      expect(HyperLogLog.decode(sketch.encode()).estimate()).to.equal(size);
    }
    expect(sketchOf(0, 1025).isExact).to.equal(false);
    expect(sketchOf(0, 1025).standardError).to.equal(standardError);
  });

  it('estimates within four standard errors beyond', () => {
    for (const size of [1025, 1500, 5000, 20_000, 50_000]) {
      for (const prefix of ['user', 'ip', '']) {
        const sketch = sketchOf(0, size, prefix);
        expect(sketch.estimate() / size).to.be.within(1 - 4 * standardError, 1 + 4 * standardError);
      }
    }
  });

  it('has the standard error that it claims, and no bias, over many seeds', () => {
    // Random hashes instead of hashed members: the estimator alone, and a million members in little time.
    for (const [size, seeds] of [
      [3000, 40],
      [40_000, 40],
      [1_000_000, 3],
    ] as const) {
      let sum = 0;
      let squares = 0;
      for (let seed = 0; seed < seeds; seed += 1) {
        const random = randomOf(seed * 7919 + size);
        const sketch = new HyperLogLog();
        for (let i = 0; i < size; i += 1) sketch.addHash(random() * 2 ** 32, random() * 2 ** 32);
        const error = sketch.estimate() / size - 1;
        expect(Math.abs(error)).to.be.below(4 * standardError);
        sum += error;
        squares += error * error;
      }
      expect(Math.abs(sum / seeds)).to.be.below((4 * standardError) / Math.sqrt(seeds));
      expect(Math.sqrt(squares / seeds)).to.be.below(standardError * 1.5);
    }
  });

  it('counts a member once, however often it is added', () => {
    for (const size of [10, 5000]) {
      const sketch = sketchOf(0, size);
      const before = sketch.encode();
      for (let i = size - 1; i >= 0; i -= 1) addTo(sketch, `member-${i}`);
      expect(sketch.encode()).to.deep.equal(before);
      sketch.merge(sketch);
      sketch.merge(HyperLogLog.decode(before));
      expect(sketch.encode()).to.deep.equal(before);
    }
  });

  it('tells members apart by every byte of their range, and looks at no other', () => {
    const sketch = new HyperLogLog();
    const bytes = encoder.encode('abcabdab');
    sketch.add(bytes, 0, 3);
    sketch.add(bytes, 3, 6);
    sketch.add(bytes, 0, 2);
    sketch.add(bytes, 6, 8);
    sketch.add(bytes, 4, 4);
    expect(sketch.estimate()).to.equal(4);
  });

  it('merges to the sketch of the union, whatever the forms and the order', () => {
    const someRange = fc.tuple(fc.nat(6000), fc.oneof(fc.nat(700), fc.nat(5000)));
    fc.assert(
      fc.property(fc.array(someRange, { minLength: 1, maxLength: 5 }), fc.nat(), (ranges, seed) => {
        const union = new HyperLogLog();
        const parts = ranges.map(([from, size]) => sketchOf(from, from + size));
        for (const [from, size] of ranges) {
          for (let i = from + size - 1; i >= from; i -= 1) addTo(union, `member-${i}`);
        }
        const into = new HyperLogLog();
        for (const part of shuffle(parts, randomOf(seed))) {
          const before = part.encode();
          into.merge(part);
          expect(part.encode()).to.deep.equal(before);
        }
        expect(into.encode()).to.deep.equal(union.encode());
        expect(into.estimate()).to.equal(union.estimate());
      }),
      { numRuns: 40 },
    );
  });

  it('counts the hash of zeros as a member, alike in both forms', () => {
    const sketch = new HyperLogLog();
    sketch.addHash(0, 0);
    expect(sketch.estimate()).to.equal(1);
    const many = sketchOf(0, 2000);
    many.addHash(0, 0);
    sketch.merge(sketchOf(0, 2000));
    expect(sketch.encode()).to.deep.equal(many.encode());
  });
});
