import type { StatsdFlush, StatsdMetrics } from '../flush/statsd-metrics.js';
import type { GraphiteSettings } from './graphite-settings.js';

/** One value on its way to Graphite. */
export interface GraphiteValue {
  readonly path: string;
  readonly value: number;
  /** Unix seconds. */
  readonly timestamp: number;
}

/** What the backend tells Graphite, and the management console, of itself. */
export interface GraphiteStats {
  /** Unix seconds. */
  readonly last_flush: number;
  readonly last_exception: number;
  /** Milliseconds. */
  readonly flush_time: number;
  /** Bytes. */
  readonly flush_length: number;
}

type NamedValue = readonly [path: string, value: number];

/**
 * The values that statsd's Graphite backend makes of a flush, under its names and in its order.
 *
 * @param nowMs the time; asked twice, for how long the work took
 */
export function* graphiteValues(
  { timestamp, metrics }: StatsdFlush,
  settings: GraphiteSettings,
  nowMs: () => number,
): Generator<GraphiteValue> {
  const began = nowMs();
  const kinds = [counterValues, timerValues, gaugeValues, setValues];
  for (const values of kinds) {
    for (const [path, value] of values(metrics, settings)) yield { path, value, timestamp };
  }
  const { counters, timer_data, gauges, sets, statsd_metrics } = metrics;
  const numStats = [counters, timer_data, gauges, sets].reduce((sum, of) => sum + Object.keys(of).length, 0);
  const own = ownPaths(settings);
  yield { path: own.numStats, value: numStats, timestamp };
  yield { path: own.named('graphiteStats', 'calculationtime'), value: nowMs() - began, timestamp };
  for (const [key, value] of Object.entries(statsd_metrics)) {
    yield { path: own.named(key), value, timestamp };
  }
}

/** The backend's own numbers, which come last, as of the time of sending. */
export function* ownValues(
  { prefixStats, suffix, globalNamespace }: GraphiteSettings,
  stats: GraphiteStats,
  timestamp: number,
): Generator<GraphiteValue> {
  const namespace = [...globalNamespace, prefixStats].join('.');
  for (const key of ['last_exception', 'last_flush', 'flush_time', 'flush_length'] as const) {
    yield { path: `${namespace}.graphiteStats.${key}${suffix}`, value: stats[key], timestamp };
  }
}

function* counterValues(metrics: StatsdMetrics, settings: GraphiteSettings): Generator<NamedValue> {
  const { isLegacy, flushCounts, counterNamespace: namespace, suffix } = settings;
  for (const [key, count] of Object.entries(metrics.counters)) {
    const rate = metrics.counter_rates[key]!;
    yield [isLegacy ? pathOf(namespace, key, suffix) : pathOf(namespace, key, suffix, 'rate'), rate];
    if (!flushCounts) continue;
    yield [isLegacy ? pathOf(['stats_counts'], key, suffix) : pathOf(namespace, key, suffix, 'count'), count];
  }
}

function* timerValues(metrics: StatsdMetrics, settings: GraphiteSettings): Generator<NamedValue> {
  const { timerNamespace: namespace, suffix } = settings;
  for (const [key, statistics] of Object.entries(metrics.timer_data)) {
    for (const [name, value] of Object.entries(statistics)) {
      if (typeof value === 'number') {
        yield [pathOf(namespace, key, suffix, name), value];
        continue;
      }
      for (const [bin, count] of Object.entries(value)) {
        yield [pathOf(namespace, key, suffix, name, bin), count];
      }
    }
  }
}

function* gaugeValues(metrics: StatsdMetrics, settings: GraphiteSettings): Generator<NamedValue> {
  for (const [key, value] of Object.entries(metrics.gauges)) {
    yield [pathOf(settings.gaugesNamespace, key, settings.suffix), value];
  }
}

function* setValues(metrics: StatsdMetrics, settings: GraphiteSettings): Generator<NamedValue> {
  for (const [key, set] of Object.entries(metrics.sets)) {
    yield [pathOf(settings.setsNamespace, key, settings.suffix, 'count'), set.size()];
  }
}

interface OwnPaths {
  readonly numStats: string;
  named(...words: string[]): string;
}

/** The legacy names have a quirk: `numStats` alone is not below `stats`. */
function ownPaths({ isLegacy, prefixStats, suffix, globalNamespace }: GraphiteSettings): OwnPaths {
  if (isLegacy) {
    return {
      numStats: `${prefixStats}.numStats${suffix}`,
      named: (...words) => `${['stats', prefixStats, ...words].join('.')}${suffix}`,
    };
  }
  const named = (...words: string[]): string => pathOf(globalNamespace, prefixStats, suffix, ...words);
  return { numStats: named('numStats'), named };
}

/** `namespace.name.more` and the suffix, with the tags behind all of it. */
function pathOf(namespace: readonly string[], key: string, suffix: string, ...more: string[]): string {
  const mark = key.indexOf(';');
  const name = cleanName(mark < 0 ? key : key.slice(0, mark));
  const tags = mark < 0 ? '' : cleanTags(key.slice(mark));
  return `${[...namespace, name, ...more].join('.')}${suffix}${tags}`;
}

/** What statsd does with names that were not cleaned on their way in; a clean one stays as it is. */
function cleanName(name: string): string {
  if (/^[a-zA-Z_\-0-9.;=]*$/.test(name)) return name;
  return name
    .replace(/\s+/g, '_')
    .replaceAll('/', '-')
    .replace(/[^a-zA-Z_\-0-9.;=]/g, '');
}

/** Graphite takes nearly everything in a tag, but white space ends a path, and a quote a pickled one. */
function cleanTags(tags: string): string {
  return tags.replace(/[\s\p{Cc}'\\]+/gu, '_');
}
