import { readFileSync } from 'node:fs';
import { ConfigError, messageOf } from '../errors.js';

/** One `key: value` of a file, not judged yet. */
export interface FileEntry {
  readonly key: string;
  readonly value: unknown;
  /** Counted from 1. */
  readonly line: number;
}

/** @throws ConfigError when the file cannot be read */
export function configText(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    // Node repeats the system call and the path after the reason.
    const reason = messageOf(error).replace(/, (open|read)\b.*$/s, '');
    throw new ConfigError(`cannot read the config file ${path}: ${reason}`, { cause: error });
  }
}

/**
 * Whether a file is one of statsd's: by the end of its name, and of a name that says nothing, by whether it
 * opens as an object does. JSON in such a file is taken for JSON.
 */
export function isStatsdText(text: string, path: string): boolean {
  if (/\.[cm]?js$/i.test(path)) return true;
  if (/\.(json|ya?ml)$/i.test(path)) return false;
  const code = text.replace(/^(\s|\/\*[\s\S]*?\*\/|\/\/.*)+/, '');
  return (/^(module\.)?exports\b/.test(code) || code.startsWith('{')) && !isJson(text);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
