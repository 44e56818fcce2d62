/** A column of doubles as ../number-column.ts writes it. */
import {
  expectBase,
  expectGuess,
  expectLast,
  expectLeast,
  mostDecimals,
  mostInteger,
  noContext,
  otherDenominator,
  sides,
} from '../format';
import {
  ruleFirst,
  ruleFirstRange,
  ruleMiddle,
  ruleNone,
  ruleRange,
  ruleTurn,
  ruleTurnHigh,
  ruleTurnLow,
  ruleTurnRange,
} from '../rules';
import { fail, faultNumber } from './fault';
import { bitLength, Integers, integersBytes, lengthContext } from './integers';
import { readRaw } from './range';

const twoTo53: f64 = 9007199254740992;

/** For a number that is read once. */
const once = changetype<Integers>(memory.data(<i32>integersBytes, 8));

@unmanaged
export class Column {
  /** 0 for doubles that are no fractions. */
  private denominator: f64;
  private base: f64;
  private last: f64;
  private expect: u32;
  private exact: u32;
  private low: u32;
  /** How the layout foretells it, as ../rules.ts says. */
  private guess: i32;
  private spread: i32;
  private side: i32;
  private integers: Integers;
  /** Low words of doubles, or how many units in the last place a fraction is off. */
  private rest: Integers;

  start(integers: usize, guess: i32, spread: i32, side: i32): void {
    this.integers = changetype<Integers>(integers);
    this.rest = changetype<Integers>(integers + integersBytes);
    this.guess = guess;
    this.spread = spread;
    this.side = side;
    this.last = 0;
    this.low = 0;
    this.readCoding();
    if (this.expect == expectLeast) this.integers.start(1);
    else this.integers.startSigned(this.hasSides ? sides : 1);
    if (this.denominator == 0) this.rest.start(1);
    // Both: the encoder has models for both.
    if (this.exact == 0) this.rest.startSigned(1);
  }
  private get hasSides(): bool {
    return this.side != ruleNone && this.expect == expectGuess;
  }

  private readCoding(): void {
    const kind = readRaw(4);
    this.denominator = 0;
    if (kind <= <u32>mostDecimals) {
      this.denominator = 1;
      for (let i: u32 = 0; i < kind; i++) this.denominator *= 10;
    } else if (kind == otherDenominator) {
      const high = readRaw(11);
      this.denominator = max<f64>(1, <f64>(high * 1024 + readRaw(10)));
    }
    this.expect = readRaw(2);
    this.base = 0;
    if (this.expect == expectLeast || this.expect == expectBase) {
      once.startSigned(1);
      this.base = once.readSigned(noContext, 0);
    }
    this.exact = readRaw(1);
  }

  /** @param row and `before`: addresses of the numbers of the row, as far as they are known, and of the row before */
  read(row: usize, before: usize): f64 {
    const integer =
      this.expect == expectGuess
        ? this.guessed(row, before)
        : this.expected(NaN) +
          (this.expect == expectLeast
            ? this.integers.read(noContext, 0)
            : this.integers.readSigned(noContext, 0));
    this.last = integer;
    if (!(abs(integer) <= 2 * twoTo53)) {
      fail(faultNumber);
      return 0;
    }
    if (this.denominator == 0) {
      this.low ^= <u32>(<u64>this.rest.read(noContext, 0));
      return reinterpret<f64>(((<u64>(<u32>(<i64>integer))) << 32) | this.low);
    }
    const value = integer / this.denominator;
    if (this.exact == 1) return value;
    const ulps = this.rest.readSigned(noContext, 0);
    return ulps == 0 ? value : reinterpret<f64>(reinterpret<i64>(value) + <i64>ulps);
  }

  private guessed(row: usize, before: usize): f64 {
    const off = ruled(this.spread, row, before);
    let context = noContext;
    if (!isNaN(off)) {
      const scaled = abs(Math.round(off * this.scale));
      context = lengthContext(bitLength(min<f64>(scaled, <f64>mostInteger)));
    }
    const side = this.side == ruleNone ? 0 : <i32>ruled(this.side, row, before);
    return this.expected(ruled(this.guess, row, before)) + this.integers.readSigned(context, side);
  }

  private expected(guess: f64): f64 {
    if (this.expect == expectLast) return this.last;
    if (this.expect != expectGuess) return this.base;
    const n = Math.round(guess * this.scale);
    return abs(n) < <f64>mostInteger ? n : 0;
  }
  private get scale(): f64 {
    return this.denominator == 0 ? 1 : this.denominator;
  }
}

export const columnBytes: u32 = 64;
function number(row: usize, place: usize): f64 {
  return load<f64>(row + (place << 3));
}

/** The first number of the row before, or of this one where that has none. */
function lastOf(row: usize, before: usize): f64 {
  const last = number(before, 0);
  return isNaN(last) ? number(row, 0) : last;
}

function ruled(rule: i32, row: usize, before: usize): f64 {
  switch (rule) {
    case ruleFirst:
      return number(row, 0);
    case ruleTurnLow:
      return min(number(row, 0), lastOf(row, before));
    case ruleTurnHigh:
      return max(number(row, 0), lastOf(row, before));
    case ruleMiddle:
      return ((number(row, 3) + number(row, 4)) / 2) * number(row, 2);
    case ruleTurnRange:
      return max(number(row, 0), lastOf(row, before)) - number(row, 3);
    case ruleRange:
      return (number(row, 4) - number(row, 3)) * number(row, 2);
    case ruleFirstRange:
      return number(row, 0) - number(row, 3);
    case ruleTurn: {
      const from = lastOf(row, before);
      return number(row, 0) > from ? 1 : number(row, 0) < from ? 2 : 0;
    }
    default:
      return NaN;
  }
}
