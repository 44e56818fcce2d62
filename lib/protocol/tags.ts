import type { Tag } from '../metric.js';

export interface NameAndTags {
  readonly name: string;
  readonly tags: readonly Tag[];
}

/**
 * Reads `key=value` pieces: `a:1,b` with `,` and `:` is a=1 and a valueless b. Empty pieces are skipped; only
 * the first assignment mark of a piece splits it. In the order sent, duplicates kept.
 */
export function readTags(text: string, separator: ',' | ';', assignment: ':' | '='): Tag[] {
  const tags: Tag[] = [];
  for (const piece of text.split(separator)) {
    if (piece === '') continue;
    const split = piece.indexOf(assignment);
    tags.push(
      split < 0 ? { key: piece, value: '' } : { key: piece.slice(0, split), value: piece.slice(split + 1) },
    );
  }
  return tags;
}

/**
 * Takes the tags out of a name: Graphite's `n;k=v;k2=v2`, Influx's `n,k=v,k2=v2`, Librato's `n#k=v,k2=v2` and
 * SignalFx's `n[k=v,k2=v2]`. The first mark with a `=` behind it decides which it is; without any, the
 * characters are a part of the name.
 */
export function splitNameTags(text: string): NameAndTags {
  const lastAssignment = text.lastIndexOf('=');
  const firstBracket = text.indexOf('[');
  for (let i = 0; i < lastAssignment; i++) {
    const mark = text[i];
    if (mark === ';') return { name: text.slice(0, i), tags: readTags(text.slice(i + 1), ';', '=') };
    if (mark === ',' || mark === '#') {
      return { name: text.slice(0, i), tags: readTags(text.slice(i + 1), ',', '=') };
    }
    // Only the first bracket is tried, so that a name of brackets costs no more than another.
    if (i === firstBracket) {
      const close = text.indexOf(']', i);
      const inside = text.slice(i + 1, Math.max(i + 1, close));
      if (inside.includes('=')) {
        return { name: text.slice(0, i) + text.slice(close + 1), tags: readTags(inside, ',', '=') };
      }
    }
  }
  return { name: text, tags: [] };
}
