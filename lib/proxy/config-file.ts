import { unwatchFile, watchFile } from 'node:fs';
import { readStatsdFile } from '../config/statsd-file.js';
import { type ProxyConfig, readProxyConfig } from './config.js';

/** How often the file is looked at. */
const watchMs = 1000;

/**
 * Reads a configuration of statsd's proxy from its file. Nothing in it is executed.
 *
 * @throws ConfigError when it cannot be read or holds something that is not allowed
 */
export function readProxyFile(path: string, env: Readonly<Record<string, string | undefined>>): ProxyConfig {
  const entries = readStatsdFile(path, { env, allowScript: false });
  return readProxyConfig(Object.fromEntries(entries.map(({ key, value }) => [key, value])), path);
}

/** Calls back when a file has another content or another file has taken its name; returns what ends that. */
export function watchProxyFile(path: string, onChange: () => void): () => void {
  // Not fs.watch: it follows the file, not the name, and editors write another file.
  const listener = (
    now: { mtimeMs: number; ino: number },
    before: { mtimeMs: number; ino: number },
  ): void => {
    if (now.mtimeMs !== before.mtimeMs || now.ino !== before.ino) onChange();
  };
  watchFile(path, { interval: watchMs, persistent: false }, listener);
  return () => unwatchFile(path, listener);
}
