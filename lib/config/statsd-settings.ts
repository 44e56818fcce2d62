/** What a statsd configuration says of statistics and of names, under statsd's own key names. */
export interface StatsdSettings {
  /** Per cent; a negative one is the share at the top. */
  readonly percentThreshold: readonly number[];
  /** The first entry whose `metric` is a part of a timer's name counts for it. Bounds are exclusive, in milliseconds. */
  readonly histogram: readonly { readonly metric: string; readonly bins: readonly (number | 'inf')[] }[];
  /** Only these statistics of timers are worked out; undefined for all. */
  readonly calculatedTimerMetrics: readonly string[] | undefined;
  /** First word of the server's own metrics, `statsd` by default. */
  readonly prefixStats: string;
  readonly deleteIdleStats: boolean;
  readonly deleteCounters: boolean;
  readonly deleteTimers: boolean;
  readonly deleteGauges: boolean;
  readonly deleteSets: boolean;
  /** The whole file, with statsd's defaults filled in, as backend modules get it. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** statsd's defaults: what holds without a configuration file. */
export const defaultStatsdSettings: StatsdSettings = {
  percentThreshold: [90],
  histogram: [],
  calculatedTimerMetrics: undefined,
  prefixStats: 'statsd',
  deleteIdleStats: false,
  deleteCounters: false,
  deleteTimers: false,
  deleteGauges: false,
  deleteSets: false,
  raw: {},
};
