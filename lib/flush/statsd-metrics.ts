import type { TimerStatistics } from './timer-statistics.js';

/** What statsd hands to its backends at a flush: every name with its value, idle ones included. */
export interface StatsdMetrics {
  readonly counters: Record<string, number>;
  readonly gauges: Record<string, number>;
  /** Samples in ascending order. Of a timer with more than are kept, as many values that represent them. */
  readonly timers: Record<string, number[]>;
  /** What the samples of each timer stand for. */
  readonly timer_counters: Record<string, number>;
  readonly sets: Record<string, StatsdSet>;
  /** Per second. */
  readonly counter_rates: Record<string, number>;
  readonly timer_data: Record<string, TimerStatistics>;
  readonly pctThreshold: readonly number[];
  /** As the configuration has it. */
  readonly histogram: unknown;
  /** `processing_time` in milliseconds. */
  readonly statsd_metrics: Record<string, number>;
}

/** One flush in statsd's terms. */
export interface StatsdFlush {
  /** Unix time of the flush: the end of its interval. */
  readonly timestamp: number;
  readonly metrics: StatsdMetrics;
}

/** A set as statsd's backends use it. */
export class StatsdSet {
  store: Record<string, true> = {};
  /** Members that are counted and not named. */
  private unnamed: number;

  /** @param count how many members there are, when not all of them are given */
  constructor(members: Iterable<string> = [], count = 0) {
    for (const member of members) this.insert(member);
    this.unnamed = Math.max(0, count - this.values().length);
  }

  has(value: string): boolean {
    return Object.hasOwn(this.store, value);
  }

  insert(value: string): void {
    put(this.store, value, true);
  }

  clear(): void {
    this.store = {};
    this.unnamed = 0;
  }

  values(): string[] {
    return Object.keys(this.store);
  }

  size(): number {
    return this.values().length + this.unnamed;
  }
}

/** A plain object, as statsd's are, of any names: `__proto__` is one like another. */
export function objectOf<V>(entries: Iterable<readonly [string, V]>): Record<string, V> {
  const object: Record<string, V> = {};
  for (const [name, value] of entries) put(object, name, value);
  return object;
}

function put<V>(object: Record<string, V>, name: string, value: V): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
