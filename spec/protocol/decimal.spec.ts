import { expect } from 'chai';
import fc from 'fast-check';
import { parseDecimal, parseStatsdNumber } from '../../lib/protocol/decimal.js';

/** Parses the text amid digits that must not be taken for a part of it. */
function parsed(parse: typeof parseDecimal, text: string): number {
  const slab = Buffer.from(`77${text}77`);
  return parse(slab, 2, slab.length - 2);
}

const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength });
const sign = fc.constantFrom('', '+', '-');
const decimalText = fc
  .tuple(sign, digits(0, 25), fc.option(digits(0, 25)), fc.option(fc.tuple(sign, digits(1, 4))))
  .map(
    ([minus, whole, fraction, exponent]) =>
      `${minus}${whole}${fraction === null ? '' : `.${fraction}`}${exponent === null ? '' : `e${exponent.join('')}`}`,
  );
const anything = fc.string({ unit: fc.constantFrom(...'0123456789+-.eExXabo_ \t\u00a0\ufeffInfityNaN') });

describe('decimal parsing', () => {
  it('equals Number() in every bit for every double as JavaScript prints it', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parsed(parseDecimal, String(value))).to.equal(value);
      }),
      { numRuns: 3000 },
    );
  });

  it('equals Number() for decimals of any length, and refuses what has no digit', () => {
    fc.assert(
      fc.property(decimalText, (text) => {
        const value = parsed(parseDecimal, text);
        const expected = /\d/.test(text.split('e')[0]!) ? Number(text) : Number.NaN;
        expect(Object.is(value, expected), `${text} is ${value}`).to.equal(true);
      }),
      { numRuns: 10_000 },
    );
  });

  it('takes as statsd does whatever Number() takes, but not nothing', () => {
    fc.assert(
      fc.property(fc.oneof(decimalText, anything), (text) => {
        const value = parsed(parseStatsdNumber, text);
        const expected = text === '' ? Number.NaN : Number(text);
        expect(Object.is(value, expected), `${JSON.stringify(text)} is ${value}`).to.equal(true);
      }),
      { numRuns: 10_000 },
    );
  });

  it('refuses what is no plain decimal', () => {
    for (const text of [
      '',
      ' 1',
      '1 ',
      '0x10',
      'Infinity',
      'NaN',
      '1_0',
      '.',
      '-',
      '1e',
      '1e+',
      '1e1.5',
      'e1',
    ]) {
      expect(parsed(parseDecimal, text), text).to.be.NaN;
    }
  });
});
