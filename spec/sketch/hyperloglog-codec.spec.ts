import { expect } from 'chai';
import { SketchFormatError } from '../../lib/sketch/format-error.js';
import { HyperLogLog } from '../../lib/sketch/hyperloglog.js';
import { randomOf } from './distributions.js';

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hexOf = (sketch: HyperLogLog): string => Buffer.from(sketch.encode()).toString('hex');

function sketchOf(size: number, seed = 1): HyperLogLog {
  const random = randomOf(seed);
  const sketch = new HyperLogLog();
  for (let i = 0; i < size; i += 1) sketch.addHash(random() * 2 ** 32, random() * 2 ** 32);
  return sketch;
}

/** A sketch beyond exact counting whose registers are those of the hashes alone: all others give way to them. */
function denseSketch(): HyperLogLog {
  const sketch = new HyperLogLog();
  // 1,025 members in one register, of value 1.
  for (let i = 0; i <= 1024; i += 1) sketch.addHash(0x00020000, i);
  return sketch;
}

describe('the encoding of a HyperLogLog', () => {
  it('is the one that lib/docs/sketches.md draws', () => {
    expect(hexOf(new HyperLogLog())).to.equal('2100' + '00');
    const few = new HyperLogLog();
    few.addHash(0xffffffff, 1);
    few.addHash(0x01020304, 0x05060708);
    expect(hexOf(few)).to.equal('2100' + '02' + '0102030405060708' + 'ffffffff00000001');
    const dense = denseSketch();
    expect(hexOf(dense)).to.equal('2101' + '01' + '00');
    // Register 1: 4 zeros, then a one. Register 40: all 50 bits zero, 38 more than the 15 - 1 + 1 that fit.
    dense.addHash(0x00042000, 0);
    dense.addHash(40 * 2 ** 18, 0);
    expect(hexOf(dense)).to.equal('2101' + '03' + '00' + '04' + 'fe17' + '24');
  });

  it('packs registers into half a byte each when most are in use', () => {
    const sketch = sketchOf(200_000);
    // One register far above the others.
    sketch.addHash(0, 1);
    const bytes = sketch.encode();
    expect([...bytes.subarray(0, 2)]).to.deep.equal([0x21, 2]);
    expect(bytes.length).to.be.within(2 + 1 + 8192 + 1, 8192 + 100);
    expect(HyperLogLog.decode(bytes)).to.deep.equal(sketch);
  });

  it('gives the same sketch back, in every form', () => {
    for (const size of [0, 1, 7, 1024, 1025, 3000, 11_000, 12_000, 30_000, 300_000]) {
      const sketch = sketchOf(size);
      const decoded = HyperLogLog.decode(sketch.encode());
      expect(decoded.isExact).to.equal(size <= 1024);
      expect(decoded.estimate()).to.equal(sketch.estimate());
      expect(decoded.encode()).to.deep.equal(sketch.encode());
      decoded.merge(sketchOf(2000, 2));
      sketch.merge(sketchOf(2000, 2));
      expect(decoded.encode()).to.deep.equal(sketch.encode());
    }
  });

  it('takes 8 bytes a member, and never much more than 8 KiB', () => {
    expect(sketchOf(100).encode().length).to.equal(803);
    expect(sketchOf(1024).encode().length).to.equal(8192 + 4);
    expect(sketchOf(1100).encode().length).to.be.below(1500);
    for (const size of [5000, 11_000, 12_000, 50_000, 500_000]) {
      expect(sketchOf(size).encode().length).to.be.below(8400);
    }
  });
});

describe('decoding what is no HyperLogLog', () => {
  const packed = `2102 00 ${'00'.repeat(8192)}`;
  const refused: Readonly<Record<string, string>> = {
    'no bytes': '',
    'a DDSketch': '1100',
    'a later version': '2200 00',
    'a missing second byte': '21',
    'a form that does not exist': '2103 00',
    'bytes after its end': '2100 00 00',
    'fewer bytes than members': '2100 02 0102030405060708',
    'more members than bytes': '2100 ffffffffffff07',
    'more members than are kept one by one': `2100 8108 ${'00'.repeat(8 * 1025)}`,
    'a member that occurs twice': '2100 02 0102030405060708 0102030405060708',
    'a member of zeros': '2100 01 0000000000000000',
    'more registers than there are': `2101 818001 ${'00'.repeat(16_385)}`,
    'a register beyond the last': '2101 01 f0 ffffff7f',
    'a register above 51': '2101 01 0e 25',
    'a register that is no integer': '2101 01 0f3ff8000000000000',
    'registers cut short': '2101 02 00',
    'packed registers cut short': `2102 00 ${'00'.repeat(8191)}`,
    'packed registers above 51': packed.replace('2102 00', '2102 34').concat('00'),
    'bytes after packed registers': packed.concat('0000'),
  };
  for (const [what, hex] of Object.entries(refused)) {
    it(`refuses ${what}`, () => {
      expect(() => HyperLogLog.decode(bytesOf(hex))).to.throw(SketchFormatError, 'sketch cannot be decoded');
    });
  }

  it('gives a sketch or a SketchFormatError for whatever bytes', () => {
    const random = randomOf(1);
    const outcome = (bytes: Uint8Array): void => {
      try {
        HyperLogLog.decode(bytes).encode();
      } catch (error) {
        if (!(error instanceof SketchFormatError)) throw error;
      }
    };
    for (const bytes of [sketchOf(5).encode(), sketchOf(1200).encode(), sketchOf(60_000).encode()]) {
      for (let end = 0; end < bytes.length; end += 1 + (bytes.length >> 6)) {
        expect(() => HyperLogLog.decode(bytes.subarray(0, end))).to.throw(SketchFormatError);
      }
      for (let i = 0; i < 300; i += 1) {
        const mutant = bytes.slice();
        const span = Math.min(bytes.length, 40);
        for (let n = random() * 4; n > 0; n -= 1) mutant[Math.floor(random() * span)] = random() * 256;
        outcome(mutant);
      }
    }
  });
});
