import type { TimeWindow } from '../store.js';
import type { PointTable } from './point-tables.js';
import { bucketOf, type Tiers } from './tiers.js';

/** A span of time and the steps that it is to be read from. */
export interface TierSpan extends TimeWindow {
  readonly level: number;
  readonly stepsMs: readonly number[];
  readonly stepMs: number;
}

/** The window from the finest tier that holds each part of it: no two spans overlap. In order of time. */
export function finestSpans({ levels }: Tiers, window: TimeWindow): TierSpan[] {
  const spans: TierSpan[] = [];
  let { untilMs } = window;
  for (const [level, { stepsMs, stepMs, heldSinceMs }] of levels.entries()) {
    const sinceMs = Math.max(window.sinceMs, heldSinceMs);
    if (sinceMs < untilMs) spans.unshift({ level, stepsMs, stepMs, sinceMs, untilMs });
    untilMs = Math.min(untilMs, sinceMs);
  }
  return spans;
}

/**
 * The same window with as few buckets as can be: longer ones wherever they lie within a span whole and are
 * rolled up. All points are there once, as in the finest.
 *
 * @param alignMs no bucket may lie across a multiple of it; Infinity where there is no such edge
 * @param mostLevel the coarsest tier to use
 */
export function coarserSpans(
  tiers: Tiers,
  table: PointTable,
  spans: readonly TierSpan[],
  alignMs: number,
  mostLevel: number,
): TierSpan[] {
  return spans.flatMap((span) => coarsened(tiers, table, span, alignMs, mostLevel));
}

function coarsened(
  tiers: Tiers,
  table: PointTable,
  span: TierSpan,
  alignMs: number,
  mostLevel: number,
): TierSpan[] {
  if (span.sinceMs >= span.untilMs) return [];
  for (let level = mostLevel; level > span.level; level -= 1) {
    const { stepMs, stepsMs, heldSinceMs } = tiers.levels[level]!;
    if (alignMs !== Number.POSITIVE_INFINITY && alignMs % stepMs !== 0) continue;
    const first = Math.max(Math.ceil(span.sinceMs / stepMs) * stepMs, heldSinceMs);
    const end = bucketOf(Math.min(span.untilMs, tiers.rolled(table, stepMs).untilMs), stepMs);
    if (first >= end) continue;
    return [
      ...coarsened(tiers, table, { ...span, untilMs: first }, alignMs, level - 1),
      { level, stepsMs, stepMs, sinceMs: first, untilMs: end },
      ...coarsened(tiers, table, { ...span, sinceMs: end }, alignMs, level - 1),
    ];
  }
  return [span];
}

/** How many buckets a series may have in the spans. */
export function bucketsIn(spans: readonly TierSpan[]): number {
  return spans.reduce((sum, { sinceMs, untilMs, stepMs }) => sum + (untilMs - sinceMs) / stepMs, 0);
}
