import { type CheckRecord, canonicalTags } from '../metric.js';
import { bar, colon, digit0, hash, indexOfByte, textOf, withNewlines } from './bytes.js';
import { parseSeconds } from './decimal.js';
import { readTags } from './tags.js';

type Draft = { -readonly [K in keyof CheckRecord]: CheckRecord[K] };

/** Reads `_sc|NAME|STATUS|fields`: first whether it is one, then on demand the record. */
export class CheckReader {
  private slab: Uint8Array = new Uint8Array(0);
  private nameStart = 0;
  private nameEnd = 0;
  private end = 0;

  /** Whether the line, which begins with `_sc|`, is a service check. */
  accept(slab: Uint8Array, start: number, end: number): boolean {
    // _sc|db.up|0|m:fine
    //           ^ nameEnd + 1
    this.slab = slab;
    this.nameStart = start + 4;
    this.nameEnd = indexOfByte(slab, bar, this.nameStart, end);
    this.end = end;
    const status = this.nameEnd + 1;
    if (this.nameEnd === this.nameStart || status >= end) return false;
    if (slab[status]! < digit0 || slab[status]! > digit0 + 3) return false;
    return status + 1 === end || slab[status + 1] === bar;
  }

  /** The service check last accepted; without a time of its own it is of `nowMs`. */
  read(nowMs: number): CheckRecord {
    const { slab, nameStart, nameEnd, end } = this;
    const draft: Draft = {
      timeMs: nowMs,
      name: textOf(slab, nameStart, nameEnd),
      status: (slab[nameEnd + 1]! - digit0) as CheckRecord['status'],
      host: undefined,
      message: undefined,
      tags: [],
    };
    for (let at = nameEnd + 3; at < end; ) {
      const fieldEnd = indexOfByte(slab, bar, at, end);
      readField(draft, slab, at, fieldEnd);
      at = fieldEnd + 1;
    }
    return draft;
  }
}

/** Takes one optional field over; one that is unknown or wrong changes nothing, a later one wins. */
function readField(draft: Draft, slab: Uint8Array, start: number, end: number): void {
  if (slab[start] === hash) {
    draft.tags = canonicalTags(readTags(textOf(slab, start + 1, end), ',', ':'));
    return;
  }
  if (end - start < 2 || slab[start + 1] !== colon) return;
  const text = textOf(slab, start + 2, end);
  switch (String.fromCharCode(slab[start]!)) {
    case 'd':
      draft.timeMs = parseSeconds(slab, start + 2, end) * 1000 || draft.timeMs;
      break;
    case 'h':
      draft.host = text || undefined;
      break;
    case 'm':
      draft.message = messageOf(text) || undefined;
      break;
  }
}

/** Clients write `m:` within a message as `m\:`, so that it does not look like a field. */
function messageOf(text: string): string {
  return withNewlines(text).replaceAll('m\\:', 'm:');
}
