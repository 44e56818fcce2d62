/**
 * JSON that is safe on a terminal, too: it leaves DEL and the C1 controls as they are, which some obey.
 *
 * @param indent blanks a level; everything on one line without
 */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * The lines of `jsonText({ ...head, [name]: items, ...tail }, 2)`, of which no more than one item is there at a time.
 *
 * @param head has something in it
 */
export async function* jsonListLines(
  head: object,
  name: string,
  items: Iterable<unknown> | AsyncIterable<unknown>,
  tail: object = {},
): AsyncGenerator<string> {
  const inner = (document: object): string => jsonText(document, 2).slice('{\n'.length, -'\n}'.length);
  // Held back until it is known whether a comma follows.
  let last = `{\n${inner(head)},\n  ${JSON.stringify(name)}: [`;
  let count = 0;
  for await (const item of items) {
    yield count === 0 ? last : `${last},`;
    last = `    ${jsonText(item, 2).replaceAll('\n', '\n    ')}`;
    count += 1;
  }
  const listed = count === 0 ? `${last}]` : `${last}\n  ]`;
  yield Object.keys(tail).length === 0 ? `${listed}\n}` : `${listed},\n${inner(tail)}\n}`;
}
