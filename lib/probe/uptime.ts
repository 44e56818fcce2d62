import { uptime } from 'node:os';
import { level, type Source } from './reading.js';

/** Seconds since the host booted. */
export function uptimeSource(): Source {
  return {
    name: 'uptime',
    read: async () => [level('system_uptime_seconds', Math.floor(uptime()))],
  };
}
