/** One of several sequences that are in order, with what comes next of it. */
export interface Sequence<Item> {
  /** Undefined at the end. */
  readonly next: Item | undefined;
  advance(): void;
}

/** Merges sequences that are in order into one; of equal items the first sequence's comes first. */
export function* mergeInOrder<Item>(
  sequences: readonly Sequence<Item>[],
  order: (a: Item, b: Item) => number,
): Generator<Item> {
  // A binary heap: the least item on top.
  const heap = sequences
    .map((sequence, place) => ({ sequence, place }))
    .filter(({ sequence }) => sequence.next);
  const isBefore = (a: number, b: number): boolean => {
    const [one, other] = [heap[a]!, heap[b]!];
    const difference = order(one.sequence.next as Item, other.sequence.next as Item);
    return difference < 0 || (difference === 0 && one.place < other.place);
  };
  const sink = (from: number): void => {
    for (let at = from; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < heap.length && isBefore(child, least)) least = child;
      if (least === at) return;
      [heap[at], heap[least]] = [heap[least]!, heap[at]!];
      at = least;
    }
  };
  for (let at = heap.length >> 1; at >= 0; at -= 1) sink(at);
  while (heap.length > 0) {
    const { sequence } = heap[0]!;
    yield sequence.next as Item;
    sequence.advance();
    if (sequence.next === undefined) {
      const last = heap.pop()!;
      if (heap.length > 0) heap[0] = last;
    }
    if (heap.length > 0) sink(0);
  }
}
