import type { TimeWindow } from '../storage/store.js';

interface Bucket {
  readonly timeMs: number;
  readonly stepMs: number;
}

/** When a server was running, from the buckets it recorded: those of every server and file together. */
export class Coverage {
  /** Distinct buckets, by start. */
  private readonly buckets: readonly Bucket[];
  /** What the buckets cover, without overlap, in order. */
  private readonly spans: readonly TimeWindow[];

  constructor(buckets: Iterable<Bucket>) {
    const longest = new Map<number, number>();
    for (const { timeMs, stepMs } of buckets) {
      longest.set(timeMs, Math.max(stepMs, longest.get(timeMs) ?? 0));
    }
    this.buckets = [...longest]
      .map(([timeMs, stepMs]) => ({ timeMs, stepMs }))
      .sort((a, b) => a.timeMs - b.timeMs);
    this.spans = union(this.buckets);
  }

  get bucketCount(): number {
    return this.buckets.length;
  }

  /**
   * Milliseconds covered by the buckets that start in the window: each counts whole where it starts, as points
   * do.
   */
  msStartedIn(window: TimeWindow): number {
    let coveredMs = 0;
    let endMs = Number.NEGATIVE_INFINITY;
    for (let i = this.firstAt(window.sinceMs); i < this.buckets.length; i++) {
      const { timeMs, stepMs } = this.buckets[i] as Bucket;
      if (timeMs >= window.untilMs) break;
      const bucketEndMs = timeMs + stepMs;
      coveredMs += Math.max(0, bucketEndMs - Math.max(endMs, timeMs));
      endMs = Math.max(endMs, bucketEndMs);
    }
    return coveredMs;
  }

  /** The end of what started before the instant, and at least the instant. */
  endOfStarted(timeMs: number): number {
    const last = this.buckets[this.firstAt(timeMs) - 1];
    return last === undefined ? timeMs : Math.max(timeMs, last.timeMs + last.stepMs);
  }

  /** Milliseconds of the window in which a server was running. */
  msWithin({ sinceMs, untilMs }: TimeWindow): number {
    let ms = 0;
    for (let i = this.spanAt(sinceMs); i < this.spans.length; i += 1) {
      const span = this.spans[i] as TimeWindow;
      if (span.sinceMs >= untilMs) break;
      ms += Math.min(span.untilMs, untilMs) - Math.max(span.sinceMs, sinceMs);
    }
    return ms;
  }

  /** Whether a server was running in any part of a bucket; without its length, at the instant. */
  covers(timeMs: number, stepMs = 1): boolean {
    const span = this.spans[this.spanAt(timeMs)];
    return span !== undefined && span.sinceMs < timeMs + stepMs;
  }

  /** Index of the first span that ends after the instant. */
  private spanAt(timeMs: number): number {
    let low = 0;
    let high = this.spans.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.spans[middle] as TimeWindow).untilMs <= timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * The stretches of the window in which no server was running, oldest first. What a bucket cut by the window's
   * start would cover is none, nor is what a running server has yet to write.
   */
  gaps(window: TimeWindow, nowMs: number): TimeWindow[] {
    const first = this.buckets[0];
    const last = this.buckets.at(-1);
    const endMs = Math.min(window.untilMs, nowMs - 2 * (last?.stepMs ?? 0));
    const found: TimeWindow[] = [];
    let sinceMs = window.sinceMs;
    if (first !== undefined && first.timeMs - sinceMs < first.stepMs) sinceMs = first.timeMs;
    for (const span of this.spans) {
      if (span.sinceMs > sinceMs) found.push({ sinceMs, untilMs: span.sinceMs });
      sinceMs = Math.max(sinceMs, span.untilMs);
    }
    if (endMs > sinceMs) found.push({ sinceMs, untilMs: Math.min(window.untilMs, nowMs) });
    return found;
  }

  private firstAt(timeMs: number): number {
    let low = 0;
    let high = this.buckets.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.buckets[middle] as Bucket).timeMs < timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function union(buckets: readonly Bucket[]): TimeWindow[] {
  const spans: { sinceMs: number; untilMs: number }[] = [];
  for (const { timeMs, stepMs } of buckets) {
    const last = spans.at(-1);
    if (last !== undefined && timeMs <= last.untilMs) last.untilMs = Math.max(last.untilMs, timeMs + stepMs);
    else spans.push({ sinceMs: timeMs, untilMs: timeMs + stepMs });
  }
  return spans;
}
