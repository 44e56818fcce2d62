import { inspect } from 'node:util';

/** A value of a dump: one number, or the values of a timer. */
export type DumpValue = number | Float64Array;

/**
 * How a dump is written. `edge` is the length of what opens and closes the text of an object of many entries.
 */
export interface Notation {
  readonly text: (object: object) => string;
  readonly edge: number;
  readonly separator: string;
}

/**
 * As statsd writes it, which prints objects with Node's inspect: `{\n  a: 1,\n  b: 2\n}`, or one line when
 * short.
 */
export const inspectNotation: Notation = {
  text: (object) => inspect(object),
  edge: 2,
  separator: ',\n',
};

export const jsonNotation: Notation = {
  text: (object) => JSON.stringify(object),
  edge: 1,
  separator: ',',
};

/**
 * Entries written at a time, so that a dump of a million series neither keeps the event loop from the sockets
 * nor is in memory as a whole. Inspect never puts as many on one line, which is what lets the pieces be joined.
 */
export const pieceEntries = 128;

/**
 * Writes named values as one object, in pieces that join to exactly what `notation.text` gives for all at once.
 *
 * @param tail what follows the object, in the last piece
 */
export function* dump(
  values: ReadonlyMap<string, DumpValue>,
  { text, edge, separator }: Notation,
  tail: string,
): Generator<string> {
  const names = inObjectOrder(values.keys());
  let from = 0;
  for (; names.length - from >= 2 * pieceEntries; from += pieceEntries) {
    const whole = text(objectOf(values, names.slice(from, from + pieceEntries)));
    yield from === 0 ? whole.slice(0, -edge) : separator + whole.slice(edge, -edge);
  }
  const rest = text(objectOf(values, names.slice(from)));
  yield (from === 0 ? rest : separator + rest.slice(edge)) + tail;
}

/**
 * An ordinary object: inspect tells others apart. It is filled before it gets its prototype, so that
 * `__proto__` is a name like any other; and because V8 keeps an object without one as a hash table, where
 * `Object.fromEntries` makes a hidden class for each new name (a million names took 1.5 s of CPU to inspect so,
 * 7.9 s otherwise).
 */
function objectOf(values: ReadonlyMap<string, DumpValue>, names: readonly string[]): object {
  const object: Record<string, unknown> = Object.create(null);
  for (const name of names) {
    const value = values.get(name)!;
    object[name] = typeof value === 'number' ? value : [...value];
  }
  return Object.setPrototypeOf(object, Object.prototype);
}

/** Objects have names that are array indices first, by number, whatever came when. */
function inObjectOrder(names: Iterable<string>): string[] {
  const indices: string[] = [];
  const others: string[] = [];
  for (const name of names) (isArrayIndex(name) ? indices : others).push(name);
  return [...indices.sort((a, b) => Number(a) - Number(b)), ...others];
}

const largestIndex = 2 ** 32 - 2;

function isArrayIndex(name: string): boolean {
  return /^(0|[1-9]\d{0,9})$/.test(name) && Number(name) <= largestIndex;
}
