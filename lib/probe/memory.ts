import { memory } from './host.js';
import { level, type Source } from './reading.js';

/** Bytes. `mem_used` and `mem_available` add up to `mem_total`: what caches hold counts as available. */
export function memorySource(): Source {
  return {
    name: 'memory',
    async read() {
      const now = await memory();
      return [
        level('mem_total', now.total),
        level('mem_used', now.total - now.available),
        level('mem_available', now.available),
        level('mem_free', now.free),
        level('mem_cached', now.buffers + now.cached + now.reclaimable),
        level('swap_total', now.swaptotal),
        level('swap_used', now.swapused),
        level('swap_free', now.swapfree),
      ];
    },
  };
}
