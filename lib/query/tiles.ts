import { MetricType } from '../metric.js';
import type { TimeWindow } from '../storage/store.js';
import type { Member, SeriesGroup } from './group.js';
import { exactLimit } from './population.js';
import type { Steps } from './steps.js';

/** A part of a query that is read and finished before the next one is begun, so that memory stays bounded. */
export interface Tile {
  readonly groups: readonly SeriesGroup[];
  /** Cut at the ends of steps. */
  readonly window: TimeWindow;
}

/**
 * What one tile's gathering may take by the rough reckoning below, in bytes. More was slower for 10,000 series,
 * three times as much by a quarter: the collector had more to look through.
 */
export const tileBytes = 8 << 20;
const bytesPerValue = 8;
const bytesPerMapEntry = 64;
const bytesPerLatestValue = 160;
const bytesPerSketch = 4 << 10;
const bytesPerSet = 16 << 10;
const bytesPerRow = 1 << 10;
const mostMembersAtOnce = 20_000;

/** How much of everything a query meets. */
export interface Extent {
  /** The part of the window that holds anything. */
  readonly window: TimeWindow;
  readonly steps: Steps;
  /** How many buckets a series may have in the window. */
  readonly buckets: number;
}

/** Cuts a query into tiles: some groups over the whole window, or one large group over some of its steps. */
export function* tiles(groups: readonly SeriesGroup[], extent: Extent, budgetBytes: number): Generator<Tile> {
  const allSpans = spansOf(extent);
  const spans = Math.max(1, Math.min(extent.buckets, allSpans));
  let some: SeriesGroup[] = [];
  let bytes = 0;
  for (const group of groups) {
    const own = bytesOf(group, extent.buckets, spans);
    // What does not fit comes after what was before it, so that rows keep the order of the groups.
    if (some.length > 0 && bytes + own > budgetBytes) {
      yield { groups: some, window: extent.window };
      some = [];
      bytes = 0;
    }
    if (own > budgetBytes) {
      yield* slices(group, extent, Math.max(1, Math.floor((allSpans * budgetBytes) / own)));
    } else {
      some.push(group);
      bytes += own;
    }
  }
  if (some.length > 0) yield { groups: some, window: extent.window };
}

/** Cuts the members of a tile into lists that are read at once. */
export function memberBatches(members: readonly Member[], extent: Extent, budgetBytes: number): Member[][] {
  const sharedBytes = extent.buckets * bytesPerLatestValue;
  const batches: Member[][] = [];
  let batch: Member[] = [];
  let bytes = 0;
  for (const member of members) {
    const own = member.sources.length > 1 ? sharedBytes : 0;
    if (batch.length > 0 && (batch.length === mostMembersAtOnce || bytes + own > budgetBytes)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(member);
    bytes += own;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

/** Whether the group's points come in order of time: one series that one reader holds. */
export function isOrdered(group: SeriesGroup): boolean {
  return group.members.length === 1 && group.members[0]?.sources.length === 1;
}

function spansOf({ window, steps }: Extent): number {
  const first = steps.startOf(window.sinceMs);
  return Math.ceil((window.untilMs - first) / (steps.endOf(first) - first));
}

function bytesOf(group: SeriesGroup, buckets: number, spans: number): number {
  switch (group.type) {
    case MetricType.Counter: {
      const mapped = isOrdered(group) ? 0 : buckets * bytesPerMapEntry;
      return spans * bytesPerRow + Math.min(buckets, exactLimit * spans) * bytesPerValue + mapped;
    }
    case MetricType.Gauge: {
      const values = buckets * group.members.length;
      return spans * bytesPerRow + Math.min(values, exactLimit * spans) * bytesPerValue;
    }
    case MetricType.Set:
      return spans * (bytesPerRow + bytesPerSet);
    default:
      return spans * (bytesPerRow + bytesPerSketch);
  }
}

function* slices(group: SeriesGroup, { window, steps }: Extent, spansAtOnce: number): Generator<Tile> {
  let sinceMs = window.sinceMs;
  while (sinceMs < window.untilMs) {
    let endMs = steps.startOf(sinceMs);
    for (let i = 0; i < spansAtOnce && endMs < window.untilMs; i++) endMs = steps.endOf(endMs);
    const untilMs = Math.min(endMs, window.untilMs);
    yield { groups: [group], window: { sinceMs, untilMs } };
    sinceMs = untilMs;
  }
}
