/** What a statsd configuration says of statistics and of names, under statsd's own key names. */
export interface StatsdSettings {
  /** Per cent; a negative one is the share at the top. */
  readonly percentThreshold: readonly number[];
  /**
   * The first entry whose `metric` is a part of a timer's name counts for it. Bounds are exclusive, in
   * milliseconds.
   */
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

/** What a statsd configuration says of the server itself. */
export interface StatsdServerSettings {
  /** Title of the process; undefined leaves it as it is. */
  readonly title: string | undefined;
  /** What `health` says on the management console until somebody says something else. */
  readonly healthStatus: 'up' | 'down';
  /** Whether every line that is received is logged. */
  readonly dumpMessages: boolean;
  /** The most frequent keys, logged now and then; undefined for none. */
  readonly keyFlush: KeyFlush | undefined;
  /** Whether a change of the file is noticed. */
  readonly automaticConfigReload: boolean;
}

export interface KeyFlush {
  readonly intervalMs: number;
  /** Share of the keys that is logged, the most frequent first. */
  readonly percent: number;
  /** File to append to; undefined for standard output. */
  readonly log: string | undefined;
}

export const defaultStatsdServerSettings: StatsdServerSettings = {
  title: undefined,
  healthStatus: 'up',
  dumpMessages: false,
  keyFlush: undefined,
  automaticConfigReload: true,
};
