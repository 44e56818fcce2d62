import type { MetricType, SeriesKey } from '../metric.js';
import { NoSeries } from './raw-index.js';
import type { SeriesRef } from './table.js';

/** From the key of a series, whatever its spelling, to its ref. */
export interface KeyIndex {
  /** `NoSeries` when there is none. */
  find(key: SeriesKey): SeriesRef | typeof NoSeries;
  /** Adds a key that `find` did not find. False when somebody else must keep the key itself. */
  add(key: SeriesKey, ref: SeriesRef): boolean;
  /** Takes series out that are there; tells the key of each. */
  remove(refs: readonly SeriesRef[], onRemoved: (ref: SeriesRef, key: SeriesKey) => void): void;
}

/** The plain one: a text for each key. */
export class TextIndex implements KeyIndex {
  private readonly refs = new Map<string, SeriesRef>();

  get size(): number {
    return this.refs.size;
  }

  find(key: SeriesKey): SeriesRef | typeof NoSeries {
    return this.refs.get(keyText(key)) ?? NoSeries;
  }

  add(key: SeriesKey, ref: SeriesRef): boolean {
    this.refs.set(keyText(key), ref);
    return false;
  }

  delete(key: SeriesKey): void {
    this.refs.delete(keyText(key));
  }

  remove(refs: readonly SeriesRef[], onRemoved: (ref: SeriesRef, key: SeriesKey) => void): void {
    const leaving = new Set(refs);
    for (const [text, ref] of this.refs) {
      if (!leaving.has(ref)) continue;
      this.refs.delete(text);
      onRemoved(ref, keyOfText(text));
    }
  }
}

/**
 * One text for one key. With tags it is JSON, so that no character of a name can be mistaken for a separator.
 */
export function keyText(key: SeriesKey): string {
  // Held for every series: the usual one is kept short.
  if (key.tags.length === 0) return `${key.type}:${key.name}`;
  return JSON.stringify([key.type, key.name, ...key.tags.flatMap((tag) => [tag.key, tag.value])]);
}

function keyOfText(text: string): SeriesKey {
  if (!text.startsWith('[')) {
    return { type: Number(text[0]) as MetricType, name: text.slice(2), tags: [] };
  }
  const [type, name, ...words] = JSON.parse(text) as [MetricType, string, ...string[]];
  const tags = Array.from({ length: words.length / 2 }, (_, i) => ({
    key: words[2 * i]!,
    value: words[2 * i + 1]!,
  }));
  return { type, name, tags };
}
