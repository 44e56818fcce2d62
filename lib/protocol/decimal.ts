import { at, digit0, dot, isDigit, minus, plus, textOf } from './bytes.js';

/**
 * The most others that a sample may stand for, 2^53: with it sums of weights stay finite and exact, however
 * many come.
 */
export const maxWeight = 9007199254740992;

/** Below this an integer times or divided by an exact power of ten is rounded once, hence correctly. */
const exactMantissa = 2 ** 53;
/** The powers of ten that a double holds exactly. */
const exactPowers = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
/** Beyond every double in either direction; keeps the exponent of a hostile number small. */
const exponentCeiling = 1e6;
/** The last second that JavaScript's clock can name. */
const maxSeconds = 8.64e12;

/**
 * Reads `[+-] digits [. digits] [e [+-] digits]`, with digits on at least one side of the point. NaN when the
 * range is anything else; infinite when the number is beyond a double. Equal to `Number(text)` in every bit.
 */
export function parseDecimal(slab: Uint8Array, start: number, end: number): number {
  let i = start;
  const negative = i < end && slab[i] === minus;
  if (negative || (i < end && slab[i] === plus)) i++;
  let mantissa = 0;
  let digits = 0;
  let scale = 0;
  for (; i < end && isDigit(slab[i]); i++, digits++) mantissa = mantissa * 10 + (slab[i]! - digit0);
  if (i < end && slab[i] === dot) {
    for (i++; i < end && isDigit(slab[i]); i++, digits++, scale--) {
      mantissa = mantissa * 10 + (slab[i]! - digit0);
    }
  }
  if (digits === 0) return Number.NaN;
  if (i < end) {
    // 1.5e-3
    //    ^^^ from here to the end
    if ((slab[i]! | 0x20) !== 0x65) return Number.NaN;
    scale += parseExponent(slab, i + 1, end);
  }
  if (mantissa < exactMantissa && scale >= -22 && scale <= 22) {
    const value = scale < 0 ? mantissa / exactPowers[-scale]! : mantissa * exactPowers[scale]!;
    return negative ? -value : value;
  }
  return Number.isNaN(scale) ? scale : Number(textOf(slab, start, end));
}

function parseExponent(slab: Uint8Array, start: number, end: number): number {
  const signed = start < end && (slab[start] === minus || slab[start] === plus);
  const first = signed ? start + 1 : start;
  if (first >= end) return Number.NaN;
  let exponent = 0;
  for (let i = first; i < end; i++) {
    if (!isDigit(slab[i])) return Number.NaN;
    exponent = Math.min(exponent * 10 + (slab[i]! - digit0), exponentCeiling);
  }
  return signed && slab[start] === minus ? -exponent : exponent;
}

/**
 * Reads whatever JavaScript, hence statsd, takes for a number: decimals, `0x10`, `0b1`, `0o7`, white space
 * around them, and white space alone, which is 0. NaN for everything else, nothing at all included.
 */
export function parseStatsdNumber(slab: Uint8Array, start: number, end: number): number {
  if (start >= end) return Number.NaN;
  const value = parseDecimal(slab, start, end);
  return Number.isNaN(value) ? Number(textOf(slab, start, end)) : value;
}

/** Reads `@rate`, a plain decimal in (0, 1], as its weight 1 / rate. NaN when it is anything else. */
export function parseRateWeight(slab: Uint8Array, start: number, end: number): number {
  const first = start + 1;
  if (endOfRateDigits(slab, first, end) !== end) return Number.NaN;
  const rate = parseDecimal(slab, first, end);
  return rate <= 1 ? boundedInverse(rate) : Number.NaN;
}

/**
 * Reads `@rate` as statsd does, as its weight 1 / rate: the whole must be a number that is not negative, the
 * rate is its leading run of digits and dots (`@2e-1` is 2). NaN where statsd finds it invalid or dies of it; 0
 * is left to the caller as an infinite weight, because statsd looks at the rate of counters and timers only.
 */
export function parseStatsdRateWeight(slab: Uint8Array, start: number, end: number): number {
  if (start >= end || slab[start] !== at) return Number.NaN;
  const first = start + 1;
  const runEnd = endOfRateDigits(slab, first, end);
  if (runEnd < end && Number.isNaN(parseStatsdNumber(slab, first, end))) return Number.NaN;
  const rate = parseDecimal(slab, first, runEnd);
  return rate === Number.POSITIVE_INFINITY ? Number.NaN : 1 / rate;
}

/** Reads a positive whole number of seconds since the epoch. 0 when the range is anything else. */
export function parseSeconds(slab: Uint8Array, start: number, end: number): number {
  const seconds = parseWhole(slab, start, end);
  return seconds >= 1 && seconds <= maxSeconds ? seconds : 0;
}

/** Reads digits and nothing else. NaN when the range is anything else; beyond 2^53 only nearly right. */
export function parseWhole(slab: Uint8Array, start: number, end: number): number {
  if (start >= end) return Number.NaN;
  let value = 0;
  for (let i = start; i < end; i++) {
    if (!isDigit(slab[i])) return Number.NaN;
    value = value * 10 + (slab[i]! - digit0);
  }
  return value;
}

function endOfRateDigits(slab: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && (isDigit(slab[i]) || slab[i] === dot)) i++;
  return i;
}

function boundedInverse(rate: number): number {
  const inverse = 1 / rate;
  return inverse <= maxWeight ? inverse : Number.NaN;
}
