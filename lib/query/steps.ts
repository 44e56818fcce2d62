import type { TimeWindow } from '../storage/store.js';

/**
 * Divides time into the spans that get a row of their own. Spans follow each other without gap or overlap, so
 * that each bucket belongs to the one it starts in.
 */
export interface Steps {
  /** Start of the span that holds the instant. */
  startOf(timeMs: number): number;
  /** End of the span that starts there, which is the start of the next one. */
  endOf(startMs: number): number;
  /**
   * Every span ends at a multiple of it, so that longer buckets up to it lie within one; undefined where that depends
   * on the window.
   */
  readonly alignMs?: number;
}

/** Spans of equal length that start at its multiples of wall-clock time (UTC), as buckets do. */
export function equalSteps(stepMs: number): Steps {
  return {
    startOf: (timeMs) => Math.floor(timeMs / stepMs) * stepMs,
    endOf: (startMs) => startMs + stepMs,
    alignMs: stepMs,
  };
}

/** As many spans are looked at: as long as it takes for a point or two. */
const mostLookedAt = 10_000;

/**
 * The greatest length of which all ends of spans within the window are multiples: an hour for the days of most
 * zones, though one of them has 23.
 */
export function alignmentIn({ sinceMs, untilMs }: TimeWindow, steps: Steps): number {
  let commonMs = 0;
  let looked = 0;
  for (let endMs = steps.endOf(steps.startOf(sinceMs)); endMs < untilMs; endMs = steps.endOf(endMs)) {
    commonMs = commonDivisor(endMs, commonMs);
    looked += 1;
    if (looked === mostLookedAt || commonMs === 1) return 1;
  }
  return commonMs === 0 ? Number.POSITIVE_INFINITY : commonMs;
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/** The whole window as one span. */
export function oneStep(window: TimeWindow): Steps {
  return { startOf: () => window.sinceMs, endOf: () => window.untilMs };
}
