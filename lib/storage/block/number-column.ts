import type { AdaptiveBits } from './adaptive-bits.js';
import { DoubleWords, ulpsBetween } from './doubles.js';
import {
  expectBase,
  expectGuess,
  expectLast,
  expectLeast,
  mostDecimals,
  mostInteger,
  noContext,
  noFractions,
  otherDenominator,
  sides,
} from './format.js';
import { denominatorOf } from './fractions.js';
import { bitLength, Integers, lengthContext, SignedIntegers } from './integers.js';
import type { RangeEncoder } from './range-encoder.js';

/*
 * A column of doubles, to their last bit, number by number. As fractions where all of them are: v = n / d, give
 * or take a few units in the last place, which is what sums of fractions are off by. Otherwise as the two words
 * of each double. Integers n are written as the difference from what is expected: the least one, another one for
 * all, the last one, or a guess that columns before give.
 */

/** What is expected of an integer. */
const Expect = { Least: expectLeast, Last: expectLast, Guess: expectGuess, Base: expectBase } as const;
type Expect = (typeof Expect)[keyof typeof Expect];

/** How a column is written. */
export interface Coding {
  /** What the numbers are fractions of; undefined for doubles that are no fractions. */
  readonly denominator: number | undefined;
  readonly expect: Expect;
  /** The integer that is expected of all, if one is. */
  readonly base: number;
  /** Whether all numbers are just n / d. */
  readonly exact: boolean;
}

/**
 * The shortest coding of some numbers.
 *
 * @param guesses one for each, or undefined
 */
export function codingOf(values: Float64Array, guesses: Float64Array | undefined): Coding {
  const denominator = denominatorOf(values);
  const scale = denominator ?? 1;
  const integers = values.map((value) => integerOf(value, denominator));
  const scaled = denominator === undefined ? undefined : guesses?.map((guess) => guessed(guess, scale));
  const exact = denominator === undefined || integers.every((n, i) => n / denominator === values[i]);
  return { denominator, ...cheapest(integers, scaled), exact };
}

/** Of a double that is no fraction, the high word. */
function integerOf(value: number, denominator: number | undefined): number {
  return denominator === undefined ? words.split(value).high : Math.round(value * denominator);
}

const words = new DoubleWords();

/** A guess as an integer; 0 for one that cannot be. */
function guessed(guess: number, denominator: number): number {
  const n = Math.round(guess * denominator);
  return Math.abs(n) < mostInteger ? n : 0;
}

/** The expectation from which the values are off by the fewest bits in all. */
function cheapest(values: Float64Array, guesses: Float64Array | undefined): Pick<Coding, 'expect' | 'base'> {
  const sorted = values.toSorted();
  const costOf = (expect: Expect, share: number) => {
    const base = sorted[Math.floor(share * sorted.length)]!;
    return { expect, base, bits: bitsFrom(values, () => base) };
  };
  // All but a few lie above the second: a value that is far off should not be what all are measured by.
  const costs = [costOf(Expect.Least, 0), costOf(Expect.Base, 1 / 64), costOf(Expect.Base, 1 / 2)];
  costs.push({ expect: Expect.Last, base: 0, bits: bitsFrom(values, (i) => values[i - 1] ?? values[i]!) });
  if (guesses !== undefined)
    costs.push({ expect: Expect.Guess, base: 0, bits: bitsFrom(values, (i) => guesses[i]!) });
  return costs.reduce((a, b) => (b.bits < a.bits ? b : a));
}

/** About how many bits the differences take. */
function bitsFrom(values: Float64Array, expected: (i: number) => number): number {
  let bits = 0;
  let [above, below] = [0, 0];
  for (let i = 0; i < values.length; i += 1) {
    const difference = values[i]! - expected(i);
    bits += Math.log2(1 + Math.abs(difference));
    if (difference > 0) above += 1;
    else if (difference < 0) below += 1;
  }
  // And their signs.
  return bits + weighted(above + below) - weighted(above) - weighted(below);
}

const weighted = (count: number): number => (count === 0 ? 0 : count * Math.log2(count));

export function writeCoding(out: RangeEncoder, { denominator, expect, base, exact }: Coding): void {
  const decimals = denominator === undefined ? -1 : Math.round(Math.log10(denominator));
  const isDecimal = decimals >= 0 && decimals <= mostDecimals && 10 ** decimals === denominator;
  out.raw(denominator === undefined ? noFractions : isDecimal ? decimals : otherDenominator, 4);
  if (denominator !== undefined && !isDecimal) {
    out.raw(denominator >>> 10, 11);
    out.raw(denominator & 1023, 10);
  }
  out.raw(expect, 2);
  if (hasBase(expect)) new SignedIntegers(out.models).write(out, base);
  out.raw(exact ? 1 : 0, 1);
}

const hasBase = (expect: Expect): boolean => expect === Expect.Least || expect === Expect.Base;

/** Writes the numbers of one column, one after the other. */
export class NumberColumn {
  private readonly integers: SignedIntegers | Integers;
  private readonly lows: Integers | undefined;
  private readonly ulps: SignedIntegers | undefined;
  private last = 0;
  private low = 0;

  /** Whether what columns before tell is wanted. */
  readonly isGuessed: boolean;

  constructor(
    private readonly coding: Coding,
    models: AdaptiveBits,
    private readonly hasSides: boolean,
  ) {
    const { expect, denominator, exact } = coding;
    this.isGuessed = expect === Expect.Guess;
    this.integers =
      expect === Expect.Least
        ? new Integers(models)
        : new SignedIntegers(models, hasSides && this.isGuessed ? sides : 1);
    this.lows = denominator === undefined ? new Integers(models) : undefined;
    this.ulps = exact ? undefined : new SignedIntegers(models);
  }

  /**
   * @param guess what columns before make of the number; NaN where they say nothing
   * @param spread how far it may be from that, about
   * @param side which kind of number it is
   */
  write(out: RangeEncoder, value: number, guess: number, spread: number, side: number): void {
    const { denominator } = this.coding;
    const n = integerOf(value, denominator);
    this.integers.write(out, n - this.expected(guess), this.context(spread), this.side(side));
    this.last = n;
    if (denominator === undefined) {
      const { low } = words.split(value);
      this.lows!.write(out, (low ^ this.low) >>> 0);
      this.low = low;
    } else {
      this.ulps?.write(out, ulpsBetween(n / denominator, value));
    }
  }

  private expected(guess: number): number {
    const { expect, denominator, base } = this.coding;
    if (expect === Expect.Last) return this.last;
    return expect === Expect.Guess ? guessed(guess, denominator ?? 1) : base;
  }

  private context(spread: number): number {
    if (!this.isGuessed || Number.isNaN(spread)) return noContext;
    const { denominator } = this.coding;
    return lengthContext(bitLength(Math.min(Math.abs(Math.round(spread * (denominator ?? 1))), mostInteger)));
  }

  private side(side: number): number {
    return this.hasSides && this.isGuessed ? side : 0;
  }
}
