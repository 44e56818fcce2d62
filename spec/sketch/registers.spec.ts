import { expect } from 'chai';
import { maxRegister, Registers, registerCount } from '../../lib/sketch/registers.js';
import { randomOf } from './distributions.js';

/** The plain twin: the hash as a string of 64 binary digits. */
function plainRegister(high: number, low: number): { index: number; value: number } {
  const digits = [high, low].map((word) => (word >>> 0).toString(2).padStart(32, '0')).join('');
  const rest = digits.slice(14);
  const one = rest.indexOf('1');
  return { index: Number.parseInt(digits.slice(0, 14), 2), value: one < 0 ? 51 : one + 1 };
}

/** The plain twin of the estimate: Ertl's sums as they are written, term by term. */
function plainEstimate(values: Uint8Array): number {
  const m = values.length;
  const share = (register: number): number => values.filter((value) => value === register).length / m;
  const terms = Array.from({ length: 80 }, (_, k) => k + 1);
  const empty = share(0);
  const sigma = empty + terms.reduce((sum, k) => sum + empty ** (2 ** k) * 2 ** (k - 1), 0);
  const full = 1 - share(51);
  const tau = (1 - full - terms.reduce((sum, k) => sum + (1 - full ** (2 ** -k)) ** 2 * 2 ** -k, 0)) / 3;
  const rest = terms.slice(0, 50).reduce((sum, k) => sum + share(k) * 2 ** -k, 0);
  return m / (2 * Math.LN2) / (sigma + rest + tau * 2 ** -50);
}

describe('Registers', () => {
  it('estimate what the plain twin does, from almost empty to almost full', () => {
    const random = randomOf(4);
    for (const [least, span] of [
      [0, 2],
      [0, 1.2],
      [0, 51.9],
      [5, 10],
      [40, 11.9],
      [50.5, 1.4],
      [50.99, 1],
    ] as const) {
      const registers = new Registers();
      registers.values.forEach((_, i) => {
        registers.values[i] = least + random() * span;
      });
      const expected = plainEstimate(registers.values);
      expect(registers.estimate() / expected).to.be.closeTo(1, 1e-9);
    }
  });

  it('keep the greatest value of each register, as the plain twin finds it', () => {
    const random = randomOf(3);
    const expected = new Uint8Array(registerCount);
    const registers = new Registers();
    for (let i = 0; i < 20_000; i += 1) {
      // Half of the hashes have few bits set, so that long runs of zeros occur.
      const high = i % 2 === 0 ? random() * 2 ** 32 : (random() * 2 ** 32) & 0xffff0000;
      const low = i % 4 === 0 ? random() * 2 ** 32 : 2 ** Math.floor(random() * 33) % 2 ** 32;
      registers.addHash(high, low);
      const { index, value } = plainRegister(high, low);
      expected[index] = Math.max(expected[index]!, value);
    }
    expect(registers.values).to.deep.equal(expected);
    expect(Math.max(...expected)).to.equal(maxRegister);
  });

  it('estimate nothing when empty, and endlessly many when full', () => {
    const registers = new Registers();
    expect(registers.estimate()).to.equal(0);
    registers.values.fill(maxRegister);
    expect(registers.estimate()).to.equal(Infinity);
  });

  it('estimate one member as one', () => {
    const registers = new Registers();
    registers.addHash(0x12345678, 0x9abcdef0);
    expect(registers.estimate()).to.be.closeTo(1, 0.001);
  });
});
