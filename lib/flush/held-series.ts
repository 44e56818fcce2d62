import { type DeletableKind, matchingNames, statsdName } from '../aggregate/live-view.js';
import {
  type CounterPartial,
  type DistributionPartial,
  type GaugePartial,
  mergePartial,
  type Partial,
  type SetPartial,
} from '../aggregate/partial.js';
import { MetricType } from '../metric.js';
import { DDSketch } from '../sketch/ddsketch.js';
import { HyperLogLog } from '../sketch/hyperloglog.js';
import type { FlushPoint } from './flush.js';

/** Which names are forgotten once they were idle for an interval, as statsd's settings of these names say. */
export interface IdleOptions {
  readonly deleteCounters: boolean;
  readonly deleteTimers: boolean;
  readonly deleteGauges: boolean;
  readonly deleteSets: boolean;
  /** Intervals that a gauge is repeated for when gauges are deleted. */
  readonly gaugesMaxTtl: number;
}

interface HeldGauge {
  value: number;
  atMs: number;
  intervalsLeft: number;
}

/**
 * The names that statsd would hold, each with what the interval at hand brought. statsd repeats a name once
 * heard at every flush, with 0 or, a gauge, its value, until the settings or a person delete it.
 */
export class HeldSeries {
  readonly counters = new Map<string, number>();
  readonly gauges = new Map<string, HeldGauge>();
  readonly timers = new Map<string, DistributionPartial | undefined>();
  readonly sets = new Map<string, SetPartial | undefined>();
  private options: IdleOptions;

  constructor(options: IdleOptions) {
    this.options = options;
  }

  reconfigure(options: IdleOptions): void {
    this.options = options;
  }

  add({ series, partial }: FlushPoint): void {
    const name = statsdName(series);
    switch (partial.type) {
      case MetricType.Counter:
        this.addCounter(name, partial);
        break;
      case MetricType.Gauge:
        this.setGauge(name, partial);
        break;
      case MetricType.Set:
        joinInto(this.sets, name, partial, copyOfSet);
        break;
      default:
        joinInto(this.timers, name, partial, copyOfDistribution);
    }
  }

  addCounter(name: string, { sum }: Pick<CounterPartial, 'sum'>): void {
    // From 0 on, as statsd adds: the sum of nothing but -0 is 0.
    this.counters.set(name, (this.counters.get(name) ?? 0) + sum);
  }

  /** A gauge that is never deleted. */
  setOwnGauge(name: string, value: number): void {
    this.gauges.set(name, { value, atMs: Number.POSITIVE_INFINITY, intervalsLeft: Number.POSITIVE_INFINITY });
  }

  /** Forgets names as a person asks; returns those that each pattern (`LiveView.delete`) meant. */
  delete(kind: DeletableKind, patterns: readonly string[]): readonly (readonly string[])[] {
    return patterns.map((pattern) => {
      const names = matchingNames(this[kind], pattern);
      for (const name of names) this[kind].delete(name);
      return names;
    });
  }

  /** Ends the interval: what was collected starts anew. */
  turn(isOwn: (counter: string) => boolean): void {
    const { counters, gauges, timers, sets, options } = this;
    for (const name of counters.keys()) {
      if (options.deleteCounters && !isOwn(name)) counters.delete(name);
      else counters.set(name, 0);
    }
    clear(timers, options.deleteTimers);
    clear(sets, options.deleteSets);
    if (!options.deleteGauges) return;
    for (const [name, gauge] of gauges) {
      gauge.intervalsLeft -= 1;
      if (gauge.intervalsLeft < 1) gauges.delete(name);
    }
  }

  private setGauge(name: string, { last, lastAtMs }: GaugePartial): void {
    const held = this.gauges.get(name);
    const intervalsLeft = this.options.gaugesMaxTtl;
    if (held === undefined) {
      this.gauges.set(name, { value: last, atMs: lastAtMs, intervalsLeft });
      return;
    }
    held.intervalsLeft = Math.max(held.intervalsLeft, intervalsLeft);
    if (lastAtMs < held.atMs) return;
    held.value = last;
    held.atMs = lastAtMs;
  }
}

function clear(held: Map<string, Partial | undefined>, isDeleted: boolean): void {
  if (isDeleted) held.clear();
  else for (const name of held.keys()) held.set(name, undefined);
}

/** Series that statsd could not tell apart are one; a flush is only lent, so that they are joined in a copy. */
function joinInto<P extends Partial>(
  held: Map<string, P | undefined>,
  name: string,
  partial: P,
  copy: (partial: P) => P,
): void {
  const before = held.get(name);
  if (before === undefined) {
    held.set(name, partial);
    return;
  }
  const joined = copy(before);
  mergePartial(joined, partial);
  held.set(name, joined);
}

function copyOfSet({ members, ...rest }: SetPartial): SetPartial {
  const copy: SetPartial = { ...rest, members: HyperLogLog.decode(members.encode()) };
  if (rest.kept !== undefined) copy.kept = new Set(rest.kept);
  return copy;
}

function copyOfDistribution({ sketch, ...rest }: DistributionPartial): DistributionPartial {
  return { ...rest, sketch: DDSketch.decode(sketch.encode()) };
}
