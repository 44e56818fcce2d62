import { expect } from 'chai';
import { digits, duration, perSecond, plainNumber, quantity } from '../../lib/report/numbers.js';
import type { Unit } from '../../lib/report/units.js';

const unit = (kind: Unit['kind'], factor = 1): Unit => ({ kind, factor });

describe('digits', () => {
  for (const [value, text] of [
    [0, '0'],
    [5, '5'],
    [-5, '-5'],
    [0.5, '0.5'],
    [2.4999, '2.50'],
    [25.04, '25.0'],
    [99.96, '100'],
    [999.6, '1,000'],
    [12345.6, '12,346'],
    [-1234567, '-1,234,567'],
    [0.0123456, '0.0123'],
    [0.00012345, '1.23e-4'],
    [1.5e15, '1.5e15'],
    [Number.POSITIVE_INFINITY, '∞'],
    [Number.NEGATIVE_INFINITY, '-∞'],
    [0.1 + 0.2, '0.3'],
  ] as const) {
    it(`writes ${value} as ${text}`, () => {
      expect(digits(value)).to.equal(text);
    });
  }
});

describe('quantity', () => {
  for (const [value, kind, text] of [
    [0, 'time', '0 ms'],
    [0.00025, 'time', '250 ns'],
    [0.85, 'time', '850 µs'],
    [12.34, 'time', '12.3 ms'],
    [999.7, 'time', '1.00 s'],
    [1250, 'time', '1.25 s'],
    [90_000, 'time', '1.5 min'],
    [-1250, 'time', '-1.25 s'],
    [8.64e7 * 100, 'time', '100 d'],
    [0, 'bytes', '0 B'],
    [0.4, 'bytes', '0.4 B'],
    [1023, 'bytes', '1,023 B'],
    [1536, 'bytes', '1.5 KiB'],
    [1024 ** 3, 'bytes', '1 GiB'],
    [2 ** 70, 'bytes', '1,048,576 PiB'],
    [33.333, 'percent', '33.3 %'],
    [-4, 'celsius', '-4 °C'],
    [1234, 'number', '1,234'],
  ] as const) {
    it(`writes ${value} (${kind}) as ${text}`, () => {
      expect(quantity(value, unit(kind))).to.equal(text);
    });
  }

  it('turns what a name counts into the base unit first', () => {
    expect(quantity(3, unit('time', 1000))).to.equal('3 s');
    expect(quantity(3, unit('time', 1e-3))).to.equal('3 µs');
  });
});

describe('perSecond', () => {
  it('goes behind the unit', () => {
    expect(perSecond(3.4, unit('number'))).to.equal('3.4/s');
    expect(perSecond(2 ** 20, unit('bytes'))).to.equal('1 MiB/s');
  });
});

describe('plainNumber', () => {
  it('writes numbers out below ten million', () => {
    expect(plainNumber(9_999_999)).to.equal('9,999,999');
    expect(plainNumber(12_345_678)).to.equal('12.3 M');
    expect(plainNumber(-4.56e12)).to.equal('-4.56 T');
  });
});

describe('duration', () => {
  for (const [ms, text] of [
    [0, '0 s'],
    [250, '250 ms'],
    [10_000, '10 s'],
    [3_600_000, '1 h'],
    [5_400_000, '1 h 30 min'],
    [90_061_000, '1 d 1 h'],
    [59_999, '1 min'],
  ] as const) {
    it(`writes ${ms} ms as ${text}`, () => {
      expect(duration(ms)).to.equal(text);
    });
  }
});
