import type { SeriesRef } from '../series/table.js';
import type { KernelExports } from './module.js';

/** Slots of the table looked at for spellings at once: some milliseconds when they are all taken. */
const slotsAtOnce = 32_768;

/**
 * The series of a kernel that nobody sends any more (assembly/idle.ts). Between batches. A series has an age:
 * how often `growOlder` was called since what was last collected of it was released.
 */
export class IdleSeries {
  /** Where in the table to go on, and how large it was. */
  private slot = 0;
  private slots = 0;

  constructor(private readonly exports: KernelExports) {}

  growOlder(): void {
    this.exports.growOlder();
  }

  /** Has `forgetSpellings` begin anew: series have become older, or a lesser age is asked for. */
  restart(): void {
    this.slot = 0;
  }

  /** Says that a series was heard whose samples are kept elsewhere. */
  heard(ref: SeriesRef): void {
    this.exports.resetAge(ref);
  }

  /**
   * Forgets a part of the spellings of series of this age that are not their first. Returns whether there are
   * more: they must all be gone before a series is removed.
   */
  forgetSpellings(age: number): boolean {
    const slots = this.exports.tableSlots();
    // A table that has grown has them elsewhere.
    if (slots !== this.slots) this.slot = 0;
    this.slots = slots;
    this.slot = this.exports.forgetIdleAliases(this.slot, slotsAtOnce, age);
    return this.slot !== 0;
  }

  /** Refs from one on of series of this age that have nothing in either half, `most` of them. */
  find(from: SeriesRef, age: number, most: number): SeriesRef[] {
    const refs: SeriesRef[] = [];
    for (let ref = this.next(from, age); ref !== noRef && refs.length < most; ref = this.next(ref + 1, age)) {
      refs.push(ref);
    }
    return refs;
  }

  /** Takes a series out that `find` has found. */
  remove(ref: SeriesRef): void {
    this.exports.removeSeries(ref);
  }

  /** What a gauge is now; NaN when it has no value. */
  gaugeNow(ref: SeriesRef): number {
    return this.exports.gaugeNow(ref);
  }

  private next(from: SeriesRef, age: number): SeriesRef {
    return this.exports.nextIdle(from, age) >>> 0;
  }
}

const noRef = 0xffffffff;
