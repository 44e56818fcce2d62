import type { SeriesRef } from '../series/table.js';
import type { CondensingOptions } from './condensing.js';
import { Interval, type IntervalPoint } from './interval.js';
import { type LiveKind, type Look, LookBuilder } from './look.js';
import type { OpenBucket, Recorder } from './recorder.js';

/** How far ahead of this clock a sender's timestamp may be: clocks differ, but not by hours. */
export const maxFutureMs = 3_600_000;

/**
 * A wall clock that steps back by less than this is taken for jitter: the open interval stays open, instead of
 * being sealed only to be opened again.
 */
const jitterMs = 500;

/**
 * Most past buckets that one interval may add to, a day of ten-second ones: senders of made-up timestamps must
 * not fill the memory.
 */
export const maxLateBuckets = 8640;

export interface AggregatorOptions {
  /** Length of a bucket in milliseconds; buckets start at its multiples since the epoch. */
  readonly intervalMs: number;
  readonly sketch: CondensingOptions;
}

/** What one turn of the wall clock's interval brought, given away by the aggregator. */
export interface Sealed<Content> {
  /** The bucket that was filled. */
  readonly startMs: number;
  readonly content: Content;
  /** Points of earlier buckets, which had late samples. */
  readonly late: readonly LatePoint[];
}

export interface LatePoint extends IntervalPoint {
  readonly timeMs: number;
}

/**
 * Collects samples into buckets of wall-clock time. `advance` must be called with the current time before
 * samples are recorded, so that a sample at a boundary falls on the right side of it however late a timer is.
 */
export class Aggregator<Content> {
  private readonly options: AggregatorOptions;
  private readonly open: OpenBucket<Content>;
  private startMs: number;
  private late = new Map<number, Interval>();

  constructor(options: AggregatorOptions, open: OpenBucket<Content>, nowMs: number) {
    this.options = options;
    this.open = open;
    this.startMs = this.bucketOf(nowMs);
  }

  /** Start of the bucket that is being filled. */
  get openStartMs(): number {
    return this.startMs;
  }

  /** The bucket that is being filled. */
  get current(): Recorder {
    return this.open;
  }

  /** Seals the open bucket when the time has left it, forward or back; undefined when it has not. */
  advance(nowMs: number): Sealed<Content> | undefined {
    const { intervalMs } = this.options;
    const earliest = this.startMs - Math.min(jitterMs, intervalMs / 2);
    if (nowMs >= earliest && nowMs < this.startMs + intervalMs) return undefined;
    return this.open.canSeal ? this.seal(this.bucketOf(nowMs)) : undefined;
  }

  /** Seals the open bucket before its time, at the end of the program. */
  finish(): Sealed<Content> {
    return this.seal(this.startMs);
  }

  /**
   * Where a line's samples belong: the open bucket, or the one of its timestamp.
   *
   * @param timestampSeconds Unix time sent with the line, 0 when there was none
   * @returns undefined when the timestamp is too far in the future, or too many buckets are being added to
   */
  bucketFor(timestampSeconds: number, nowMs: number): Recorder | undefined {
    if (timestampSeconds === 0) return this.open;
    const timeMs = timestampSeconds * 1000;
    if (timeMs > nowMs + maxFutureMs) return undefined;
    const startMs = this.bucketOf(timeMs);
    if (startMs === this.startMs) return this.open;
    const known = this.late.get(startMs);
    if (known !== undefined) return known;
    if (this.late.size === maxLateBuckets) return undefined;
    const interval = new Interval(this.options.sketch);
    this.late.set(startMs, interval);
    return interval;
  }

  /**
   * Sets or changes a gauge. A setting that comes with an earlier time belongs to its own bucket alone and does
   * not turn back what the gauge is now; a change counts for now as well, or changes would get lost.
   */
  gauge(into: Recorder, ref: SeriesRef, value: number, isDelta: boolean, atMs: number): void {
    const now = isDelta || into === this.open ? this.open.turnGauge(ref, value, isDelta) : value;
    into.gauge(ref, now, atMs);
  }

  /** Takes over the value a gauge had when the last server stopped. */
  restoreGauge(ref: SeriesRef, value: number): void {
    this.open.turnGauge(ref, value, false);
  }

  /** Gives away what a gauge is now, as it leaves memory; undefined when it has no value. */
  takeGauge(ref: SeriesRef): number | undefined {
    return this.open.takeGauge(ref);
  }

  /** Copies what the next seal would give away of one kind, late samples included; of gauges, what each is now. */
  look(kind: LiveKind): Look {
    const into = new LookBuilder();
    this.open.look(kind, into);
    for (const interval of this.late.values()) interval.look(kind, into);
    return into.take();
  }

  /** Drops what the next seal would give away of these series; gauges are as if never seen. */
  forget(refs: readonly SeriesRef[]): void {
    this.open.forget(refs);
    for (const interval of this.late.values()) for (const ref of refs) interval.forget(ref);
  }

  private seal(nextStartMs: number): Sealed<Content> {
    const { startMs } = this;
    const late = [...this.late].flatMap(([timeMs, interval]) =>
      interval.points().map(({ ref, partial }) => ({ ref, timeMs, partial })),
    );
    this.late = new Map();
    this.startMs = nextStartMs;
    return { startMs, content: this.open.seal(), late };
  }

  private bucketOf(timeMs: number): number {
    return Math.floor(timeMs / this.options.intervalMs) * this.options.intervalMs;
  }
}
