import type { MetricType, Tag } from '../metric.js';
import type { StoredSeries } from '../storage/store.js';

/** Series that share a row: one name, one type, and equal values of the tags grouped by. */
export interface SeriesGroup {
  readonly name: string;
  readonly type: MetricType;
  /** At most one tag a key: several values of one key are joined with commas. */
  readonly tags: readonly Tag[];
  readonly members: readonly Member[];
}

/** One series with the places it is held in. Equal series of several readers are one member. */
export interface Member {
  readonly sources: readonly Source[];
}

export interface Source {
  /** Index of the reader. */
  readonly reader: number;
  readonly series: StoredSeries;
}

/**
 * Puts the series of several readers into groups.
 *
 * @param byReader the series of each reader
 * @param groupBy tag keys; undefined gives each series a group of its own. A series without one of the keys is
 *   in the group that lacks it.
 */
export function groupSeries(
  byReader: readonly (readonly StoredSeries[])[],
  groupBy: readonly string[] | undefined,
): SeriesGroup[] {
  const members = new Map<string, Source[]>();
  for (const [reader, list] of byReader.entries()) {
    for (const series of list) append(members, keyOf(series, series.tags), { reader, series });
  }
  const groups = new Map<string, Member[]>();
  const faces = new Map<string, Omit<SeriesGroup, 'members'>>();
  for (const sources of members.values()) {
    const { series } = sources[0] as Source;
    const tags = joinValues(series.tags.filter(({ key }) => groupBy?.includes(key) ?? true));
    // Not by the joined tags: a value with a comma in it differs from two values.
    const key = keyOf(series, groupBy === undefined ? series.tags : tags);
    append(groups, key, { sources });
    faces.set(key, { name: series.name, type: series.type, tags });
  }
  return [...groups].map(([key, list]) => ({ ...(faces.get(key) as SeriesGroup), members: list }));
}

function keyOf(series: StoredSeries, tags: readonly Tag[]): string {
  return JSON.stringify([series.type, series.name, ...tags.flatMap(({ key, value }) => [key, value])]);
}

function append<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function joinValues(tags: readonly Tag[]): Tag[] {
  const values = new Map<string, string>();
  for (const { key, value } of tags) {
    const known = values.get(key);
    values.set(key, known === undefined ? value : `${known},${value}`);
  }
  return [...values].map(([key, value]) => ({ key, value }));
}
