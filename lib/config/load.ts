import { ConfigError } from '../errors.js';
import type { Config } from './config.js';
import {
  type Given,
  type GivenValues,
  givenByEnvironment,
  givenByFile,
  givenByFlags,
  shown,
} from './given.js';
import { type Kind, listed } from './kinds.js';
import { flagName, type OptionKey, optionKeys, options } from './options.js';
import { defaultRetention, durationText, type Retention } from './retention.js';
import { defaultStatsdSettings } from './statsd-settings.js';

/** Everything that can say how the server runs. */
export interface ConfigInput {
  /** Values by flag name without dashes, as text; switches as booleans. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly file: string | undefined;
}

export interface LoadedConfig {
  readonly config: Config;
  /** Where each value came from: `default`, `from --port`, `from GOODALL_PORT`, `from goodall.yaml, line 3`. */
  readonly origins: Readonly<Record<OptionKey, string>>;
  /** What is odd and did no harm; one line each. */
  readonly warnings: readonly string[];
}

/**
 * Puts the configuration together: flags override the environment, which overrides the file, which overrides
 * the defaults. Only values that take effect are judged.
 *
 * @throws ConfigError naming everything that is wrong, in one line
 */
export async function loadConfig({ flags, env, file }: ConfigInput): Promise<LoadedConfig> {
  const warnings: string[] = [];
  const problems: string[] = [];
  const places = [givenByFlags(flags), givenByEnvironment(env, warnings)];
  if (file !== undefined) places.push(await givenByFileAt(file, problems));
  const values: Partial<Record<OptionKey, unknown>> = {};
  const origins: Partial<Record<OptionKey, string>> = {};
  for (const key of optionKeys) {
    const given = places.find((place) => place.has(key))?.get(key);
    values[key] = given === undefined ? options[key].fallback : readGiven(key, given, problems);
    origins[key] = given?.origin ?? 'default';
  }
  settleRetention(values, origins, problems);
  const statsd = { ...defaultStatsdSettings, percentThreshold: values.percentThreshold };
  if (problems.length > 0) throw new ConfigError(problems.join('; '));
  return {
    config: Object.freeze({ ...values, statsd }) as unknown as Config,
    origins: origins as Record<OptionKey, string>,
    warnings,
  };
}

/** The one option that depends on another: buckets are stored as long as they are collected. */
function settleRetention(
  values: Partial<Record<OptionKey, unknown>>,
  origins: Partial<Record<OptionKey, string>>,
  problems: string[],
): void {
  const intervalMs = values.flushInterval as number | undefined;
  if (intervalMs === undefined || values.retention === undefined) return;
  if (origins.retention === 'default') values.retention = defaultRetention(intervalMs);
  const [first] = values.retention as Retention;
  if (first?.stepMs === intervalMs) return;
  const interval = durationText(intervalMs);
  problems.push(
    `retention: its first step is ${durationText(first?.stepMs ?? 0)} (${origins.retention}) and the flush interval ` +
      `${interval} (${origins.flushInterval}): make them equal`,
  );
}

/** The YAML parser is loaded only when there is a file to read: most starts have none. */
async function givenByFileAt(path: string, problems: string[]): Promise<GivenValues> {
  const { readConfigFile } = await import('./file.js');
  return givenByFile(path, readConfigFile(path), problems);
}

function readGiven(key: OptionKey, { value, origin }: Given, problems: string[]): unknown {
  const kind = options[key].kind as Kind<unknown>;
  const read = kind.read(value);
  if (read !== undefined) return read;
  const { item = kind } = kind;
  const wrong = item === kind ? value : listed(value).find((part) => item.read(part) === undefined);
  problems.push(`${flagName(key)}: ${shown(wrong)} (${origin}) is not ${item.noun}: ${item.allowed}`);
  return undefined;
}
