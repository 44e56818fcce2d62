import { MetricType } from '../metric.js';
import type { SeriesRef } from '../series/table.js';

/** The kinds of series that a person can look at, in statsd's terms: `timers` are distributions too. */
export type LiveKind = 'counters' | 'gauges' | 'timers' | 'sets';

/**
 * A copy of what is being collected of one kind, as plain numbers, so that it can change threads without being
 * copied again. One entry a series; a series that is kept in two places has two.
 *
 * The values of an entry: of a counter its sum; of a gauge what it is now and when it was set (milliseconds
 * since the epoch; 0 when that is not known, as after a restart); of a timer its samples as they came, or none
 * once they are a sketch; of a set the number of its members.
 */
export interface Look {
  readonly refs: Uint32Array<ArrayBuffer>;
  /** Where in `values` those of each series end; they begin where those before end. */
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
}

/** Collects a look, series by series. */
export class LookBuilder {
  private readonly refs: SeriesRef[] = [];
  private readonly ends: number[] = [];
  private readonly values: number[] = [];

  add(ref: SeriesRef, value: number): void {
    this.values.push(value);
    this.end(ref);
  }

  addGauge(ref: SeriesRef, value: number, setAtMs: number): void {
    this.values.push(value, setAtMs);
    this.end(ref);
  }

  /** Adds the first `count` values. */
  addAll(ref: SeriesRef, values: Float64Array, count: number): void {
    for (let i = 0; i < count; i += 1) this.values.push(values[i]!);
    this.end(ref);
  }

  take(): Look {
    const { refs, ends, values } = this;
    return { refs: Uint32Array.from(refs), ends: Uint32Array.from(ends), values: Float64Array.from(values) };
  }

  private end(ref: SeriesRef): void {
    this.refs.push(ref);
    this.ends.push(this.values.length);
  }
}

export function kindOf(type: MetricType): LiveKind {
  if (type === MetricType.Counter) return 'counters';
  if (type === MetricType.Gauge) return 'gauges';
  return type === MetricType.Set ? 'sets' : 'timers';
}
