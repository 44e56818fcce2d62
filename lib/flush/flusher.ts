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
  private readonly options: FlusherOptions;
  /** By backend, in the order in which they are given flushes. */
  private boxes: ReadonlyMap<Backend, Outbox>;
  private timer: Timer | undefined;
  private collecting: Promise<void> = Promise.resolve();
  /** How many outboxes have not done with a flush. */
  private readonly users = new Map<Flush, number>();

  constructor(options: FlusherOptions) {
    this.options = options;
    this.boxes = new Map(options.backends.map((backend) => [backend, this.outboxOf(backend)]));
  }

  get outboxes(): readonly Outbox[] {
    return [...this.boxes.values()];
  }

  /**
   * Gives flushes to these backends from now on. What waits for one that stays goes on waiting.
   *
   * @returns when those that are not among them have been given what waits for them, and are closed
   */
  async exchange(backends: readonly Backend[]): Promise<void> {
    const before = this.boxes;
    this.boxes = new Map(backends.map((backend) => [backend, before.get(backend) ?? this.outboxOf(backend)]));
    const gone = [...before].filter(([backend]) => !this.boxes.has(backend));
    await Promise.all(gone.map(([, outbox]) => outbox.close()));
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

  private outboxOf(backend: Backend): Outbox {
    const { clock, logger, maxHeldPoints: bound = maxHeldPoints } = this.options;
    return new Outbox({
      backend,
      clock,
      logger,
      maxHeldPoints: bound,
      onDone: (flush) => this.done(flush),
    });
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
        const { outboxes } = this;
        // One for this loop: a flush must not be given back before all have it.
        this.users.set(flush, outboxes.length + 1);
        for (const outbox of outboxes) outbox.add(flush);
        this.done(flush);
      }
    } catch (error) {
      this.options.logger.error(`flush failed: ${messageOf(error)}`);
    }
  }
}
