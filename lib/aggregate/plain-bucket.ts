import type { MetricType } from '../metric.js';
import type { SeriesRef } from '../series/table.js';
import type { CondensingOptions } from './condensing.js';
import { GaugeValues } from './gauge-values.js';
import { Interval, type IntervalPoint } from './interval.js';
import type { LiveKind, LookBuilder } from './look.js';
import type { OpenBucket } from './recorder.js';

/** The open bucket of the plain path: ordinary objects on the caller's thread. */
export class PlainBucket implements OpenBucket<readonly IntervalPoint[]> {
  readonly canSeal = true;
  private readonly gauges = new GaugeValues();
  private interval: Interval;
  private readonly sketch: CondensingOptions;

  constructor(sketch: CondensingOptions) {
    this.sketch = sketch;
    this.interval = new Interval(sketch);
  }

  counter(ref: SeriesRef, value: number, weight: number): void {
    this.interval.counter(ref, value, weight);
  }

  gauge(ref: SeriesRef, value: number, atMs: number): void {
    this.gauges.setAt(ref, atMs);
    this.interval.gauge(ref, value, atMs);
  }

  distribution(
    ref: SeriesRef,
    type: typeof MetricType.Timer | typeof MetricType.Distribution,
    value: number,
    weight: number,
  ): void {
    this.interval.distribution(ref, type, value, weight);
  }

  member(ref: SeriesRef, slab: Uint8Array, start: number, end: number): void {
    this.interval.member(ref, slab, start, end);
  }

  turnGauge(ref: SeriesRef, value: number, isDelta: boolean): number {
    return this.gauges.update(ref, value, isDelta);
  }

  look(kind: LiveKind, into: LookBuilder): void {
    if (kind === 'gauges') this.gauges.look(into);
    else this.interval.look(kind, into);
  }

  forget(refs: readonly SeriesRef[]): void {
    for (const ref of refs) {
      this.interval.forget(ref);
      this.gauges.forget(ref);
    }
  }

  takeGauge(ref: SeriesRef): number | undefined {
    return this.gauges.take(ref);
  }

  seal(): readonly IntervalPoint[] {
    const points = this.interval.points();
    this.interval = new Interval(this.sketch);
    return points;
  }
}
