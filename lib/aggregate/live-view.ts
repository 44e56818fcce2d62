import type { SeriesKey } from '../metric.js';

/** What a person may delete by hand. statsd has no way to delete a set either. */
export type DeletableKind = 'counters' | 'timers' | 'gauges';

/**
 * A look at what is being collected this moment, in statsd's terms: by name, with the tags glued to it
 * (`statsdName`). Every answer is a copy that later samples do not change; it may come from another thread.
 * Series that statsd could not tell apart are added up under their common name.
 */
export interface LiveView {
  /** Sums so far of the counters heard in the open interval. */
  counters(): Promise<ReadonlyMap<string, number>>;
  /** The present value of every gauge known, whenever it was set. */
  gauges(): Promise<ReadonlyMap<string, number>>;
  /**
   * The values so far, as sent and in order, of the timers and distributions heard in the open interval. Of a
   * series with more of them than are kept raw, those that came since the last ones were folded into its
   * sketch.
   */
  timers(): Promise<ReadonlyMap<string, Float64Array>>;
  /** How many distinct members each set heard in the open interval has so far. */
  sets(): Promise<ReadonlyMap<string, number>>;
  /**
   * Drops what the open interval holds of some series; of gauges, their value too.
   *
   * @param patterns each a whole name, or `folder.*` for everything that starts with `folder.`
   * @returns the names that each pattern deleted; what one deleted, the next does not find
   */
  delete(kind: DeletableKind, patterns: readonly string[]): Promise<readonly (readonly string[])[]>;
}

/** A series as statsd spells it: `name;key=value;key=value`, tags in canonical order. */
export function statsdName({ name, tags }: SeriesKey): string {
  if (tags.length === 0) return name;
  return `${name};${tags.map(({ key, value }) => (value === '' ? key : `${key}=${value}`)).join(';')}`;
}

/** The names that one pattern of `LiveView.delete` means, in the order of `known`. */
export function matchingNames(known: ReadonlyMap<string, unknown>, pattern: string): readonly string[] {
  if (!pattern.endsWith('.*')) return known.has(pattern) ? [pattern] : [];
  const folder = pattern.slice(0, -1);
  return [...known.keys()].filter((name) => name.startsWith(folder));
}
