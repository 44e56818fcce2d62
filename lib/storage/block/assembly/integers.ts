/** Integers as ../integers.ts writes them. */
import { escapeLength, evenHeads, lengthContexts, longLength, noContext, shortLength } from '../format';
import { fail, faultNumber } from './fault';
import { readBit, readRaw, readTree, takeModels } from './range';

/** The version of the block that is read: 2 or 3. */
export let version: i32 = 3;

export function setVersion(found: i32): void {
  version = found;
}

@unmanaged
export class Integers {
  private lengths: u32;
  private longLengths: u32;
  private heads: u32;
  private average: i32;
  private own: i32;
  /** Of signed ones. */
  private signs: u32;
  private lastSign: u32;

  /** @param sides how many kinds of integers there are, which are learnt apart */
  start(sides: u32): void {
    this.lengths = takeModels((sides * lengthContexts) << shortLength, 0);
    this.longLengths = takeModels(1 << longLength, 0);
    this.heads = takeModels(64 * 4, <u8>(version == 2 ? 0 : evenHeads));
    this.average = -1;
    this.own = 0;
    this.lastSign = 0;
  }

  startSigned(sides: u32): void {
    this.start(sides);
    this.signs = takeModels(2, 0);
  }

  /** From 0 to 2^53 - 1. */
  read(context: i32, side: i32): f64 {
    const first =
      this.lengths + ((side * lengthContexts + (context < 0 ? this.own : context)) << shortLength);
    let length = readTree(first, shortLength);
    if (length == escapeLength) length += readTree(this.longLengths, longLength);
    if (length > 53) {
      fail(faultNumber);
      return 0;
    }
    if (context < 0 || version == 2) this.remember(<i32>length);
    if (length < 2) return <f64>length;
    const heads = this.heads + length * 4;
    let left = length - 2;
    let value: u64 = 2 + readBit(heads + 1);
    if (left == 0) return <f64>value;
    left -= 1;
    value = value * 2 + readBit(heads + <u32>value);
    while (left > 0) {
      const bits = min<u32>(16, left);
      left -= bits;
      value = (value << bits) + readRaw(bits);
    }
    return <f64>value;
  }

  readSigned(context: i32, side: i32): f64 {
    const magnitude = this.read(context, side);
    if (magnitude == 0) return 0;
    this.lastSign = readBit(this.signs + this.lastSign);
    return this.lastSign == 1 ? -magnitude : magnitude;
  }

  private remember(length: i32): void {
    if (version == 2) {
      this.own = lengthContext(length);
      return;
    }
    const average = this.average;
    this.average = average < 0 ? length << 4 : average + (((length << 4) - average) >> 4);
    this.own = min(lengthContexts - 1, (this.average + 16) >> 5);
  }
}

export const integersBytes: u32 = 28;

/** Small lengths are told apart, long ones by twos and fours. */
export function lengthContext(length: i32): i32 {
  if (length < 5) return length;
  return min(lengthContexts - 1, length < 13 ? 5 + ((length - 5) >>> 1) : 9 + ((length - 13) >>> 2));
}

/** Of 0 to 2^53. */
export function bitLength(value: f64): i32 {
  return 64 - <i32>clz<u64>(<u64>value);
}
