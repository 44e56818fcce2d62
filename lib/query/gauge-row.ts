import type { GaugePartial } from '../aggregate/partial.js';
import type { StoredPoint } from '../storage/store.js';
import type { Percentile } from './percentile.js';
import { Population } from './population.js';
import type { RowNumbers } from './row.js';
import type { Lane, RowBuilder } from './row-builder.js';
import type { Shape } from './shape.js';
import { Movement, Wandering } from './wandering.js';

/** Gauges: the population is the last value of each bucket of each series. */
export class GaugeRow implements RowBuilder {
  private samples = 0;
  private sum = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;
  private last = Number.NaN;
  private lastAtMs = Number.NEGATIVE_INFINITY;
  private readonly values = new Population();
  private readonly wandering = new Wandering();

  get relativeAccuracy(): number {
    return this.values.relativeAccuracy;
  }

  lane(shared: boolean): Lane {
    return shared ? new SharedLane(this) : new OrderedLane(this);
  }

  observe(partial: Readonly<GaugePartial>): void {
    this.samples += partial.samples;
    this.sum += partial.sum;
    if (partial.min < this.min) this.min = partial.min;
    if (partial.max > this.max) this.max = partial.max;
    if (partial.lastAtMs >= this.lastAtMs) {
      this.last = partial.last;
      this.lastAtMs = partial.lastAtMs;
    }
  }

  addBucketValue(value: number): void {
    this.values.add(value);
  }

  addMovement(movement: Movement): void {
    this.wandering.add(movement);
  }

  finish(_seconds: number, percentiles: readonly Percentile[]): RowNumbers {
    return {
      count: this.samples,
      min: this.min,
      mean: this.sum / this.samples,
      max: this.max,
      last: this.last,
      lastAtMs: this.lastAtMs,
      percentiles: this.values.quantiles(percentiles),
      trust: this.values.trust(percentiles),
    };
  }

  shape(): Shape {
    return this.values.shape(this.wandering.independentShare);
  }
}

/** A series of one reader: what belongs to one bucket comes in a row. */
class OrderedLane implements Lane {
  private timeMs = Number.NaN;
  private stepMs = 0;
  private last = 0;
  private lastAtMs = 0;
  private readonly movement = new Movement();

  constructor(private readonly row: GaugeRow) {}

  add(point: StoredPoint): void {
    const partial = point.partial as GaugePartial;
    this.row.observe(partial);
    const same = point.timeMs === this.timeMs && point.stepMs === this.stepMs;
    if (same && partial.lastAtMs < this.lastAtMs) return;
    if (!same) this.endBucket();
    this.timeMs = point.timeMs;
    this.stepMs = point.stepMs;
    this.last = partial.last;
    this.lastAtMs = partial.lastAtMs;
  }

  end(): void {
    this.endBucket();
    this.row.addMovement(this.movement);
  }

  private endBucket(): void {
    if (Number.isNaN(this.timeMs)) return;
    this.row.addBucketValue(this.last);
    this.movement.add(this.timeMs, this.last);
  }
}

/** A series that several readers hold: the latest value of a bucket is known only at the end. */
class SharedLane implements Lane {
  private readonly latest = new Map<number, { last: number; lastAtMs: number }>();

  constructor(private readonly row: GaugeRow) {}

  add(point: StoredPoint): void {
    const { last, lastAtMs } = point.partial as GaugePartial;
    this.row.observe(point.partial as GaugePartial);
    const known = this.latest.get(point.timeMs);
    if (known === undefined || lastAtMs >= known.lastAtMs) this.latest.set(point.timeMs, { last, lastAtMs });
  }

  end(): void {
    const movement = new Movement();
    for (const [timeMs, { last }] of [...this.latest].sort(([a], [b]) => a - b)) {
      this.row.addBucketValue(last);
      movement.add(timeMs, last);
    }
    this.row.addMovement(movement);
  }
}
