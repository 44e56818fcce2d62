/*
 * What half a byte of an encoded DDSketch is coded given: a way through its bins (lib/docs/sketches.md), of which
 * both sides learn half by half where they are. Other bytes lead somewhere as well, only not to short codes.
 */

import {
  binHigh,
  binLow,
  doubleBytes,
  doubleHalves,
  gapHalves,
  longHalf,
  moreHalves,
  varintHalf,
  weightHigh,
  weightLow,
} from './format.js';

/** What a byte is: gap and weight of a bin, or of a number that goes with one. */
const State = { Bin: 0, Gap: 1, Weight: 2, More: 3, Double: 4 } as const;

/** Of `weightClasses`, by the low half of the bin before. */
const classOf = Uint8Array.of(0, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3);
/** The next byte's high half has the code `high`; its low half `lowSame` if the high one is as expected, `lowOther` if not. */
export class BinWalk {
  high = 0;
  expected = 0;
  lowSame = 0;
  lowOther = 0;
  private state: number = State.Bin;
  private gap = 0;
  private weight = 0;
  /** High half of the first byte of the weight before; 0 where that was short. */
  private near = 0;
  private left = 0;

  restart(): void {
    this.gap = 0;
    this.weight = 0;
    this.near = 0;
    this.toBin();
  }

  take(high: number, low: number): void {
    const { state } = this;
    if (state === State.Bin) this.takeBin(high, low);
    else if (state === State.Gap) {
      if (high < 8) this.toWeight();
    } else if (state === State.Weight) {
      this.near = high;
      if (high < 8) this.toBin();
      else this.to(State.More, moreHalves);
    } else if (state === State.More) {
      if (high < 8) this.toBin();
    } else {
      this.left -= 1;
      if (this.left === 0) this.toBin();
    }
  }

  private takeBin(high: number, low: number): void {
    this.gap = high > 0 ? 1 : 0;
    this.weight = low;
    if (low !== varintHalf) this.near = 0;
    if (high === longHalf) this.to(State.Gap, gapHalves);
    else this.toWeight();
  }

  private toWeight(): void {
    if (this.weight < varintHalf) {
      this.toBin();
    } else if (this.weight === varintHalf) {
      this.state = State.Weight;
      this.high = weightHigh + this.near;
      this.expected = this.near;
      this.lowSame = weightLow;
      this.lowOther = weightLow + 1;
    } else {
      this.left = doubleBytes;
      this.to(State.Double, doubleHalves);
    }
  }

  private toBin(): void {
    const before = 2 * classOf[this.weight]!;
    this.state = State.Bin;
    this.high = binHigh + before + this.gap;
    this.expected = 0;
    this.lowSame = binLow + before;
    this.lowOther = binLow + before + 1;
  }

  /** One code for high halves and one for low ones. */
  private to(state: number, halves: number): void {
    this.state = state;
    this.high = halves;
    this.lowSame = halves + 1;
    this.lowOther = halves + 1;
  }
}
