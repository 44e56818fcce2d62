import type { Clock, Timer } from '../clock.js';
import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import type { Backend, Flush } from './flush.js';
import { Outbox } from './outbox.js';

/** How long a backend may fail before flushes are lost, and how many are held however long they are. */
const heldMs = 600_000;
const leastHeld = 60;

/** Some gigabyte: twenty flushes of 100,000 series. */
const maxHeldPoints = 2_000_000;

export interface FlusherOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly intervalMs: number;
  /** Gives away what was sealed; `last` seals the open bucket too. */
  readonly collect: (last: boolean) => Promise<readonly Flush[]>;
  readonly backends: readonly Backend[];
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
  /** How many outboxes have not done with a flush. */
  private readonly users = new Map<Flush, number>();

  constructor(options: FlusherOptions) {
    this.options = options;
    const { clock, logger, intervalMs } = options;
    const maxHeld = Math.max(leastHeld, Math.ceil(heldMs / intervalMs));
    this.outboxes = options.backends.map(
      (backend) =>
        new Outbox({ backend, clock, logger, maxHeld, maxHeldPoints, onDone: (flush) => this.done(flush) }),
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

  /** What everybody has taken is given back: the points lie in memory that the next interval needs. */
  private done(flush: Flush): void {
    const users = this.users.get(flush)! - 1;
    this.users.set(flush, users);
    if (users > 0) return;
    this.users.delete(flush);
    flush.points.release?.();
  }

  private async collect(last: boolean): Promise<void> {
    try {
      const flushes = await this.options.collect(last);
      for (const flush of flushes) {
        this.users.set(flush, this.outboxes.length);
        for (const outbox of this.outboxes) outbox.add(flush);
      }
    } catch (error) {
      this.options.logger.error(`flush failed: ${messageOf(error)}`);
    }
  }
}
