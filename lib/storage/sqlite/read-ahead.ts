/*
 * SQLite reads on a thread of its own: what is asked for early is read while the main thread works. Whoever stops before
 * it comes to something that was read ahead does not learn of its failure.
 */

/** What the readings give, in order, each begun while the one before it is used. */
export async function* readAhead<T>(readings: Iterable<() => Promise<T>>): AsyncGenerator<T> {
  let ahead: Promise<T> | undefined;
  for (const read of readings) {
    const found = ahead;
    // One at a time: the connection does them in this order.
    ahead = read();
    ahead.catch(() => undefined);
    if (found !== undefined) yield await found;
  }
  if (ahead !== undefined) yield await ahead;
}

/** What all of them yield, one after the other; of each the first is asked for while the one before it is used. */
export async function* inTurn<T>(generators: AsyncIterable<AsyncGenerator<T>>): AsyncGenerator<T> {
  let before: Begun<T> | undefined;
  for await (const generator of generators) {
    const begun = { generator, first: generator.next() };
    begun.first.catch(() => undefined);
    if (before !== undefined) yield* rest(before);
    before = begun;
  }
  if (before !== undefined) yield* rest(before);
}

interface Begun<T> {
  readonly generator: AsyncGenerator<T>;
  readonly first: Promise<IteratorResult<T>>;
}

async function* rest<T>({ generator, first }: Begun<T>): AsyncGenerator<T> {
  const { done, value } = await first;
  if (done === true) return;
  yield value;
  yield* generator;
}
