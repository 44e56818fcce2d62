import type { Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import { ConfigError, messageOf } from '../errors.js';
import type { Backend } from '../flush/flush.js';
import type { Logger } from '../log.js';
import { LastingStore, type LastingStoreOptions } from '../storage/sqlite/lasting-store.js';
import { Upkeep } from '../storage/upkeep.js';

export interface DatabaseParts {
  readonly config: Config;
  readonly store: LastingStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * How long a server that has taken over tries to open the database, and how often: nobody else keeps what
 * comes.
 */
const patienceMs = 300_000;
const betweenTriesMs = 1000;

/**
 * Opens the database of a server.
 *
 * @param isTakenOver whether the server that wrote it has ended for this one: what comes is kept, and trouble
 *   waited out
 * @throws as `LastingStore.open`
 */
export async function openDatabase(
  { config, clock, logger, onReach }: Omit<DatabaseParts, 'store'> & Pick<LastingStoreOptions, 'onReach'>,
  isTakenOver: boolean,
): Promise<LastingStore> {
  const { db, retention, dbRecover: recover } = config;
  const untilMs = clock.monotonic() + (isTakenOver ? patienceMs : 0);
  let told: string | undefined;
  for (;;) {
    try {
      return await LastingStore.open(db, { clock, logger, retention, recover, ...(onReach && { onReach }) });
    } catch (error) {
      if (error instanceof ConfigError || clock.monotonic() >= untilMs) throw error;
      const trouble = messageOf(error);
      if (trouble !== told) logger.error(`${trouble}; what is received is kept, and it is tried again`);
      told = trouble;
    }
    await new Promise<void>((resolve) => clock.setTimer(resolve, betweenTriesMs));
  }
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

/**
 * The steps of the retention that are longer than the flush interval, and an hour and a day if they go on
 * longer.
 */
function coarserThan({ flushInterval, retention }: Config): number[] {
  const steps = [...retention.map(({ stepMs }) => stepMs), 3_600_000, 86_400_000].sort((a, b) => a - b);
  return [...new Set(steps)].filter((stepMs) => stepMs > flushInterval);
}
