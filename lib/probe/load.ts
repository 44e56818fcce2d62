import { loadavg } from 'node:os';
import { level, type Source } from './reading.js';

/** Load averages over 1, 5 and 15 minutes. Windows has none. */
export function loadSource(platform: NodeJS.Platform): Source {
  return {
    name: 'load',
    async read() {
      if (platform === 'win32') return [];
      const [one, five, fifteen] = loadavg();
      return [
        level('system_load_1', rounded(one!)),
        level('system_load_5', rounded(five!)),
        level('system_load_15', rounded(fifteen!)),
      ];
    },
  };
}

/** The kernel's own precision; its fixed-point numbers have long binary tails. */
const rounded = (load: number): number => Math.round(load * 100) / 100;
