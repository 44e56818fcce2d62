import type { Kind } from './kinds.js';
import type { LoadedConfig } from './load.js';
import { flagName, type OptionKey, optionKeys, options } from './options.js';

/** The configuration as a YAML file that says where each value came from and can be read back. */
export function printedConfig({ config, origins }: LoadedConfig): string {
  // JSON's scalars are YAML's, so no YAML printer is needed.
  const lines = optionKeys.map(
    (key) => `${flagName(key)}: ${JSON.stringify(written(key, config[key]))} # ${origins[key]}\n`,
  );
  return lines.join('');
}

function written(key: OptionKey, value: unknown): unknown {
  const kind: Kind<unknown> = options[key].kind as Kind<unknown>;
  return kind.text?.(value) ?? value;
}
