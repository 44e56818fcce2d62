import type { Tag } from '../metric.js';

/** Of more series the first tell enough, and soon. */
const mostLookedAt = 200;

/**
 * The keys of tags in the order in which they tell series apart: first the one that has most values, then always the one that
 * with those before makes most of them differ, while there is any. Then those that
 * differ at all, and at last those that all have in common.
 */
export function tellingKeys(series: readonly (readonly Tag[])[]): string[] {
  const all = series.slice(0, mostLookedAt);
  const left = new Set(all.flatMap((tags) => tags.map(({ key }) => key)));
  const order: string[] = [];
  let parts: readonly string[] = all.map(() => '');
  let told = 1;
  while (told < all.length && left.size > 0) {
    const split = [...left].map((key) => {
      const finer = all.map((tags, i) => JSON.stringify([parts[i], valuesOf(tags, key)]));
      return { key, finer: numbered(finer), count: new Set(finer).size };
    });
    const best = split.reduce((a, b) => (b.count > a.count ? b : a));
    if (best.count === told) break;
    order.push(best.key);
    left.delete(best.key);
    parts = best.finer;
    told = best.count;
  }
  const differs = (key: string): boolean =>
    new Set(all.map((tags) => JSON.stringify(valuesOf(tags, key)))).size > 1;
  const rest = [...left];
  return [...order, ...rest.filter(differs), ...rest.filter((key) => !differs(key))];
}

/** Tags in the order of their keys. */
export function inOrderOf(keys: readonly string[], tags: readonly Tag[]): Tag[] {
  const places = new Map(keys.map((key, place) => [key, place]));
  const placeOf = ({ key }: Tag): number => places.get(key) ?? keys.length;
  return tags.toSorted((a, b) => placeOf(a) - placeOf(b));
}

function valuesOf(tags: readonly Tag[], wanted: string): string[] {
  return tags.filter(({ key }) => key === wanted).map(({ value }) => value);
}

/** Short texts in the place of long ones, the same for the same. */
function numbered(texts: readonly string[]): string[] {
  const numbers = new Map<string, string>();
  return texts.map((text) => {
    const known = numbers.get(text) ?? String(numbers.size);
    numbers.set(text, known);
    return known;
  });
}
