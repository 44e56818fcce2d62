import { expect } from 'chai';
import fc from 'fast-check';
import { DDSketch } from '../../lib/sketch/ddsketch.js';
import { SketchFormatError } from '../../lib/sketch/format-error.js';
import { randomOf, samplesOf } from './distributions.js';
import { someMaxBins, someSamples } from './model.js';

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hexOf = (sketch: DDSketch): string => Buffer.from(sketch.encode()).toString('hex');

function sketchOf(values: ArrayLike<number>, weight = 1): DDSketch {
  const sketch = new DDSketch();
  for (let i = 0; i < values.length; i += 1) sketch.add(values[i]!, weight);
  return sketch;
}

/** All that can be seen of a sketch. */
const seen = (sketch: DDSketch) => ({
  relativeAccuracy: sketch.relativeAccuracy,
  count: sketch.count,
  collapsed: sketch.collapsed,
  bins: [...sketch.bins()],
});

describe('the encoding of a DDSketch', () => {
  it('is the one that lib/docs/sketches.md draws', () => {
    expect(hexOf(new DDSketch())).to.equal('1100');
    // key(1) = 0, as zigzag of the key before it: 1.
    expect(hexOf(sketchOf([1]))).to.equal('1120' + '01' + '01' + '00');
    expect(hexOf(sketchOf([0, 0]))).to.equal('1118' + '01' + '00');
    // key(1.1) = 4: 3 keys are between.
    expect(hexOf(sketchOf([-1, -1.1, -1.1]))).to.equal('1140' + '02' + '01' + '00' + '31');
    // key(2) = 34: 33 keys are between, 15 and 18 in a varint; then 20 units, 15 and 5 in a varint.
    const far = sketchOf([1]);
    far.add(2, 20);
    expect(hexOf(far)).to.equal('1120' + '02' + '01' + '00' + 'fe12' + '05');
    expect(hexOf(sketchOf([1, 1, 2]))).to.equal('1120020101f012');
    // A weight that is no multiple of the least: as f64.
    const real = sketchOf([1]);
    real.add(1, 0.5);
    real.add(1.1);
    expect(hexOf(real)).to.equal('1120' + '02' + '01' + '0f3ff8000000000000' + '30');
    // The accuracy, 200 units of 0.0001, and a smaller bound of bins.
    expect(hexOf(new DDSketch({ relativeAccuracy: 0.02, maxBins: 300 }))).to.equal(
      '1105' + '0eb901' + 'ac02',
    );
  });

  it('gives the same sketch back', () => {
    fc.assert(
      fc.property(
        someSamples,
        someMaxBins,
        fc.oneof(fc.constantFrom(1, 10, 1 / 0.3, 0.1), fc.double({ min: 1e-3, max: 1e3, noNaN: true })),
        fc.constantFrom(0.01, 0.02, 0.0123456789),
        (samples, maxBins, factor, relativeAccuracy) => {
          const sketch = new DDSketch({ maxBins, relativeAccuracy });
          for (const { value, weight } of samples) sketch.add(value, weight * factor);
          const decoded = DDSketch.decode(sketch.encode());
          expect(seen(decoded)).to.deep.equal(seen(sketch));
          expect(decoded.encode()).to.deep.equal(sketch.encode());
          // It goes on as the original does.
          for (const each of [sketch, decoded]) each.addAll([1e-6, 3, 1e12, -5]);
          expect(seen(decoded)).to.deep.equal(seen(sketch));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('gives weights beyond 2^53 back, and weights far apart', () => {
    for (const weights of [
      [2 ** 60, 3],
      [2 ** 60],
      [2 ** 53 + 2, 1],
      [1e-300, 1e300],
      [2 ** 52, 2 ** 52 + 1],
    ]) {
      const sketch = new DDSketch();
      weights.forEach((weight, i) => {
        sketch.add(i - 1, weight);
      });
      expect(seen(DDSketch.decode(sketch.encode()))).to.deep.equal(seen(sketch));
    }
  });

  it('gives the bound of a sketch of mixed accuracies back', () => {
    const sketch = sketchOf([1, 2, 3]);
    const coarse = new DDSketch({ relativeAccuracy: 0.03 });
    coarse.add(4);
    sketch.merge(coarse);
    expect(DDSketch.decode(sketch.encode()).relativeAccuracy).to.equal(sketch.relativeAccuracy);
  });

  it('takes about a byte a bin', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      expect(sketchOf(samplesOf('lognormal', 10, seed)).encode().length).to.be.at.most(25);
      expect(sketchOf(samplesOf('lognormal', 50, seed)).encode().length).to.be.at.most(65);
      expect(sketchOf(samplesOf('lognormal', 1000, seed)).encode().length).to.be.at.most(280);
    }
    expect(sketchOf(samplesOf('constant', 1000, 0)).encode().length).to.be.at.most(10);
  });

  it('takes no more when all samples weigh the same, whatever that is', () => {
    const values = samplesOf('lognormal', 50, 1);
    const plain = sketchOf(values).encode().length;
    expect(sketchOf(values, 10).encode().length).to.be.at.most(plain + 1);
    expect(sketchOf(values, 1000).encode().length).to.be.at.most(plain + 3);
    expect(sketchOf(values, 1 / 0.3).encode().length).to.be.at.most(plain + 9);
  });

  it('can wait until a sketch is asked for anything, which is the same sketch then', () => {
    fc.assert(
      fc.property(
        someSamples,
        someSamples,
        someMaxBins,
        fc.constantFrom(0.01, 0.02),
        (samples, others, maxBins, relativeAccuracy) => {
          const sketch = new DDSketch({ maxBins, relativeAccuracy });
          for (const { value, weight } of samples) sketch.add(value, weight);
          const bytes = sketch.encode();
          const mergedInto = (from: DDSketch): DDSketch => {
            const into = new DDSketch();
            for (const { value, weight } of others) into.add(value, weight);
            into.merge(from);
            return into;
          };
          const waiting = DDSketch.encoded(bytes);
          expect(seen(mergedInto(waiting))).to.deep.equal(seen(mergedInto(sketch)));
          expect(waiting.encode()).to.equal(bytes);
          expect(seen(waiting)).to.deep.equal(seen(sketch));
          // From now on it is a sketch like any other.
          waiting.add(7);
          sketch.add(7);
          expect(hexOf(waiting)).to.equal(hexOf(sketch));
        },
      ),
    );
  });

  it('that is none fails when it is asked, and then adds nothing', () => {
    const none = DDSketch.encoded(bytesOf('1120020101'));
    const into = sketchOf([1, 2]);
    expect(() => into.merge(none)).to.throw(SketchFormatError);
    expect(seen(into)).to.deep.equal(seen(sketchOf([1, 2])));
    expect(() => none.quantile(0.5)).to.throw(SketchFormatError);
  });

  it('reads a part of a larger buffer', () => {
    const bytes = sketchOf([1, 2, 3]).encode();
    const larger = new Uint8Array(bytes.length + 20).fill(255);
    larger.set(bytes, 7);
    const part = larger.subarray(7, 7 + bytes.length);
    expect(DDSketch.decode(part).encode()).to.deep.equal(bytes);
  });
});

describe('decoding what is no DDSketch', () => {
  const refused: Readonly<Record<string, string>> = {
    'no bytes': '',
    'a HyperLogLog': '2100 00',
    'a later version': '1200',
    'a missing second byte': '11',
    'bytes after its end': '1100 00',
    'fewer bytes than bins': '1120 02 01 00',
    'more bins than bytes': '1120 ffffffffffff07 01 00',
    'no bins': '1120 00 01',
    'an endless integer': '1120 ffffffffffffffffffff',
    'an integer beyond 2^53': '1120 ffffffffffffff7f 01 00',
    'a key beyond the range': '1120 01 01 f0 ffffff7f',
    'a key below the range': '1120 01 ffffff7f 00',
    'keys further apart than there is room for': '1124 0a 02 01 00 a0',
    'more bins than there is room for': '1124 01 02 01 00 00',
    'room for no bins': '1104 00',
    'room for too many bins': '1104 818004',
    'an accuracy of 0': '1101 0f0000000000000000',
    'an accuracy of 0.5': '1101 0f3fe0000000000000',
    'an accuracy that is no number': '1101 0f7ff8000000000000',
    'an inherited error that is no number': '1102 7ff8000000000000',
    'a negative inherited error': '1102 bff0000000000000',
    'a weight of 0': '1120 01 01 0f0000000000000000',
    'a negative weight': '1120 01 01 0fbff0000000000000',
    'a weight that is no number': '1110 0f7ff8000000000000',
    'an infinite weight': '1110 0f7ff0000000000000',
    'a weight that is infinite in its units': '1118 0f7fe0000000000000 01',
    'collapsed weight without bins': '1180 3ff0000000000000 0000000000000000',
    'more collapsed weight than the lowest bin has': '11a0 01 01 00 4000000000000000 0000000000000000',
    'negative collapsed weight': '11a0 01 01 00 bff0000000000000 0000000000000000',
    'collapsed weight that is no number': '11a0 01 01 00 7ff8000000000000 0000000000000000',
  };
  for (const [what, hex] of Object.entries(refused)) {
    it(`refuses ${what}`, () => {
      expect(() => DDSketch.decode(bytesOf(hex))).to.throw(SketchFormatError, 'sketch cannot be decoded');
    });
  }

  it('gives a sketch or a SketchFormatError for whatever bytes', () => {
    const outcome = (bytes: Uint8Array): void => {
      try {
        const { count } = DDSketch.decode(bytes);
        expect(count).to.be.at.least(0);
      } catch (error) {
        if (!(error instanceof SketchFormatError)) throw error;
      }
    };
    const random = randomOf(1);
    const genuine = [
      sketchOf(samplesOf('with zeros', 60, 1)),
      sketchOf([1, 2], 0.7),
      sketchOf([1e-300, 1e300]),
    ];
    for (const bytes of genuine.map((sketch) => sketch.encode())) {
      for (let end = 0; end < bytes.length; end += 1) {
        expect(() => DDSketch.decode(bytes.subarray(0, end))).to.throw(SketchFormatError);
      }
      for (let i = 0; i < 3000; i += 1) {
        const mutant = bytes.slice();
        for (let n = random() * 4; n > 0; n -= 1)
          mutant[Math.floor(random() * bytes.length)] = random() * 256;
        outcome(mutant);
      }
    }
    for (let i = 0; i < 6000; i += 1) {
      const noise = Uint8Array.from({ length: random() * 30 }, () => random() * 256);
      noise[0] = 0x11;
      outcome(noise);
    }
  });
});
