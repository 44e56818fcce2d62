import { canonicalTags, type EventRecord } from '../metric.js';
import { bar, closingBrace, colon, comma, hash, indexOfByte, textOf, withNewlines } from './bytes.js';
import { parseSeconds, parseWhole } from './decimal.js';
import { readTags } from './tags.js';

type Draft = { -readonly [K in keyof EventRecord]: EventRecord[K] };

/** Reads `_e{TITLE_BYTES,TEXT_BYTES}:TITLE|TEXT|fields`: first whether it is one, then on demand the record. */
export class EventReader {
  private slab: Uint8Array = new Uint8Array(0);
  private titleStart = 0;
  private titleEnd = 0;
  private textEnd = 0;
  private end = 0;

  /** Whether the line, which begins with `_e{`, is an event. */
  accept(slab: Uint8Array, start: number, end: number): boolean {
    // _e{5,4}:title|text
    //    ^ ^ ^ first, middle + 1, brace + 1
    const first = start + 3;
    const middle = indexOfByte(slab, comma, first, end);
    const brace = indexOfByte(slab, closingBrace, middle, end);
    if (brace + 1 >= end || slab[brace + 1] !== colon) return false;
    const titleLength = parseWhole(slab, first, middle);
    const textLength = parseWhole(slab, middle + 1, brace);
    if (!(titleLength > 0) || Number.isNaN(textLength)) return false;
    this.slab = slab;
    this.titleStart = brace + 2;
    this.end = end;
    return this.fitBytes(titleLength, textLength) || this.fitCharacters(titleLength, textLength);
  }

  /** The event last accepted; without a time of its own it is of `nowMs`. */
  read(nowMs: number): EventRecord {
    const { slab, titleStart, titleEnd, textEnd, end } = this;
    const draft: Draft = {
      timeMs: nowMs,
      title: withNewlines(textOf(slab, titleStart, titleEnd)),
      text: withNewlines(textOf(slab, titleEnd + 1, textEnd)),
      host: undefined,
      aggregationKey: undefined,
      priority: 'normal',
      sourceType: undefined,
      alertType: 'info',
      tags: [],
    };
    for (let at = textEnd + 1; at < end; ) {
      const fieldEnd = indexOfByte(slab, bar, at, end);
      readField(draft, slab, at, fieldEnd);
      at = fieldEnd + 1;
    }
    return draft;
  }

  private fitBytes(titleLength: number, textLength: number): boolean {
    const { slab, end } = this;
    this.titleEnd = this.titleStart + titleLength;
    this.textEnd = this.titleEnd + 1 + textLength;
    if (this.textEnd > end || slab[this.titleEnd] !== bar) return false;
    return this.textEnd === end || slab[this.textEnd] === bar;
  }

  /** hot-shots announces lengths in UTF-16 code units; where bytes do not fit, those may. */
  private fitCharacters(titleLength: number, textLength: number): boolean {
    const content = textOf(this.slab, this.titleStart, this.end);
    const title = content.slice(0, titleLength);
    const text = content.slice(titleLength + 1, titleLength + 1 + textLength);
    if (title.length < titleLength || text.length < textLength) return false;
    return this.fitBytes(byteLength(title), byteLength(text));
  }
}

const encoder = new TextEncoder();

function byteLength(text: string): number {
  return encoder.encode(text).length;
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
    case 'k':
      draft.aggregationKey = text || undefined;
      break;
    case 'p':
      if (text === 'normal' || text === 'low') draft.priority = text;
      break;
    case 's':
      draft.sourceType = text || undefined;
      break;
    case 't':
      if (text === 'error' || text === 'warning' || text === 'info' || text === 'success')
        draft.alertType = text;
      break;
  }
}
