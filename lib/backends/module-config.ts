import type { Config } from '../config/config.js';

/** The configuration as statsd hands it to modules: the whole file, and the flush interval in any case. */
export function moduleConfig({ statsd, flushInterval }: Config): unknown {
  const config = { ...statsd.raw, flushInterval };
  try {
    return structuredClone(config);
  } catch {
    // A configuration that was run as a script may hold functions, which no other thread can have.
    return JSON.parse(JSON.stringify(config));
  }
}
