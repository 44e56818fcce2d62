import type { SeriesSelector, StoredSeries, StoreReader, TimeWindow } from '../storage/store.js';
import { nearestNames } from './nearest.js';

/** Why an answer has no rows, and what there is instead. */
export type Shortage =
  /** The stores hold no series at all. */
  | { readonly reason: 'empty' }
  /** No name matches the patterns. `nearest`: names that may have been meant. */
  | { readonly reason: 'name'; readonly nearest: readonly string[] }
  /** Names match, but not their types or tags. */
  | { readonly reason: 'selector'; readonly matching: readonly StoredSeries[] }
  /** Series match, but none has points in the window. `extent`: the time that the stores cover. */
  | { readonly reason: 'window'; readonly series: number; readonly extent: TimeWindow | undefined };

/** Finds out why there was nothing to report. */
export async function explainShortage(
  readers: readonly StoreReader[],
  selector: SeriesSelector,
  extent: TimeWindow | undefined,
): Promise<Shortage> {
  const selected = await seriesOf(readers, selector);
  if (selected.length > 0) return { reason: 'window', series: selected.length, extent };
  const { patterns } = selector;
  const named = await seriesOf(readers, patterns === undefined ? {} : { patterns });
  if (named.length > 0) return { reason: 'selector', matching: named };
  const all = await seriesOf(readers, {});
  if (all.length === 0) return { reason: 'empty' };
  const names = all.map(({ name }) => name);
  return { reason: 'name', nearest: nearestNames(patterns?.[0] ?? '', names) };
}

async function seriesOf(readers: readonly StoreReader[], selector: SeriesSelector): Promise<StoredSeries[]> {
  return (await Promise.all(readers.map((reader) => reader.series(selector)))).flat();
}
