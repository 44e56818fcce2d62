/**
 * Numbers as they mostly come: digits, maybe a point, the sign taken off. Equal to JavaScript's `Number` in
 * every bit, because an integer below 2^53 divided by an exact power of ten is rounded once. What is longer,
 * has an exponent or is no number at all is refused with NaN: the plain parser looks at it again.
 */
import { powersAt } from '../layout';
import { dot } from './letters';

const ones: u64 = 0x0101010101010101;
const zeros: u64 = 0x3030303030303030;
const highBits: u64 = 0x8080808080808080;
const exactMantissa: u64 = 1 << 53;
const maxScale: u32 = 22;

/**
 * Reads a decimal without a sign of at most eight bytes; NaN when it is anything else. Whether there is a point
 * makes no branch, as values with and without one come mixed.
 */
export function shortDecimal(start: u32, end: u32): f64 {
  const length = end - start;
  if (length - 1 >= 8) return NaN;
  // Less '0', at the high end of a word, and zeros below: 4.2 is 0000004.2 as far as we are concerned.
  const text = (load<u64>(start) ^ zeros) << ((8 - length) << 3);
  const points = text ^ (ones * (dot ^ 0x30));
  const found = (points - ones) & ~points & highBits;
  // The high bit of the byte that is a point, or nothing; then all bits in front of the byte, and all behind
  // it.
  const point = found & -found;
  const front = (point >> 7) - 1;
  const behind = ~(front | ((point << 1) - (point >> 7)));
  // What is in front of the point moves up by a byte, over it.
  const isPointed = <u64>(point != 0);
  const digits = ((text & front) << (isPointed << 3)) | (text & behind);
  // Not `||`: one branch, and nothing is worked out twice.
  const isOdd = u32(!allDigits(digits)) | u32(<u64>length == isPointed);
  return isOdd ? NaN : <f64>eightDigits(digits) / load<f64>(powersAt + <u32>popcnt(behind));
}

/** Reads a decimal without a sign. */
export function decimal(start: u32, end: u32): f64 {
  return end - start <= 8 ? shortDecimal(start, end) : longDecimal(start, end);
}

function allDigits(digits: u64): bool {
  return ((digits | (digits + 0x7676767676767676)) & highBits) == 0;
}

/** Value of eight digits, the first in the lowest byte: pairs, then fours, then all. */
function eightDigits(digits: u64): u32 {
  const pairs = digits * 10 + (digits >> 8);
  const low = (pairs & 0x000000ff000000ff) * 0x000f424000000064;
  const high = ((pairs >> 16) & 0x000000ff000000ff) * 0x0000271000000001;
  return <u32>((low + high) >> 32);
}

function longDecimal(start: u32, end: u32): f64 {
  let mantissa: u64 = 0;
  let scale: u32 = 0;
  let pointed: u32 = 0;
  for (let at = start; at < end; at++) {
    const byte: u32 = load<u8>(at);
    const digit = byte - 0x30;
    if (digit < 10) {
      mantissa = mantissa * 10 + digit;
      if (mantissa >= exactMantissa) return NaN;
      scale += pointed;
    } else if (byte == dot && pointed == 0) {
      pointed = 1;
    } else {
      return NaN;
    }
  }
  if (end - start <= pointed || scale > maxScale) return NaN;
  return <f64>mantissa / load<f64>(powersAt + (scale << 3));
}
