import { configText, type FileEntry } from './file-text.js';
import { literalLines, readLiteral } from './literal.js';
import { runScript } from './script.js';

export interface StatsdFileOptions {
  /** What `process.env` gives. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Run the file, as statsd does, instead of reading it. */
  readonly allowScript: boolean;
}

/**
 * Reads a configuration file of statsd or of its proxy: JavaScript that evaluates to an object.
 *
 * @throws ConfigError naming the file and, as a rule, the line
 */
export function readStatsdFile(path: string, options: StatsdFileOptions): readonly FileEntry[] {
  return readStatsdText(configText(path), path, options);
}

/** The same, of a text that was read already; `path` is for messages. */
export function readStatsdText(
  text: string,
  path: string,
  { env, allowScript }: StatsdFileOptions,
): readonly FileEntry[] {
  if (!allowScript) return readLiteral(text, { path, env });
  const lines = literalLines(text, path);
  return Object.entries(runScript(text, path)).map(([key, value]) => ({
    key,
    value,
    line: lines.get(key) ?? 1,
  }));
}
