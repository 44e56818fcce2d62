import { addUlps, DoubleWords, ulpsBetween } from './doubles.js';
import { Integers, SignedIntegers } from './integers.js';
import type { RangeDecoder } from './range-decoder.js';
import type { RangeEncoder } from './range-encoder.js';

/*
 * A column of doubles, to their last bit. As decimal fractions where all of them are: v = n / 10^k, give or take a few
 * units in the last place, which is what sums of decimal fractions are off by. Otherwise as the two words of each double.
 * Integers n are written as the difference from what is expected: the least one, the last one, or a guess that
 * other columns give.
 */

/** What is expected of an integer. */
const Expect = { Least: 0, Last: 1, Guess: 2 } as const;
type Expect = (typeof Expect)[keyof typeof Expect];

const mostDecimals = 9;
const words = mostDecimals + 1;
/** Of an n, so that differences stay exact. */
const mostInteger = 2 ** 50;
const mostUlps = 512;

/** @param guesses one for each value, or undefined; a reader must have the same */
export function writeNumbers(
  out: RangeEncoder,
  values: Float64Array,
  guesses: Float64Array | undefined,
): void {
  if (values.length === 0) return;
  const scale = scaleOf(values);
  out.raw(scale, 4);
  if (scale === words) writeWords(out, values);
  else writeDecimals(out, values, scale, guesses);
}

export function readNumbers(
  from: RangeDecoder,
  count: number,
  guesses: Float64Array | undefined,
): Float64Array {
  if (count === 0) return new Float64Array(0);
  const scale = from.raw(4);
  return scale >= words ? readWords(from, count) : readDecimals(from, count, scale, guesses);
}

/** The fewest decimals that all values have, or `words`. */
function scaleOf(values: Float64Array): number {
  let scale = 0;
  for (const value of values) {
    while (scale <= mostDecimals && !isDecimal(value, 10 ** scale)) scale += 1;
    if (scale > mostDecimals) return words;
  }
  // More decimals than one value needs may be too many for another that was looked at before.
  return values.every((value) => isDecimal(value, 10 ** scale)) ? scale : words;
}

function isDecimal(value: number, power: number): boolean {
  const n = Math.round(value * power);
  return Math.abs(n) < mostInteger && Math.abs(ulpsBetween(n / power, value)) <= mostUlps;
}

function writeDecimals(
  out: RangeEncoder,
  values: Float64Array,
  scale: number,
  guesses: Float64Array | undefined,
): void {
  const power = 10 ** scale;
  const integers = values.map((value) => Math.round(value * power));
  writeIntegers(out, integers, guesses && scaled(guesses, power));
  const ulps = values.map((value, i) => ulpsBetween(integers[i]! / power, value));
  const exact = ulps.every((ulp) => ulp === 0);
  out.raw(exact ? 0 : 1, 1);
  if (exact) return;
  const model = new SignedIntegers();
  for (const ulp of ulps) model.write(out, ulp);
}

function readDecimals(
  from: RangeDecoder,
  count: number,
  scale: number,
  guesses: Float64Array | undefined,
): Float64Array {
  const power = 10 ** scale;
  const values = readIntegers(from, count, guesses && scaled(guesses, power));
  for (let i = 0; i < count; i += 1) values[i]! /= power;
  if (from.raw(1) === 0) return values;
  const model = new SignedIntegers();
  for (let i = 0; i < count; i += 1) values[i] = addUlps(values[i]!, model.read(from));
  return values;
}

/** Guesses as integers of the scale; undefined where one is none. */
function scaled(guesses: Float64Array, power: number): Float64Array | undefined {
  const integers = guesses.map((guess) => Math.round(guess * power));
  return integers.every((n) => Math.abs(n) < mostInteger) ? integers : undefined;
}

function writeIntegers(out: RangeEncoder, values: Float64Array, guesses: Float64Array | undefined): void {
  let least = Infinity;
  for (const value of values) least = Math.min(least, value);
  const expect = cheapest(values, least, guesses);
  out.raw(expect, 2);
  const model = new SignedIntegers();
  if (expect === Expect.Least) {
    model.write(out, least);
    const rest = new Integers();
    for (const value of values) rest.write(out, value - least);
    return;
  }
  let last = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]!;
    model.write(out, value - (expect === Expect.Guess ? guesses![i]! : last));
    last = value;
  }
}

function readIntegers(from: RangeDecoder, count: number, guesses: Float64Array | undefined): Float64Array {
  const values = new Float64Array(count);
  const expect = from.raw(2);
  const model = new SignedIntegers();
  if (expect === Expect.Least) {
    const least = model.read(from);
    const rest = new Integers();
    for (let i = 0; i < count; i += 1) values[i] = least + rest.read(from);
    return values;
  }
  let last = 0;
  for (let i = 0; i < count; i += 1) {
    const expected = expect === Expect.Guess ? (guesses?.[i] ?? 0) : last;
    last = expected + model.read(from);
    values[i] = last;
  }
  return values;
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

function writeWords(out: RangeEncoder, values: Float64Array): void {
  const each = new DoubleWords();
  const highs = values.map((value) => each.split(value).high);
  writeIntegers(out, highs, undefined);
  const model = new Integers();
  let last = 0;
  for (const value of values) {
    const { low } = each.split(value);
    model.write(out, (low ^ last) >>> 0);
    last = low;
  }
}

function readWords(from: RangeDecoder, count: number): Float64Array {
  const each = new DoubleWords();
  const values = readIntegers(from, count, undefined);
  const model = new Integers();
  let low = 0;
  for (let i = 0; i < count; i += 1) {
    low = (low ^ model.read(from)) >>> 0;
    values[i] = each.join(values[i]!, low);
  }
  return values;
}
