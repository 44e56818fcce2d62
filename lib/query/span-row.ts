import type { StoredPoint, TimeWindow } from '../storage/store.js';
import type { Coverage } from './coverage.js';
import type { RowBuilder } from './row-builder.js';
import type { Steps } from './steps.js';

/** One row in the making. */
export class SpanRow {
  /** Buckets (length by start) from times in which no server was running: back-filled ones. */
  private backfilled: Map<number, number> | undefined;
  private firstMs = Number.POSITIVE_INFINITY;
  private firstStepMs = 1;
  /** End of the last bucket: after that of the row where a tier's buckets are longer than the steps. */
  private endMs = Number.NEGATIVE_INFINITY;
  private points = 0;
  private stepsMs = 0;

  constructor(
    readonly builder: RowBuilder,
    private readonly running: Coverage,
  ) {}

  note({ timeMs, stepMs }: StoredPoint): void {
    if (timeMs < this.firstMs) {
      this.firstMs = timeMs;
      this.firstStepMs = stepMs;
    }
    this.endMs = Math.max(this.endMs, timeMs + stepMs);
    this.points += 1;
    this.stepsMs += stepMs;
    if (this.running.covers(timeMs, stepMs)) return;
    this.backfilled ??= new Map();
    this.backfilled.set(timeMs, stepMs);
  }

  /** How long its buckets are, on an average. */
  get bucketMs(): number {
    return this.stepsMs / this.points;
  }

  /**
   * The time that the row's points stand for: its buckets lie in it whole where they start in it, and not at
   * all where they start before. Without any record of running servers it is the whole window.
   */
  secondsIn({ sinceMs, untilMs }: TimeWindow): number {
    if (this.running.bucketCount === 0) return (untilMs - sinceMs) / 1000;
    const { firstMs, firstStepMs, endMs, running } = this;
    let ms = running.msWithin({
      // Buckets before are as long as the first, or longer.
      sinceMs: Math.min(firstMs, Math.ceil(sinceMs / firstStepMs) * firstStepMs),
      untilMs: Math.max(endMs, running.endOfStarted(untilMs)),
    });
    for (const stepMs of this.backfilled?.values() ?? []) ms += stepMs;
    return ms / 1000;
  }
}

/** What of a step lies in the window. */
export function partOf(startMs: number, steps: Steps, window: TimeWindow): TimeWindow {
  return {
    sinceMs: Math.max(startMs, window.sinceMs),
    untilMs: Math.min(steps.endOf(startMs), window.untilMs),
  };
}
