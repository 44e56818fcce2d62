/** The bytes that mean something on the wire. */
export const lineFeed = 0x0a;
export const carriageReturn = 0x0d;
export const hash = 0x23;
export const plus = 0x2b;
export const comma = 0x2c;
export const minus = 0x2d;
export const dot = 0x2e;
export const digit0 = 0x30;
export const colon = 0x3a;
export const at = 0x40;
export const bar = 0x7c;
export const closingBrace = 0x7d;

// A byte order mark is text like any other: two spellings must not become one name.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Where the byte is in `[start, end)`; `end` when it is not there. */
export function indexOfByte(slab: Uint8Array, byte: number, start: number, end: number): number {
  let i = start;
  while (i < end && slab[i] !== byte) i++;
  return i;
}

/** Whether a byte, read from anywhere, is an ASCII digit. */
export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= digit0 && byte <= 0x39;
}

/** Whether the range begins with the prefix. */
export function startsWith(slab: Uint8Array, start: number, end: number, prefix: Uint8Array): boolean {
  if (end - start < prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) {
    if (slab[start + i] !== prefix[i]) return false;
  }
  return true;
}

/** The text of a range; bytes that are no UTF-8 become U+FFFD. Allocates: not for the common path. */
export function textOf(slab: Uint8Array, start: number, end: number): string {
  return utf8.decode(slab.subarray(start, end));
}

/** A newline travels in a text as a backslash and an `n`. */
export function withNewlines(text: string): string {
  return text.replaceAll('\\n', '\n');
}
