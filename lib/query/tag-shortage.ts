import type { Tag } from '../metric.js';
import type { StoredSeries } from '../storage/store.js';
import { nearestNames } from './nearest.js';

/** A tag that was asked for and that no series has. */
export interface MissingTag {
  /** As it was asked for: `key:value`. */
  readonly asked: string;
  /** Tags of the series that may have been meant, the likeliest first. */
  readonly nearest: readonly string[];
  /** The values of the key, where there is such a key. */
  readonly values: readonly string[];
}

/** The first of the tags that none of the series has, by itself; undefined where only all together are too much. */
export function missingTag(series: readonly StoredSeries[], asked: readonly Tag[]): MissingTag | undefined {
  const values = new Map<string, Set<string>>();
  for (const { tags } of series) {
    for (const { key, value } of tags) {
      const own = values.get(key);
      if (own === undefined) values.set(key, new Set([value]));
      else own.add(value);
    }
  }
  const missing = asked.find(({ key, value }) => values.get(key)?.has(value) !== true);
  if (missing === undefined) return undefined;
  const all = [...values].flatMap(([key, own]) => [...own].map((value) => tagText({ key, value })));
  const text = tagText(missing);
  return {
    asked: text,
    nearest: nearestNames(text, all),
    values: [...(values.get(missing.key) ?? [])],
  };
}

function tagText({ key, value }: Tag): string {
  return value === '' ? key : `${key}:${value}`;
}
