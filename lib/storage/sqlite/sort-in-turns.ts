import { setImmediate } from 'node:timers/promises';

/** Numbers that the engine sorts in one go: a millisecond or two. */
const runLength = 16_384;

/** Numbers merged in one go: about a millisecond. */
const mergedPerTurn = 65_536;

/**
 * Sorts in ascending order without holding up the event loop for long: runs that the engine sorts are merged by twos. A
 * million numbers in one go would take a tenth of a second.
 *
 * @param room at least half as long, to be written over
 */
export async function sortInTurns(numbers: Float64Array, room: Float64Array): Promise<void> {
  const { length } = numbers;
  for (let start = 0; start < length; start += runLength) {
    numbers.subarray(start, start + runLength).sort();
    await setImmediate();
  }
  for (let run = runLength; run < length; run *= 2) {
    for (let start = 0; start + run < length; start += 2 * run) {
      await merge(numbers, room, start, start + run, Math.min(start + 2 * run, length));
    }
  }
}

/** Merges the runs `[start, middle)` and `[middle, end)` from the back; the second, never the longer one, moves aside. */
async function merge(
  numbers: Float64Array,
  room: Float64Array,
  start: number,
  middle: number,
  end: number,
): Promise<void> {
  room.set(numbers.subarray(middle, end));
  let [left, right, at] = [middle - 1, end - middle - 1, end - 1];
  while (right >= 0) {
    const stop = Math.max(at - mergedPerTurn, start - 1);
    for (; at > stop && right >= 0; at -= 1) {
      const isRight = left < start || room[right]! >= numbers[left]!;
      numbers[at] = isRight ? room[right--]! : numbers[left--]!;
    }
    await setImmediate();
  }
}
