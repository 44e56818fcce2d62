import { inspect } from 'node:util';
import type { Config } from './config.js';
import type { Kind } from './kinds.js';
import type { LoadedConfig } from './load.js';
import { flagName, type OptionKey, optionKeys, options } from './options.js';
import { withOptions } from './statsd-of.js';

/** Options whose change takes a restart: sockets, series in memory and the stored steps are built on them. */
export const restartKeys: readonly OptionKey[] = [
  'udp',
  'port',
  'address',
  'listen',
  'dialect',
  'sanitizeNames',
  'receiveBuffer',
  'transport',
  'workers',
  'flushInterval',
  'relativeAccuracy',
  'maxSeries',
  'maxSeriesPerName',
  'idleSeries',
  'db',
  'dbRecover',
  'maxWaiting',
  'retention',
  'source',
];

/** Settings of statsd that say what holds at the start. */
const startSettings: readonly string[] = ['healthStatus'];

export interface Change {
  /** As in a file: `log-level`, `graphiteHost`. */
  readonly key: string;
  /** As in a file; `unset` for a setting that is not there. */
  readonly before: string;
  readonly after: string;
  /** Whether it takes effect at the next start only. */
  readonly isForRestart: boolean;
}

/** What is different between two configurations. */
export function changesBetween(before: LoadedConfig, after: LoadedConfig): readonly Change[] {
  const changedOptions = optionKeys.map((key) => ({
    key: flagName(key),
    before: optionText(key, before.config),
    after: optionText(key, after.config),
    isForRestart: restartKeys.includes(key),
  }));
  const settings = new Set([...Object.keys(before.settingOrigins), ...Object.keys(after.settingOrigins)]);
  const changedSettings = [...settings].map((key) => ({
    key,
    before: settingText(before, key),
    after: settingText(after, key),
    isForRestart: startSettings.includes(key),
  }));
  return [...changedOptions, ...changedSettings].filter((change) => change.before !== change.after);
}

/** What a running server has after it took over what it can. */
export function mergedWhileRunning(running: Config, wanted: Config): Config {
  const merged: Record<string, unknown> = { ...wanted };
  for (const key of restartKeys) merged[key] = running[key];
  const options = merged as unknown as Config;
  merged.statsd = { ...wanted.statsd, raw: withOptions(wanted.statsd.raw, options) };
  return Object.freeze(merged) as unknown as Config;
}

/** Whether backends would notice no difference. */
export function isSameForBackends(before: Config, after: Config): boolean {
  const shown = ({ backends, statsd, statsdServer }: Config): string =>
    inspect([backends, statsd, statsdServer], { depth: null });
  return shown(before) === shown(after);
}

function optionText(key: OptionKey, config: Config): string {
  const kind = options[key].kind as Kind<unknown>;
  return JSON.stringify(kind.text?.(config[key]) ?? config[key]);
}

function settingText({ config, settingOrigins }: LoadedConfig, key: string): string {
  return Object.hasOwn(settingOrigins, key) ? valueText(config.statsd.raw[key]) : 'unset';
}

/** A file that is run can give functions, and objects that hold themselves. */
function valueText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
