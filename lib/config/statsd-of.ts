import { inspect } from 'node:util';
import type { Config } from './config.js';
import type { FileGiven } from './given-by-file.js';
import type { Kind } from './kinds.js';
import { type OptionKey, options as optionTable } from './options.js';
import { statsdOptions } from './statsd-keys.js';
import type { HistogramConfig, Mapping } from './statsd-kinds.js';
import {
  defaultStatsdServerSettings,
  defaultStatsdSettings,
  type KeyFlush,
  type StatsdServerSettings,
  type StatsdSettings,
} from './statsd-settings.js';

type Options = Pick<Config, OptionKey>;

/** What a file says of statistics and names, with statsd's defaults filled in. */
export function statsdSettings({ settings, raw }: FileGiven, options: Options): StatsdSettings {
  const deletes = (key: string): boolean => (settings[key] ?? settings.deleteIdleStats ?? false) as boolean;
  const metrics = (settings.calculatedTimerMetrics ?? []) as readonly string[];
  const parsed: Omit<StatsdSettings, 'raw'> = {
    percentThreshold: options.percentThreshold,
    histogram: (settings.histogram ?? []) as readonly HistogramConfig[],
    // statsd takes an empty list for all, too.
    calculatedTimerMetrics: metrics.length === 0 ? undefined : metrics,
    prefixStats: (settings.prefixStats ?? defaultStatsdSettings.prefixStats) as string,
    deleteIdleStats: (settings.deleteIdleStats ?? false) as boolean,
    deleteCounters: deletes('deleteCounters'),
    deleteTimers: deletes('deleteTimers'),
    deleteGauges: deletes('deleteGauges'),
    deleteSets: deletes('deleteSets'),
  };
  return Object.freeze({ ...parsed, raw: Object.freeze(filledIn(raw, parsed, options)) });
}

/** What a file says of the server itself. */
export function statsdServerSettings(settings: Mapping): StatsdServerSettings {
  const {
    title,
    healthStatus = defaultStatsdServerSettings.healthStatus,
    dumpMessages = defaultStatsdServerSettings.dumpMessages,
    automaticConfigReload = defaultStatsdServerSettings.automaticConfigReload,
  } = settings;
  return Object.freeze({
    title: typeof title === 'string' && title !== '' ? title : undefined,
    healthStatus: healthStatus as StatsdServerSettings['healthStatus'],
    dumpMessages: dumpMessages as boolean,
    keyFlush: keyFlush(settings.keyFlush as Mapping | undefined),
    automaticConfigReload: automaticConfigReload as boolean,
  });
}

function keyFlush({ interval, percent, log }: Mapping = {}): KeyFlush | undefined {
  // statsd takes 0 for its default, in both.
  if (typeof interval !== 'number' || interval === 0) return undefined;
  return { intervalMs: interval, percent: Number(percent ?? 0) || 100, log: log as string | undefined };
}

/** The file as statsd itself completes it while it starts, and in that order. */
function filledIn(raw: Mapping, parsed: Omit<StatsdSettings, 'raw'>, options: Options): Mapping {
  const filled: Record<string, unknown> = withOptions(raw, options);
  const ttl = raw.gaugesMaxTTL;
  filled.gaugesMaxTTL = typeof ttl === 'number' && ttl > 1 ? ttl : 1;
  filled.deleteIdleStats = parsed.deleteIdleStats;
  const { percentThreshold, deleteCounters, deleteTimers, deleteSets, deleteGauges } = parsed;
  const deletes = { deleteCounters, deleteTimers, deleteSets, deleteGauges };
  if (parsed.deleteIdleStats) Object.assign(filled, deletes);
  filled.flushInterval = options.flushInterval;
  Object.assign(filled, deletes);
  const { percentThreshold: standard } = defaultStatsdSettings;
  if (raw.percentThreshold === undefined && !isSame(standard, percentThreshold)) {
    filled.percentThreshold = percentThreshold;
  }
  return filled;
}

/**
 * statsd's settings with the values that options have: flags, environment and a reload may have changed them.
 */
export function withOptions(raw: Mapping, options: Options): Record<string, unknown> {
  const changed: Record<string, unknown> = { ...raw };
  for (const [name, key] of statsdOptions) {
    const kind = optionTable[key].kind as Kind<unknown>;
    // What a file says is left as it is written while it means the same: one number for a list of it.
    const isKept = !Object.hasOwn(raw, name) || inspect(kind.read(raw[name])) === inspect(options[key]);
    if (!isKept) changed[name] = options[key];
  }
  return changed;
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, i) => String(value) === String(b[i]));
}
