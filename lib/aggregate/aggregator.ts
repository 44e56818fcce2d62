import type { SeriesRef } from '../series/table.js';
import type { DDSketchOptions } from '../sketch/ddsketch.js';
import { GaugeValues } from './gauge-values.js';
import { Interval, type IntervalPoint } from './interval.js';

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
  readonly sketch: DDSketchOptions;
}

/** What one turn of the wall clock's interval brought, given away by the aggregator. */
export interface Sealed {
  /** The bucket that was filled. */
  readonly startMs: number;
  /** Its points, and those of earlier buckets that had late samples. */
  readonly points: readonly SealedPoint[];
}

export interface SealedPoint extends IntervalPoint {
  readonly timeMs: number;
}

/**
 * Collects samples into buckets of wall-clock time. `advance` must be called with the current time before
 * samples are recorded, so that a sample at a boundary falls on the right side of it however late a timer is.
 */
export class Aggregator {
  private readonly options: AggregatorOptions;
  private readonly gaugeValues = new GaugeValues();
  private open: Interval;
  private late = new Map<number, Interval>();

  constructor(options: AggregatorOptions, nowMs: number) {
    this.options = options;
    this.open = this.interval(this.bucketOf(nowMs));
  }

  /** The bucket that is being filled. */
  get current(): Interval {
    return this.open;
  }

  /** Seals the open bucket when the time has left it, forward or back; undefined when it has not. */
  advance(nowMs: number): Sealed | undefined {
    const { startMs } = this.open;
    const { intervalMs } = this.options;
    const earliest = startMs - Math.min(jitterMs, intervalMs / 2);
    if (nowMs >= earliest && nowMs < startMs + intervalMs) return undefined;
    return this.seal(this.bucketOf(nowMs));
  }

  /** Seals the open bucket before its time, at the end of the program. */
  finish(): Sealed {
    return this.seal(this.open.startMs);
  }

  /**
   * Where a line's samples belong: the open bucket, or the one of its timestamp.
   *
   * @param timestampSeconds Unix time sent with the line, 0 when there was none
   * @returns undefined when the timestamp is too far in the future, or too many buckets are being added to
   */
  bucketFor(timestampSeconds: number, nowMs: number): Interval | undefined {
    if (timestampSeconds === 0) return this.open;
    const timeMs = timestampSeconds * 1000;
    if (timeMs > nowMs + maxFutureMs) return undefined;
    const startMs = this.bucketOf(timeMs);
    if (startMs === this.open.startMs) return this.open;
    const known = this.late.get(startMs);
    if (known !== undefined) return known;
    if (this.late.size === maxLateBuckets) return undefined;
    const interval = this.interval(startMs);
    this.late.set(startMs, interval);
    return interval;
  }

  /**
   * Sets or changes a gauge. A setting that comes with an earlier time belongs to its own bucket alone and does
   * not turn back what the gauge is now; a change counts for now as well, or changes would get lost.
   */
  gauge(into: Interval, ref: SeriesRef, value: number, isDelta: boolean, atMs: number): void {
    const now = isDelta || into === this.open ? this.gaugeValues.update(ref, value, isDelta) : value;
    into.gauge(ref, now, atMs);
  }

  /** Takes over the value a gauge had when the last server stopped. */
  restoreGauge(ref: SeriesRef, value: number): void {
    this.gaugeValues.restore(ref, value);
  }

  private seal(nextStartMs: number): Sealed {
    const { startMs } = this.open;
    const points = [...this.late.values(), this.open].flatMap((interval) =>
      interval.points().map(({ ref, partial }) => ({ ref, partial, timeMs: interval.startMs })),
    );
    this.late = new Map();
    this.open = this.interval(nextStartMs);
    return { startMs, points };
  }

  private interval(startMs: number): Interval {
    return new Interval(startMs, this.options.sketch);
  }

  private bucketOf(timeMs: number): number {
    return Math.floor(timeMs / this.options.intervalMs) * this.options.intervalMs;
  }
}
