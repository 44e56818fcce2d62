import type { MetricType } from '../metric.js';
import type { SeriesRef } from '../series/table.js';
import type { LiveKind, LookBuilder } from './look.js';

/** Takes samples of series into one bucket. */
export interface Recorder {
  /** Adds `value * weight`. */
  counter(ref: SeriesRef, value: number, weight: number): void;
  /** Adds a value that a gauge took on at `atMs`. */
  gauge(ref: SeriesRef, value: number, atMs: number): void;
  /** Adds a sample that stands for `weight` of its kind. */
  distribution(
    ref: SeriesRef,
    type: typeof MetricType.Timer | typeof MetricType.Distribution,
    value: number,
    weight: number,
  ): void;
  /** Adds the member of a set that stands in `[start, end)` of the slab. */
  member(ref: SeriesRef, slab: Uint8Array, start: number, end: number): void;
}

/**
 * The bucket that is being filled, together with what each gauge is now, which outlives buckets. `Content` is
 * what sealing gives away: the points themselves, or where in another thread's memory they are.
 */
export interface OpenBucket<Content> extends Recorder {
  /** Sets or changes what a gauge is now, without recording it, and returns that. One never seen is 0. */
  turnGauge(ref: SeriesRef, value: number, isDelta: boolean): number;
  /** False while the bucket sealed before is still being read: the open one then stays open beyond its time. */
  readonly canSeal: boolean;
  /** Copies what has been collected of one kind; of gauges, what each is now. */
  look(kind: LiveKind, into: LookBuilder): void;
  /** Drops what has been collected of these series; gauges are as if never seen. */
  forget(refs: readonly SeriesRef[]): void;
  /** Gives away what a gauge is now, as it leaves memory; undefined when it has no value. */
  takeGauge(ref: SeriesRef): number | undefined;
  /** Gives away what was collected and starts anew. */
  seal(): Content;
}
