import { type StatsdFlush, StatsdSet } from '../../lib/flush/statsd-metrics.js';

/** A flush with everything in it that statsd's backends tell apart. */
export function sampleFlush(timestamp = 1_700_000_000): StatsdFlush {
  const long = Array.from({ length: 120 }, (_, i) => i / 8);
  return {
    timestamp,
    metrics: {
      counters: { 'statsd.bad_lines_seen': 0, 'a.b': 3, 'tagged;region=eu;k=v': 2.5, big: 1e21, '10': -1 },
      gauges: { 'g.x': 0.1, neg: -7, 'statsd.timestamp_lag': 0, 'g;host=a': 5 },
      timers: { t: [1, 2, 3.5], idle: [], long },
      timer_counters: { t: 30, idle: 0, long: 120 },
      sets: { s: new StatsdSet(['x', '2', 'y']), empty: new StatsdSet() },
      counter_rates: {
        ...{ 'statsd.bad_lines_seen': 0, 'a.b': 0.3, 'tagged;region=eu;k=v': 0.25, big: 1e20, '10': -0.1 },
      },
      timer_data: {
        't;k=v': {
          upper_90: 3.5,
          count_99_9: 3,
          mean: 2.1666666666666665,
          histogram: { bin_10: 3, bin_inf: 0 },
        },
        idle: { count: 0, count_ps: 0 },
      },
      pctThreshold: [90, 99.9],
      histogram: undefined,
      statsd_metrics: { processing_time: 2 },
    },
  };
}

/** statsd's own backends, given such a flush. */
export function asPlain({ timestamp, metrics }: StatsdFlush): object {
  const sets = Object.entries(metrics.sets).map(([name, set]) => [name, set.values()]);
  return { timestamp, metrics: { ...metrics, sets: Object.fromEntries(sets) } };
}
