import type { SeriesSelector, StoredSeries, StoreReader, TimeWindow } from '../storage/store.js';
import { nearestNames } from './nearest.js';
import { type MissingTag, missingTag } from './tag-shortage.js';

/** Why an answer has no rows, and what there is instead. */
export type Shortage =
  /** The stores hold no series at all. */
  | { readonly reason: 'empty' }
  /** No name matches the patterns. `nearest`: names that may have been meant. */
  | { readonly reason: 'name'; readonly nearest: readonly string[] }
  /** Names match, but not their types or tags. `tag`: one that alone is too much. */
  | {
      readonly reason: 'selector';
      readonly matching: readonly StoredSeries[];
      readonly tag: MissingTag | undefined;
    }
  /** Series match, but none has points in the window. `extent`: the time of their own, or else of all that the stores hold. */
  | { readonly reason: 'window'; readonly series: number; readonly extent: TimeWindow | undefined };

const mostLookedInto = 100;

/** Finds out why there was nothing to report. */
export async function explainShortage(
  readers: readonly StoreReader[],
  selector: SeriesSelector,
  extent: TimeWindow | undefined,
): Promise<Shortage> {
  const selected = await Promise.all(readers.map((reader) => reader.series(selector)));
  const count = selected.reduce((sum, series) => sum + series.length, 0);
  if (count > 0) {
    return { reason: 'window', series: count, extent: (await extentOf(readers, selected)) ?? extent };
  }
  const { patterns } = selector;
  const named = await seriesOf(readers, patterns === undefined ? {} : { patterns });
  if (named.length > 0) {
    return { reason: 'selector', matching: named, tag: missingTag(named, selector.tags ?? []) };
  }
  const all = await seriesOf(readers, {});
  if (all.length === 0) return { reason: 'empty' };
  const names = all.map(({ name }) => name);
  return { reason: 'name', nearest: nearestNames(patterns?.[0] ?? '', names) };
}

/** From the first to the last bucket of the series; of the first of each store, where they are many. */
async function extentOf(
  readers: readonly StoreReader[],
  selected: readonly (readonly StoredSeries[])[],
): Promise<TimeWindow | undefined> {
  const footprints = await Promise.all(
    readers.map((reader, i) => reader.footprints(selected[i]?.slice(0, mostLookedInto) ?? [])),
  );
  const firsts = footprints.flat().flatMap(({ firstMs }) => firstMs ?? []);
  const lasts = footprints.flat().flatMap(({ lastMs }) => lastMs ?? []);
  if (firsts.length === 0) return undefined;
  return { sinceMs: Math.min(...firsts), untilMs: Math.max(...lasts) };
}

async function seriesOf(readers: readonly StoreReader[], selector: SeriesSelector): Promise<StoredSeries[]> {
  return (await Promise.all(readers.map((reader) => reader.series(selector)))).flat();
}
