import type { Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import type { Backend } from '../flush/flush.js';
import type { Logger } from '../log.js';
import type { LastingStore } from '../storage/sqlite/lasting-store.js';
import { Upkeep } from '../storage/upkeep.js';

export interface BackendParts {
  readonly config: Config;
  readonly store: LastingStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Where the flushes of a server go, the database first. */
export function backendsOf({ config, store, clock, logger }: BackendParts): Backend[] {
  return [storeBackend(store, new Upkeep({ store, clock, logger }), coarserThan(config))];
}

/** The steps of the retention that are longer than the flush interval, and an hour and a day if they go on longer. */
function coarserThan({ flushInterval, retention }: Config): number[] {
  const steps = [...retention.map(({ stepMs }) => stepMs), 3_600_000, 86_400_000].sort((a, b) => a - b);
  return [...new Set(steps)].filter((stepMs) => stepMs > flushInterval);
}

function storeBackend(store: LastingStore, upkeep: Upkeep, coarserMs: readonly number[]): Backend {
  return {
    name: 'sqlite',
    coarserMs,
    write: (flush) => store.write(flush).then(() => upkeep.wake()),
    close: () => upkeep.stop().then(() => store.close()),
  };
}
