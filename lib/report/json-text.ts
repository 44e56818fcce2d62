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
