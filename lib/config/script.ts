import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { compileFunction } from 'node:vm';
import { ConfigError, messageOf } from '../errors.js';

/**
 * Runs a configuration as statsd does: the text is evaluated as what is assigned to `config`, with `process`,
 * `require`, `module`, `__dirname` and `__filename` at hand, the last two being the file's own. It may do
 * whatever the server may.
 *
 * @throws ConfigError when the text throws, or gives no object
 */
export function runScript(text: string, path: string): Readonly<Record<string, unknown>> {
  const filename = resolve(path);
  const scope: Readonly<Record<string, unknown>> = {
    source: `config = ${text}\n//# sourceURL=${encodeURI(filename)}`,
    config: undefined,
    require: createRequire(filename),
    module: { exports: {} },
    exports: {},
    process,
    __filename: filename,
    __dirname: dirname(filename),
  };
  let value: unknown;
  try {
    // A function of its own, so that the text sees these names, none of ours, and is not strict.
    value = compileFunction('return eval(source)', Object.keys(scope))(...Object.values(scope));
  } catch (error) {
    const line = lineIn(error, encodeURI(filename));
    throw new ConfigError(`${path}${line}: running it failed: ${messageOf(error)}`, { cause: error });
  }
  if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  throw new ConfigError(`${path}: running it gives ${typeof value}, not an object`);
}

function lineIn(error: unknown, filename: string): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const at = stack.indexOf(`${filename}:`);
  const [, line] = at < 0 ? [] : (/^(\d+)/.exec(stack.slice(at + filename.length + 1)) ?? []);
  return line === undefined ? '' : `, line ${line}`;
}
