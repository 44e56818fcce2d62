import { ulpsBetween } from './doubles.js';
import { mostDecimals, mostInteger } from './format.js';

/*
 * What doubles are as fractions n / d of a common d: decimal ones have a power of ten, a share of three parts
 * has 3, and a value that a client rounded to 64ths and divided by three has 192.
 */

/** Of a d that is no power of ten: beyond, it may be chance, and n has as many digits as the double. */
export const mostDenominator = 1 << 20;
/** By which a sum of fractions may be off. */
const mostUlps = 512;

/** The d that all values have, a power of ten if one does; undefined if there is none. */
export function denominatorOf(values: Float64Array): number | undefined {
  for (let decimals = 0; decimals <= mostDecimals; decimals += 1) {
    if (haveDenominator(values, 10 ** decimals)) return 10 ** decimals;
  }
  let d = 1;
  for (const value of values) {
    if (isFraction(value, d)) continue;
    d *= ownDenominator(value * d);
    if (d > mostDenominator) return undefined;
  }
  return haveDenominator(values, d) ? d : undefined;
}

function haveDenominator(values: Float64Array, d: number): boolean {
  for (const value of values) if (!isFraction(value, d)) return false;
  return true;
}

function isFraction(value: number, d: number): boolean {
  const n = Math.round(value * d);
  return Math.abs(n) < mostInteger && Math.abs(ulpsBetween(n / d, value)) <= mostUlps;
}

/** The least d that gives the value back, by its continued fraction; Infinity where it is large. */
function ownDenominator(value: number): number {
  let rest = Math.abs(value);
  let [before, d] = [1, 0];
  for (;;) {
    const whole = Math.floor(rest);
    [before, d] = [d, whole * d + before];
    if (!(d <= mostDenominator)) return Infinity;
    if (isFraction(value, d)) return d;
    rest = 1 / (rest - whole);
  }
}
