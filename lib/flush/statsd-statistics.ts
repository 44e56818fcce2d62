import { setImmediate as nextTurn } from 'node:timers/promises';
import { maxRawSamples } from '../aggregate/condensing.js';
import type { DeletableKind } from '../aggregate/live-view.js';
import type { DistributionPartial, SetPartial } from '../aggregate/partial.js';
import type { Clock } from '../clock.js';
import type { Flush } from './flush.js';
import { HeldSeries, type IdleOptions } from './held-series.js';
import { ExactValues, SketchedValues, type SortedValues } from './sorted-values.js';
import { objectOf, type StatsdFlush, type StatsdMetrics, StatsdSet } from './statsd-metrics.js';
import { type TimerStatistics, type TimerStatisticsOptions, timerStatistics } from './timer-statistics.js';

export interface StatsdStatisticsOptions extends IdleOptions, TimerStatisticsOptions {
  /** First word of the server's own metrics. */
  readonly prefixStats: string;
  /** The setting `histogram` as backends get it. */
  readonly histogramSetting: unknown;
  readonly clock: Clock;
}

/** Series or names worked on in one turn of the event loop: a few milliseconds' work. */
const perTurn = 1000;

/**
 * Makes of each flush what statsd would hand to its backends. It must see every flush, in order: an idle series
 * is repeated. What it made is kept as long as the flush is, for several backends, and for those that try
 * again.
 */
export class StatsdStatistics {
  private options: StatsdStatisticsOptions;
  private readonly held: HeldSeries;
  private readonly made = new WeakMap<Readonly<Flush>, StatsdFlush>();
  private lastTimestamp: number | undefined;
  private worked = 0;

  constructor(options: StatsdStatisticsOptions) {
    this.options = options;
    this.held = new HeldSeries(options);
    // They come first, as in statsd.
    for (const [name] of this.own()) this.held.addCounter(name, { sum: 0 });
  }

  /** Works with other options from the next flush on; names and gauges stay. */
  reconfigure(options: StatsdStatisticsOptions): void {
    this.options = options;
    this.held.reconfigure(options);
  }

  /** Takes the next flush. */
  async take(flush: Readonly<Flush>): Promise<void> {
    const beganMs = this.options.clock.now();
    for (const point of flush.points) {
      this.held.add(point);
      if (this.isTurnOver()) await nextTurn();
    }
    for (const [name, sum] of this.own(flush)) this.held.addCounter(name, { sum });
    const timestamp = timestampOf(flush, beganMs);
    this.setLag(timestamp);
    this.made.set(flush, { timestamp, metrics: await this.metrics(beganMs) });
    this.held.turn(isOwnCounter);
  }

  /** What was made of a flush; undefined when it was not taken. */
  of(flush: Readonly<Flush>): StatsdFlush | undefined {
    return this.made.get(flush);
  }

  /** Forgets names that are idle, as a person asks (`LiveView.delete`). */
  delete(kind: DeletableKind, patterns: readonly string[]): readonly (readonly string[])[] {
    return this.held.delete(kind, patterns);
  }

  private async metrics(beganMs: number): Promise<StatsdMetrics> {
    const { held, options } = this;
    const { counters } = held;
    const seconds = options.intervalMs / 1000;
    const timers: [string, number[]][] = [];
    const data: [string, TimerStatistics][] = [];
    for (const [name, partial] of held.timers) {
      const samples = samplesOf(partial);
      timers.push([name, samples.shown]);
      data.push([name, timerStatistics(name, samples.values, partial?.count ?? 0, options)]);
      if (this.isTurnOver()) await nextTurn();
    }
    return {
      counters: objectOf(counters),
      gauges: objectOf(Array.from(held.gauges, ([name, { value }]) => [name, value])),
      timers: objectOf(timers),
      timer_counters: objectOf(Array.from(held.timers, ([name, partial]) => [name, partial?.count ?? 0])),
      sets: objectOf(Array.from(held.sets, ([name, partial]) => [name, setOf(partial)])),
      counter_rates: objectOf(Array.from(counters, ([name, sum]) => [name, sum / seconds])),
      timer_data: objectOf(data),
      pctThreshold: options.percentThreshold,
      histogram: options.histogramSetting,
      statsd_metrics: { processing_time: options.clock.now() - beganMs },
    };
  }

  /** The server's own counters; 0 without a flush. */
  private own(flush?: Readonly<Flush>): readonly (readonly [name: string, count: number])[] {
    const { prefixStats } = this.options;
    const { badLines = {}, datagrams = 0, lines = 0 } = flush?.ingest ?? {};
    const bad = Object.values(badLines).reduce((sum, count) => sum + count, 0);
    return [
      [`${prefixStats}.bad_lines_seen`, bad],
      [`${prefixStats}.packets_received`, datagrams],
      [`${prefixStats}.metrics_received`, lines],
    ];
  }

  /**
   * How much later than an interval after the one before this flush is, in seconds; from the second flush on.
   */
  private setLag(timestamp: number): void {
    const { prefixStats, intervalMs } = this.options;
    if (this.lastTimestamp !== undefined) {
      const lag = timestamp - this.lastTimestamp - intervalMs / 1000;
      this.held.setOwnGauge(`${prefixStats}.timestamp_lag`, lag);
    }
    this.lastTimestamp = timestamp;
  }

  private isTurnOver(): boolean {
    this.worked += 1;
    return this.worked % perTurn === 0;
  }
}

/** statsd keeps counters of such names, whoever counted them. */
function isOwnCounter(name: string): boolean {
  return ['packets_received', 'metrics_received', 'bad_lines_seen'].some((own) => name.includes(own));
}

/** The end of the interval; the last flush of a server comes before that. */
function timestampOf({ startMs, intervalMs }: Readonly<Flush>, nowMs: number): number {
  return Math.round(Math.max(startMs, Math.min(nowMs, startMs + intervalMs)) / 1000);
}

interface Samples {
  readonly values: SortedValues;
  readonly shown: number[];
}

function samplesOf(partial: DistributionPartial | undefined): Samples {
  if (partial === undefined) return { values: new ExactValues([]), shown: [] };
  if (partial.raw !== undefined) {
    const sorted = Array.from(partial.raw.values.slice().sort());
    return { values: new ExactValues(sorted), shown: sorted };
  }
  const values = new SketchedValues(partial);
  // They may be few: of a server that kept none when they came.
  const length = Math.min(values.count, maxRawSamples);
  const shown = Array.from({ length }, (_, i) =>
    values.at(Math.round((i * (values.count - 1)) / Math.max(1, length - 1))),
  );
  return { values, shown };
}

function setOf(partial: SetPartial | undefined): StatsdSet {
  if (partial === undefined) return new StatsdSet();
  const { members, kept = [] } = partial;
  return new StatsdSet(kept, Math.round(members.estimate()));
}
