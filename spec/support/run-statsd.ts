import { join } from 'node:path';
import { root } from './source-files.js';

/** statsd logs with a function that Node 23 and later no longer have. */
const restoreLog = 'data:text/javascript,import util from "node:util";util.log??=console.log';

/**
 * Arguments for Node that run a program of statsd's, whatever version of Node it is.
 *
 * @param script `stats.js` or `proxy.js` of the package in this project, or the path of another
 */
export function statsdArguments(script: string, config: string): string[] {
  const path = script.includes('/') ? script : join(root, 'node_modules/statsd', script);
  return ['--import', restoreLog, path, config];
}
