import type { Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import type { Backend } from '../flush/flush.js';
import type { Logger } from '../log.js';
import type { LastingStore } from '../storage/sqlite/lasting-store.js';
import { Upkeep } from '../storage/upkeep.js';

export interface DatabaseParts {
  readonly config: Config;
  readonly store: LastingStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The database as a backend. */
export function storeBackend({ config, store, clock, logger }: DatabaseParts): Backend {
  const upkeep = new Upkeep({ store, clock, logger });
  return {
    name: 'sqlite',
    coarserMs: coarserThan(config),
    write: (flush) => store.write(flush).then(() => upkeep.wake()),
    close: () => upkeep.stop().then(() => store.close()),
  };
}

/** The steps of the retention that are longer than the flush interval, and an hour and a day if they go on longer. */
function coarserThan({ flushInterval, retention }: Config): number[] {
  const steps = [...retention.map(({ stepMs }) => stepMs), 3_600_000, 86_400_000].sort((a, b) => a - b);
  return [...new Set(steps)].filter((stepMs) => stepMs > flushInterval);
}
