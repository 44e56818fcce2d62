import type { Kind } from './kinds.js';
import type { LoadedConfig } from './load.js';
import { flagName, type OptionKey, optionKeys, options } from './options.js';

/** The configuration as a YAML file that says where each value came from and can be read back. */
export function printedConfig({ config, origins, settingOrigins }: LoadedConfig): string {
  // JSON's scalars are YAML's, so no YAML printer is needed.
  const lines = optionKeys.map(
    (key) => `${flagName(key)}: ${JSON.stringify(written(key, config[key]))} # ${origins[key]}\n`,
  );
  const settings = Object.entries(settingOrigins).map(([key, origin]) => {
    const text = jsonOf(config.statsd.raw[key]);
    const line = `${JSON.stringify(key)}: ${text ?? 'null'} # ${origin}`;
    return text === undefined ? `# ${line}: it cannot be written down\n` : `${line}\n`;
  });
  return [...lines, ...settings].join('');
}

function written(key: OptionKey, value: unknown): unknown {
  const kind: Kind<unknown> = options[key].kind as Kind<unknown>;
  return kind.text?.(value) ?? value;
}

/** Undefined for what only a file that is run can give: functions, and objects that hold themselves. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
