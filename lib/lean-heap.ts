import { setFlagsFromString } from 'node:v8';

/**
 * Lets the heap grow by a quarter of what is in use before it is collected, in place of up to its whole. A
 * report reads millions of points that live for a moment: it took 342 MiB for 10,000 series over 30 days, and
 * half of that so, in the same time (spec/bench/report/memory.ts). Unlike a limit of the heap this leaves large
 * answers their room.
 */
export function keepHeapLean(): void {
  setFlagsFromString('--heap-growing-percent=25');
}

let answers = 0;

/**
 * Keeps the heap near what is in use while a long answer is under way: points live for a moment, and V8 would let the heap
 * of a small server double and more before it looks for those that are done with. An answer about 10,000 series
 * took a server from 110 to 256 MiB, and so to 137, for a tenth more of its time. Flushes are left as they are.
 */
export async function withLeanHeap<T>(answer: () => Promise<T>): Promise<T> {
  if (answers === 0) keepHeapLean();
  answers += 1;
  try {
    return await answer();
  } finally {
    answers -= 1;
    // V8's own measure.
    if (answers === 0) setFlagsFromString('--heap-growing-percent=0');
  }
}

/**
 * Keeps the room for young objects as it is: by default it doubles up to 32 MiB before V8 looks for those that
 * are done with. A flush makes many that live for a moment: with little room they are given up as fast, and the
 * process stays small. To be called again when a thread has been started: V8 sets the factor back to 2 then,
 * for all threads.
 */
export function keepYoungHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
