import type { AdaptiveBits } from './adaptive-bits.js';
import { addUlps, DoubleWords, ulpsBetween } from './doubles.js';
import { denominatorOf, mostDecimals, mostInteger } from './fractions.js';
import { bitLength, Integers, lengthContext, SignedIntegers } from './integers.js';
import type { RangeDecoder } from './range-decoder.js';
import type { RangeEncoder } from './range-encoder.js';

/*
 * A column of doubles, to their last bit, number by number. As fractions where all of them are: v = n / d, give
 * or take a few units in the last place, which is what sums of fractions are off by. Otherwise as the two words
 * of each double. Integers n are written as the difference from what is expected: the least one, the last one,
 * or a guess that columns before give.
 */

/** What is expected of an integer. */
export const Expect = { Least: 0, Last: 1, Guess: 2 } as const;
type Expect = (typeof Expect)[keyof typeof Expect];

/** How a column is written. */
export interface Coding {
  /** What the numbers are fractions of; undefined for doubles that are no fractions. */
  readonly denominator: number | undefined;
  readonly expect: Expect;
  /** The least integer, where that is expected. */
  readonly least: number;
  /** Whether all numbers are just n / d. */
  readonly exact: boolean;
}

const otherDenominator = mostDecimals + 1;
const doubles = mostDecimals + 2;

/**
 * The shortest coding of some numbers.
 *
 * @param guesses one for each, or undefined
 */
export function codingOf(values: Float64Array, guesses: Float64Array | undefined): Coding {
  const denominator = denominatorOf(values);
  const scale = denominator ?? 1;
  const integers = values.map((value) => integerOf(value, denominator));
  const least = integers.reduce((a, b) => Math.min(a, b), Infinity);
  const scaled = denominator === undefined ? undefined : guesses?.map((guess) => guessed(guess, scale));
  const exact = denominator === undefined || integers.every((n, i) => n / denominator === values[i]);
  return { denominator, expect: cheapest(integers, least, scaled), least, exact };
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
function cheapest(values: Float64Array, least: number, guesses: Float64Array | undefined): Expect {
  const bits = [0, 0, guesses === undefined ? Infinity : 0];
  let last = values[0] ?? 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]!;
    bits[Expect.Least]! += Math.log2(1 + value - least);
    bits[Expect.Last]! += Math.log2(1 + 2 * Math.abs(value - last));
    if (guesses !== undefined) bits[Expect.Guess]! += Math.log2(1 + 2 * Math.abs(value - guesses[i]!));
    last = value;
  }
  return bits.indexOf(Math.min(...bits)) as Expect;
}

export function writeCoding(out: RangeEncoder, { denominator, expect, least, exact }: Coding): void {
  const decimals = denominator === undefined ? -1 : Math.round(Math.log10(denominator));
  const isDecimal = decimals >= 0 && decimals <= mostDecimals && 10 ** decimals === denominator;
  out.raw(denominator === undefined ? doubles : isDecimal ? decimals : otherDenominator, 4);
  if (denominator !== undefined && !isDecimal) {
    out.raw(denominator >>> 10, 11);
    out.raw(denominator & 1023, 10);
  }
  out.raw(expect, 2);
  if (expect === Expect.Least) new SignedIntegers(out.models).write(out, least);
  out.raw(exact ? 1 : 0, 1);
}

export function readCoding(from: RangeDecoder): Coding {
  const kind = from.raw(4);
  let denominator: number | undefined;
  if (kind <= mostDecimals) denominator = 10 ** kind;
  else if (kind === otherDenominator) denominator = Math.max(1, from.raw(11) * 1024 + from.raw(10));
  const expect = from.raw(2) as Expect;
  const least = expect === Expect.Least ? new SignedIntegers(from.models).read(from) : 0;
  return { denominator, expect, least, exact: from.raw(1) === 1 };
}

/** Writes or reads the numbers of one column, one after the other. */
export class NumberColumn {
  private readonly integers: SignedIntegers | Integers;
  private readonly lows: Integers | undefined;
  private readonly ulps: SignedIntegers | undefined;
  private last = 0;
  private low = 0;

  constructor(
    private readonly coding: Coding,
    models: AdaptiveBits,
  ) {
    const { expect, denominator, exact } = coding;
    this.integers = expect === Expect.Least ? new Integers(models) : new SignedIntegers(models);
    this.lows = denominator === undefined ? new Integers(models) : undefined;
    this.ulps = exact ? undefined : new SignedIntegers(models);
  }

  /**
   * @param guess what columns before make of the number; NaN where they say nothing
   * @param spread how far it may be from that, about
   */
  write(out: RangeEncoder, value: number, guess: number, spread: number): void {
    const { denominator } = this.coding;
    const n = integerOf(value, denominator);
    this.integers.write(out, n - this.expected(guess), this.context(spread));
    this.last = n;
    if (denominator === undefined) {
      const { low } = words.split(value);
      this.lows!.write(out, (low ^ this.low) >>> 0);
      this.low = low;
    } else {
      this.ulps?.write(out, ulpsBetween(n / denominator, value));
    }
  }

  read(from: RangeDecoder, guess: number, spread: number): number {
    const { denominator } = this.coding;
    const n = this.expected(guess) + this.integers.read(from, this.context(spread));
    this.last = n;
    if (denominator === undefined) {
      this.low = (this.low ^ this.lows!.read(from)) >>> 0;
      return words.join(n, this.low);
    }
    const value = n / denominator;
    return this.ulps === undefined ? value : addUlps(value, this.ulps.read(from));
  }

  private expected(guess: number): number {
    const { expect, denominator, least } = this.coding;
    if (expect === Expect.Least) return least;
    return expect === Expect.Last ? this.last : guessed(guess, denominator ?? 1);
  }

  private context(spread: number): number | undefined {
    const { expect, denominator } = this.coding;
    if (expect !== Expect.Guess || Number.isNaN(spread)) return undefined;
    return lengthContext(bitLength(Math.min(Math.abs(Math.round(spread * (denominator ?? 1))), mostInteger)));
  }
}
