import { MetricType } from '../metric.js';
import type { DDSketch } from '../sketch/ddsketch.js';
import type { HyperLogLog } from '../sketch/hyperloglog.js';
import { joinSamples, maxKeptMembers, type RawSamples } from './condensing.js';

/**
 * Partials: what is known of one series over one stretch of time. Any two partials of a series, over any two
 * stretches, merge into the partial of both; that is what every roll-up, grouping and report rests on.
 */
export type Partial = CounterPartial | GaugePartial | DistributionPartial | SetPartial;

export interface CounterPartial {
  readonly type: typeof MetricType.Counter;
  /** Sum of value / sampleRate. */
  sum: number;
  /** How many samples arrived (not scaled by the sample rate). */
  samples: number;
}

export interface GaugePartial {
  readonly type: typeof MetricType.Gauge;
  /** The latest value, and when it was set (milliseconds since the epoch). */
  last: number;
  lastAtMs: number;
  min: number;
  max: number;
  /** Sum and number of the values the gauge took on, for its mean. */
  sum: number;
  samples: number;
}

export interface DistributionPartial {
  readonly type: typeof MetricType.Timer | typeof MetricType.Distribution;
  /** How many samples arrived (not scaled by the sample rate): what a percentile really rests on. */
  samples: number;
  /** Sum of 1 / sampleRate. */
  count: number;
  /** Sum of value / sampleRate. */
  sum: number;
  min: number;
  max: number;
  sketch: DDSketch;
  /** The samples themselves, where they are asked for and not too many (`CondensingOptions`). */
  raw?: RawSamples | undefined;
}

export interface SetPartial {
  readonly type: typeof MetricType.Set;
  members: HyperLogLog;
  /** Members themselves, where they are asked for: all, or as many as are kept. */
  kept?: Set<string>;
}

/** Merges `from` into `into`; `from` is left as it was. Both belong to one series, hence are of one type. */
export function mergePartial(into: Partial, from: Readonly<Partial>): void {
  switch (into.type) {
    case MetricType.Counter:
      mergeCounter(into, from as CounterPartial);
      break;
    case MetricType.Gauge:
      mergeGauge(into, from as GaugePartial);
      break;
    case MetricType.Set:
      mergeSet(into, from as SetPartial);
      break;
    default:
      mergeDistribution(into, from as DistributionPartial);
  }
}

function mergeCounter(into: CounterPartial, from: Readonly<CounterPartial>): void {
  into.sum += from.sum;
  into.samples += from.samples;
}

function mergeGauge(into: GaugePartial, from: Readonly<GaugePartial>): void {
  // Equal times: the one merged later wins, as the later write would have.
  if (from.lastAtMs >= into.lastAtMs) {
    into.last = from.last;
    into.lastAtMs = from.lastAtMs;
  }
  into.min = Math.min(into.min, from.min);
  into.max = Math.max(into.max, from.max);
  into.sum += from.sum;
  into.samples += from.samples;
}

function mergeDistribution(into: DistributionPartial, from: Readonly<DistributionPartial>): void {
  into.samples += from.samples;
  into.count += from.count;
  into.sum += from.sum;
  into.min = Math.min(into.min, from.min);
  into.max = Math.max(into.max, from.max);
  into.sketch.merge(from.sketch);
  if (into.raw !== undefined) into.raw = joinSamples(into.raw, from.raw);
}

function mergeSet(into: SetPartial, from: Readonly<SetPartial>): void {
  into.members.merge(from.members);
  if (into.kept === undefined || from.kept === undefined) return;
  for (const member of from.kept) {
    if (into.kept.size === maxKeptMembers) return;
    into.kept.add(member);
  }
}
