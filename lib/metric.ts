/** The kinds of metric. The numbers are stored on disk and shared with the kernel: never renumber them. */
export const MetricType = { Counter: 0, Gauge: 1, Timer: 2, Distribution: 3, Set: 4 } as const;
export type MetricType = (typeof MetricType)[keyof typeof MetricType];

/** Names of the kinds, indexed by `MetricType`; the words users see and type. */
export const metricTypeNames = ['counter', 'gauge', 'timer', 'distribution', 'set'] as const;
export type MetricTypeName = (typeof metricTypeNames)[number];

/** One tag. A tag without a value has the empty string as its value. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}

/**
 * What makes a series the series it is. `tags` are in canonical order (by key, then by value, compared as
 * UTF-16 code units) without exact duplicates; one key may appear with several values.
 */
export interface SeriesKey {
  readonly name: string;
  readonly type: MetricType;
  readonly tags: readonly Tag[];
}

/** A DogStatsD event (`_e{…}`). Times are milliseconds since the epoch. */
export interface EventRecord {
  readonly timeMs: number;
  readonly title: string;
  readonly text: string;
  readonly host: string | undefined;
  readonly aggregationKey: string | undefined;
  readonly priority: 'normal' | 'low';
  readonly sourceType: string | undefined;
  readonly alertType: 'error' | 'warning' | 'info' | 'success';
  readonly tags: readonly Tag[];
}

/** A DogStatsD service check (`_sc|…`). `status`: 0 ok, 1 warning, 2 critical, 3 unknown. */
export interface CheckRecord {
  readonly timeMs: number;
  readonly name: string;
  readonly status: 0 | 1 | 2 | 3;
  readonly host: string | undefined;
  readonly message: string | undefined;
  readonly tags: readonly Tag[];
}

/** Puts tags into canonical order and drops exact duplicates. The input is left alone. */
export function canonicalTags(tags: readonly Tag[]): readonly Tag[] {
  if (tags.length < 2) return tags;
  const sorted = [...tags].sort((a, b) => compareText(a.key, b.key) || compareText(a.value, b.value));
  return sorted.filter((tag, i) => {
    const previous = sorted[i - 1];
    return previous === undefined || previous.key !== tag.key || previous.value !== tag.value;
  });
}

/** Order by UTF-16 code units: the same on every machine, unlike a locale's order. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
