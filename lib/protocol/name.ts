import { textOf } from './bytes.js';
import { splitNameTags } from './tags.js';

/** statsd's reading of a key: white space to `_`, `/` to `-`, and only `a-zA-Z0-9_-.;=` stay. */
export function sanitizeName(name: string): string {
  return name
    .replace(/\s+/g, '_')
    .replaceAll('/', '-')
    .replace(/[^\w\-.;=]/g, '');
}

const Byte = { Dropped: 0, Kept: 1, Unclear: 2 } as const;

/**
 * Tells whether anything of a name is left once its tags are taken out and it is sanitised, which for all but
 * odd names the first byte answers.
 */
export class NameCheck {
  private readonly sanitize: boolean;
  private readonly bytes: Uint8Array;

  constructor(sanitize: boolean) {
    this.sanitize = sanitize;
    this.bytes = Uint8Array.from({ length: 256 }, (_, byte) => {
      const character = String.fromCharCode(byte);
      if (';,#['.includes(character)) return Byte.Unclear;
      if (!sanitize) return Byte.Kept;
      // A byte of a longer character may be part of white space: it becomes clear only with the whole text.
      return byte < 0x80 && sanitizeName(character) !== '' ? Byte.Kept : Byte.Dropped;
    });
  }

  isEmpty(slab: Uint8Array, start: number, end: number): boolean {
    for (let i = start; i < end; i++) {
      const byte = this.bytes[slab[i]!];
      if (byte === Byte.Kept) return false;
      if (byte === Byte.Unclear) break;
    }
    const { name } = splitNameTags(textOf(slab, start, end));
    return (this.sanitize ? sanitizeName(name) : name) === '';
  }
}
