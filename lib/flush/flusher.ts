import type { Clock, Timer } from '../clock.js';
import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import type { Backend, Flush } from './flush.js';
import { Outbox } from './outbox.js';

/** Some gigabyte, held for a backend that fails: twenty flushes of 100,000 series, or five hours of 1,000. */
const maxHeldPoints = 2_000_000;

export interface FlusherOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly intervalMs: number;
  /** Gives away what was sealed; `last` seals the open bucket too. */
  readonly collect: (last: boolean) => Promise<readonly Flush[]>;
  readonly backends: readonly Backend[];
  /** Most points that wait for one backend. */
  readonly maxHeldPoints?: number;
}

/**
 * Collects a flush at every multiple of the interval of wall-clock time and gives it to every backend. Each
 * wait is worked out anew from the clock, so ticks neither drift nor depend on when the server started, and a
 * clock that steps costs at most one interval.
 */
export class Flusher {
  readonly outboxes: readonly Outbox[];
  private readonly options: FlusherOptions;
  private timer: Timer | undefined;
  private collecting: Promise<void> = Promise.resolve();

  constructor(options: FlusherOptions) {
    this.options = options;
    const { clock, logger } = options;
    const bound = options.maxHeldPoints ?? maxHeldPoints;
    this.outboxes = options.backends.map(
      (backend) => new Outbox({ backend, clock, logger, maxHeldPoints: bound }),
    );
  }

  start(): void {
    const { clock, intervalMs } = this.options;
    const now = clock.now();
    const wait = Math.floor(now / intervalMs) * intervalMs + intervalMs - now;
    this.timer = clock.setTimer(() => {
      this.flush(false);
      this.start();
    }, wait);
  }

  /** The final flush: returns when every backend has taken it or has failed for good. */
  async stop(): Promise<void> {
    if (this.timer !== undefined) this.options.clock.clearTimer(this.timer);
    this.timer = undefined;
    this.flush(true);
    await this.collecting;
    await Promise.all(this.outboxes.map((outbox) => outbox.close()));
  }

  private flush(last: boolean): void {
    // One after the other: a collection that waits must not be overtaken by the next.
    this.collecting = this.collecting.then(() => this.collect(last));
  }

  private async collect(last: boolean): Promise<void> {
    try {
      const flushes = await this.options.collect(last);
      for (const flush of flushes) {
        for (const outbox of this.outboxes) outbox.add(flush);
      }
    } catch (error) {
      this.options.logger.error(`flush failed: ${messageOf(error)}`);
    }
  }
}
