import { createRequire } from 'node:module';
import type { StatsdMetrics } from '../../lib/flush/statsd-metrics.js';
import { readAsStatsd } from './statsd-reading.js';

const require = createRequire(import.meta.url);

interface StatsdSet {
  insert(value: string): void;
  values(): string[];
  size(): number;
}

const { Set: Members } = require('statsd/lib/set.js') as { readonly Set: new () => StatsdSet };
const { process_metrics: processMetrics } = require('statsd/lib/process_metrics.js') as {
  process_metrics(
    metrics: object,
    calculated: readonly string[] | undefined,
    intervalMs: number,
    timestamp: number,
    callback: (metrics: StatsdMetrics) => void,
  ): void;
};

export interface ModelOptions {
  readonly intervalMs: number;
  readonly percentThreshold: readonly number[];
  readonly histogram?: readonly object[] | undefined;
  readonly calculatedTimerMetrics?: readonly string[] | undefined;
  readonly prefixStats: string;
  readonly deleteCounters: boolean;
  readonly deleteTimers: boolean;
  readonly deleteGauges: boolean;
  readonly deleteSets: boolean;
  readonly gaugesMaxTtl: number;
}

type Table<V> = Record<string, V>;

/**
 * What statsd holds and hands to its backends: its own `process_metrics` and sets, with the bookkeeping around them
 * written down from what `stats.js` does.
 */
export class StatsdModel {
  private readonly counters: Table<number> = {};
  private readonly timers: Table<number[]> = {};
  private readonly timerCounters: Table<number> = {};
  private readonly gauges: Table<number> = {};
  private readonly gaugesLeft: Table<number> = {};
  private readonly sets: Table<StatsdSet> = {};
  private lastTimestamp = 0;

  constructor(private readonly options: ModelOptions) {
    for (const own of ['bad_lines_seen', 'packets_received', 'metrics_received']) {
      this.counters[`${options.prefixStats}.${own}`] = 0;
    }
  }

  datagram(text: string): void {
    const { prefixStats } = this.options;
    this.counters[`${prefixStats}.packets_received`]! += 1;
    for (const line of text.split('\n').filter(({ length }) => length > 0)) {
      this.counters[`${prefixStats}.metrics_received`]! += 1;
      const { key, bits, bad } = readAsStatsd(line);
      this.counters[`${prefixStats}.bad_lines_seen`]! += bad;
      for (const { type, value, weight, delta, member } of bits) {
        if (type === 'counter') this.counters[key] = (this.counters[key] ?? 0) + value * weight;
        else if (type === 'gauge') this.gauge(key, value, delta);
        else if (type === 'set') this.member(key, member ?? '');
        else this.timer(key, value, weight);
      }
    }
  }

  /** The metrics of a flush; what is told of sets is made plain. */
  flush(timestamp: number): object {
    const { options, counters, gauges, timers, timerCounters, sets } = this;
    if (this.lastTimestamp > 0) {
      gauges[`${options.prefixStats}.timestamp_lag`] =
        timestamp - this.lastTimestamp - options.intervalMs / 1000;
    }
    this.lastTimestamp = timestamp;
    const hash = {
      counters,
      gauges,
      timers,
      timer_counters: timerCounters,
      sets,
      counter_rates: {},
      timer_data: {},
    };
    const { percentThreshold: pctThreshold, histogram, calculatedTimerMetrics, intervalMs } = options;
    let flushed: object = {};
    processMetrics({ ...hash, pctThreshold, histogram }, calculatedTimerMetrics, intervalMs, 0, (metrics) => {
      flushed = structuredClone(comparable(metrics));
    });
    this.clear();
    return flushed;
  }

  private gauge(key: string, value: number, isDelta: boolean): void {
    if (this.options.deleteGauges) this.gaugesLeft[key] = this.options.gaugesMaxTtl;
    this.gauges[key] = isDelta && this.gauges[key] ? this.gauges[key] + value : value;
  }

  private member(key: string, member: string): void {
    this.sets[key] ??= new Members();
    this.sets[key].insert(member);
  }

  private timer(key: string, value: number, weight: number): void {
    this.timers[key] ??= [];
    this.timers[key].push(value);
    this.timerCounters[key] = (this.timerCounters[key] ?? 0) + weight;
  }

  private clear(): void {
    const { options, counters, gauges, gaugesLeft, timers, timerCounters, sets } = this;
    for (const key of Object.keys(counters)) {
      if (!options.deleteCounters || /packets_received|metrics_received|bad_lines_seen/.test(key)) {
        counters[key] = 0;
      } else delete counters[key];
    }
    for (const key of Object.keys(timers)) {
      if (options.deleteTimers) delete timers[key];
      else timers[key] = [];
      if (options.deleteTimers) delete timerCounters[key];
      else timerCounters[key] = 0;
    }
    for (const key of Object.keys(sets)) {
      if (options.deleteSets) delete sets[key];
      else sets[key] = new Members();
    }
    for (const key of Object.keys(gaugesLeft)) {
      gaugesLeft[key]! -= 1;
      if (gaugesLeft[key]! >= 1) continue;
      delete gauges[key];
      delete gaugesLeft[key];
    }
  }
}

/** Metrics as two servers can be compared: sets as size and members, without the time that the work took. */
export function comparable({ sets, statsd_metrics, ...rest }: StatsdMetrics): object {
  const members = Object.entries(sets).map(([name, set]) => [
    name,
    { size: set.size(), values: set.values() },
  ]);
  return { ...rest, sets: Object.fromEntries(members), ownNames: Object.keys(statsd_metrics) };
}
