import type { Clock } from '../clock.js';
import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import type { Store } from './store.js';

export interface UpkeepOptions {
  readonly store: Pick<Store, 'maintain'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Keeps a store within its retention while a server runs: woken after each flush, it goes on part by part until
 * nothing is due. Flushes get their turn between two parts.
 */
export class Upkeep {
  private readonly options: UpkeepOptions;
  private working: Promise<void> | undefined;
  private stopped = false;
  private failure: string | undefined;

  constructor(options: UpkeepOptions) {
    this.options = options;
  }

  wake(): void {
    if (this.stopped || this.working !== undefined) return;
    this.working = this.work().finally(() => {
      this.working = undefined;
    });
  }

  /** Ends after the part that is being done; the next start goes on from there. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.working;
  }

  private async work(): Promise<void> {
    const { store, clock, logger } = this.options;
    try {
      while (!this.stopped && (await store.maintain(clock.now())));
      this.failure = undefined;
    } catch (error) {
      const message = messageOf(error);
      if (message !== this.failure) {
        logger.warn(
          `the database cannot be kept within its retention, tried again after the next flush: ${message}`,
        );
      }
      this.failure = message;
    }
  }
}
