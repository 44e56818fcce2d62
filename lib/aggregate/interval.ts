import { MetricType } from '../metric.js';
import { textOf } from '../protocol/bytes.js';
import type { SeriesRef } from '../series/table.js';
import { HyperLogLog } from '../sketch/hyperloglog.js';
import { type CondensingOptions, maxKeptMembers } from './condensing.js';
import { DistributionAccumulator } from './distribution.js';
import type { LiveKind, LookBuilder } from './look.js';
import type { CounterPartial, GaugePartial, Partial, SetPartial } from './partial.js';
import type { Recorder } from './recorder.js';

/** A series' aggregate of one bucket. */
export interface IntervalPoint {
  readonly ref: SeriesRef;
  readonly partial: Partial;
}

/**
 * Everything collected for one bucket of wall-clock time. Holds only series that were heard in it: an idle
 * series costs nothing and leaves no point.
 */
export class Interval implements Recorder {
  private readonly options: CondensingOptions;
  private readonly counters = new Map<SeriesRef, CounterPartial>();
  private readonly gauges = new Map<SeriesRef, GaugePartial>();
  private readonly distributions = new Map<SeriesRef, DistributionAccumulator>();
  private readonly sets = new Map<SeriesRef, SetPartial>();

  constructor(options: CondensingOptions) {
    this.options = options;
  }

  counter(ref: SeriesRef, value: number, weight: number): void {
    const point = this.counters.get(ref);
    if (point === undefined) {
      this.counters.set(ref, { type: MetricType.Counter, sum: value * weight, samples: 1 });
      return;
    }
    point.sum += value * weight;
    point.samples += 1;
  }

  /** Records a value that a gauge took on at `atMs`. */
  gauge(ref: SeriesRef, value: number, atMs: number): void {
    const point = this.gauges.get(ref);
    if (point === undefined) {
      this.gauges.set(ref, gaugePartial(value, atMs));
      return;
    }
    point.last = value;
    point.lastAtMs = atMs;
    point.min = Math.min(point.min, value);
    point.max = Math.max(point.max, value);
    point.sum += value;
    point.samples += 1;
  }

  distribution(
    ref: SeriesRef,
    type: typeof MetricType.Timer | typeof MetricType.Distribution,
    value: number,
    weight: number,
  ): void {
    let accumulator = this.distributions.get(ref);
    if (accumulator === undefined) {
      accumulator = new DistributionAccumulator(type, this.options);
      this.distributions.set(ref, accumulator);
    }
    accumulator.record(value, weight);
  }

  member(ref: SeriesRef, slab: Uint8Array, start: number, end: number): void {
    let point = this.sets.get(ref);
    if (point === undefined) {
      point = { type: MetricType.Set, members: new HyperLogLog() };
      if (this.options.keepsMembers === true) point.kept = new Set();
      this.sets.set(ref, point);
    }
    point.members.add(slab, start, end);
    const { kept } = point;
    if (kept !== undefined && kept.size < maxKeptMembers) kept.add(textOf(slab, start, end));
  }

  /**
   * Copies what has been collected of one kind. Not for gauges: what they are now is no matter of an interval.
   */
  look(kind: LiveKind, into: LookBuilder): void {
    if (kind === 'counters') {
      for (const [ref, { sum }] of this.counters) into.add(ref, sum);
    } else if (kind === 'sets') {
      for (const [ref, { members }] of this.sets) into.add(ref, Math.round(members.estimate()));
    } else if (kind === 'timers') {
      for (const [ref, accumulator] of this.distributions) {
        const values = accumulator.rawValues();
        into.addAll(ref, values, values.length);
      }
    }
  }

  /** When a gauge was last set, in milliseconds since the epoch; 0 when it was not set in this bucket. */
  gaugeSetAt(ref: SeriesRef): number {
    return this.gauges.get(ref)?.lastAtMs ?? 0;
  }

  /** Drops what has been collected of a series. */
  forget(ref: SeriesRef): void {
    for (const held of [this.counters, this.gauges, this.distributions, this.sets]) held.delete(ref);
  }

  /** What was collected. The interval must not be used afterwards. */
  points(): IntervalPoint[] {
    const points: IntervalPoint[] = [];
    for (const [ref, partial] of this.counters) points.push({ ref, partial });
    for (const [ref, partial] of this.gauges) points.push({ ref, partial });
    for (const [ref, accumulator] of this.distributions) points.push({ ref, partial: accumulator.partial() });
    for (const [ref, partial] of this.sets) points.push({ ref, partial });
    return points;
  }
}

function gaugePartial(value: number, atMs: number): GaugePartial {
  return {
    type: MetricType.Gauge,
    last: value,
    lastAtMs: atMs,
    min: value,
    max: value,
    sum: value,
    samples: 1,
  };
}
