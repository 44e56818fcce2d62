/** The way through the bins of a sketch, as ../sketch-walk.ts says. */

import {
  binHigh,
  binLow,
  doubleBytes,
  doubleHalves,
  gapHalves,
  longHalf,
  moreHalves,
  varintHalf,
  walkCodes,
  weightHigh,
  weightLow,
} from '../format';

export let high: u32 = 0;
export let expected: u32 = 0;
export let lowSame: u32 = 0;
export let lowOther: u32 = 0;

const stateBin: u32 = 0;
const stateGap: u32 = 1;
const stateWeight: u32 = 2;
const stateMore: u32 = 3;
const stateDouble: u32 = 4;

const classOf: usize = memory.data<u8>([0, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3]);
const oldCodes: u32 = 8;

let isOld: bool = false;
let state: u32 = stateBin;
let gap: u32 = 0;
let weight: u32 = 0;
let near: u32 = 0;
let left: u32 = 0;

/** How many codes there are. */
export function setWalk(version: i32): u32 {
  isOld = version == 2;
  return isOld ? oldCodes : walkCodes;
}

/** Goes to the sixth byte of a sketch. */
export function restart(): void {
  gap = 0;
  weight = 0;
  near = 0;
  left = 0;
  if (isOld) takeOld(0, 0);
  else toBin();
}

/** Goes on behind a byte of these halves. */
export function take(highHalf: u32, lowHalf: u32): void {
  if (isOld) {
    takeOld(highHalf, lowHalf);
    return;
  }
  switch (state) {
    case stateBin: {
      takeBin(highHalf, lowHalf);
      break;
    }
    case stateGap: {
      if (highHalf < 8) toWeight();
      break;
    }
    case stateWeight: {
      near = highHalf;
      if (highHalf < 8) toBin();
      else to(stateMore, moreHalves);
      break;
    }
    case stateMore: {
      if (highHalf < 8) toBin();
      break;
    }
    default: {
      left -= 1;
      if (left == 0) toBin();
    }
  }
}

function takeOld(highHalf: u32, lowHalf: u32): void {
  const heavy: u32 = lowHalf > 0 ? 2 : 0;
  high = heavy + (highHalf > 0 ? 1 : 0);
  expected = 0;
  lowSame = 4 + heavy;
  lowOther = 5 + heavy;
}

function takeBin(highHalf: u32, lowHalf: u32): void {
  gap = highHalf > 0 ? 1 : 0;
  weight = lowHalf;
  if (lowHalf != varintHalf) near = 0;
  if (highHalf == longHalf) to(stateGap, gapHalves);
  else toWeight();
}

function toWeight(): void {
  if (weight < <u32>varintHalf) {
    toBin();
  } else if (weight == varintHalf) {
    state = stateWeight;
    high = weightHigh + near;
    expected = near;
    lowSame = weightLow;
    lowOther = weightLow + 1;
  } else {
    left = doubleBytes;
    to(stateDouble, doubleHalves);
  }
}

function toBin(): void {
  const before = 2 * <u32>load<u8>(classOf + weight);
  state = stateBin;
  high = binHigh + before + gap;
  expected = 0;
  lowSame = binLow + before;
  lowOther = binLow + before + 1;
}

function to(next: u32, halves: u32): void {
  state = next;
  high = halves;
  expected = 0;
  lowSame = halves + 1;
  lowOther = halves + 1;
}
