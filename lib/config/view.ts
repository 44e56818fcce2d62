import type { Config } from './config.js';
import type { Kind } from './kinds.js';
import { type OptionKey, optionKeys, options } from './options.js';
import { statsdOptions } from './statsd-keys.js';
import { withOptions } from './statsd-of.js';

/**
 * What holds, as the management console shows it: statsd's settings as statsd itself has them, in the order of
 * its file, then the options that have not been named by it.
 */
export function configView(config: Config): Readonly<Record<string, unknown>> {
  const { raw } = config.statsd;
  const view = withOptions(raw, config);
  const named = new Set<OptionKey>();
  for (const [name, key] of statsdOptions) if (Object.hasOwn(raw, name)) named.add(key);
  for (const key of optionKeys) {
    if (!named.has(key) && !Object.hasOwn(raw, key)) view[key] = shownOption(key, config);
  }
  return view;
}

function shownOption(key: OptionKey, config: Config): unknown {
  const kind = options[key].kind as Kind<unknown>;
  return kind.text?.(config[key]) ?? config[key];
}
