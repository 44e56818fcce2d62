import type { LoadedConfig } from './load.js';
import { flagName, optionKeys } from './options.js';

/** The configuration as a YAML file that says where each value came from and can be read back. */
export function printedConfig({ config, origins }: LoadedConfig): string {
  // JSON's scalars are YAML's, so no YAML printer is needed.
  const lines = optionKeys.map(
    (key) => `${flagName(key)}: ${JSON.stringify(config[key])} # ${origins[key]}\n`,
  );
  return lines.join('');
}
