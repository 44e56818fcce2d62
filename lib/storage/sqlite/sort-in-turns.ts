import { setImmediate } from 'node:timers/promises';

/** Numbers that the engine sorts in one go: a millisecond or two. */
const runLength = 16_384;

/** Numbers merged in one go: about a millisecond. */
const mergedPerTurn = 65_536;

/**
 * Sorts without holding up the event loop for long: runs that the engine sorts are merged by twos. A million numbers in
 * one go would take a tenth of a second.
 *
 * @param room of the same length, to be written over
 * @returns the one of the two that has the numbers in ascending order
 */
export async function sortInTurns(numbers: Float64Array, room: Float64Array): Promise<Float64Array> {
  const { length } = numbers;
  for (let start = 0; start < length; start += runLength) {
    numbers.subarray(start, start + runLength).sort();
    await setImmediate();
  }
  let [from, into] = [numbers, room];
  for (let run = runLength; run < length; run *= 2) {
    for (let start = 0; start < length; start += 2 * run) {
      await merge(from, into, start, Math.min(start + run, length), Math.min(start + 2 * run, length));
    }
    [from, into] = [into, from];
  }
  return from;
}

/** Merges the runs `[start, middle)` and `[middle, end)`. */
async function merge(
  from: Float64Array,
  into: Float64Array,
  start: number,
  middle: number,
  end: number,
): Promise<void> {
  let [left, right, at] = [start, middle, start];
  while (at < end) {
    const stop = Math.min(at + mergedPerTurn, end);
    for (; at < stop; at += 1) {
      const isLeft = right >= end || (left < middle && from[left]! <= from[right]!);
      into[at] = from[isLeft ? left++ : right++]!;
    }
    await setImmediate();
  }
}
