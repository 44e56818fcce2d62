import type { Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import type { Backend } from '../flush/flush.js';
import type { Logger } from '../log.js';
import type { SqliteStore } from '../storage/sqlite/store.js';
import { Upkeep } from '../storage/upkeep.js';

export interface BackendParts {
  readonly config: Config;
  readonly store: SqliteStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Where the flushes of a server go, the database first. */
export function backendsOf({ store, clock, logger }: BackendParts): Backend[] {
  return [storeBackend(store, new Upkeep({ store, clock, logger }))];
}

function storeBackend(store: SqliteStore, upkeep: Upkeep): Backend {
  return {
    name: 'sqlite',
    write: (flush) => store.write(flush).then(() => upkeep.wake()),
    close: () => upkeep.stop().then(() => store.close()),
  };
}
