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
   * Every span ends at a multiple of it, so that longer buckets up to it lie within one; undefined where none
   * is known.
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

/** The whole window as one span. */
export function oneStep(window: TimeWindow): Steps {
  return { startOf: () => window.sinceMs, endOf: () => window.untilMs };
}
