import type { Clock, Timer } from '../clock.js';
import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import type { Backend, Flush } from './flush.js';
import { WaitingFlushes } from './waiting-flushes.js';

const firstRetryMs = 1000;
const longestRetryMs = 30_000;

export interface OutboxOptions {
  readonly backend: Backend;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Most points of all flushes that wait while the backend does not take them: the memory they take. */
  readonly maxHeldPoints: number;
  /**
   * Called once for each flush that was added, when it is taken, merged into another or lost: it is needed no
   * more here.
   */
  readonly onDone: (flush: Flush) => void;
}

/**
 * The flushes on their way to one backend, in order. While the backend fails they wait and are tried again.
 * When they become too many, those that follow each other are merged; where that cannot be, the oldest is lost,
 * which is counted and said. Backends do not wait for one another.
 */
export class Outbox {
  private readonly options: OutboxOptions;
  private readonly held: WaitingFlushes;
  private sending: Promise<void> | undefined;
  private merging: Promise<void> | undefined;
  private retry: Timer | undefined;
  private retryMs = firstRetryMs;
  private failure: string | undefined;
  private lost = 0;
  /** Stretches that were merged into since everything was written; each is told once. */
  private readonly mergedIntoMs = new Set<number>();
  private lastTakenMs: number;
  private writingSinceMs: number | undefined;

  constructor(options: OutboxOptions) {
    this.options = options;
    this.held = new WaitingFlushes({
      maxPoints: options.maxHeldPoints,
      coarserMs: options.backend.coarserMs ?? [],
      onDone: options.onDone,
    });
    this.lastTakenMs = options.clock.monotonic();
  }

  get name(): string {
    return this.options.backend.name;
  }

  /** Flushes that wait. */
  get waiting(): number {
    return this.held.length;
  }

  /** Flushes that were given up since the start. */
  get lostFlushes(): number {
    return this.lost;
  }

  /** The longest stretch that flushes had to be merged into since everything was written; 0 when none were. */
  get coarsestMs(): number {
    return Math.max(0, ...this.mergedIntoMs);
  }

  /** Why the last attempt failed; undefined when it did not. */
  get lastFailure(): string | undefined {
    return this.failure;
  }

  /** What would be lost if the server ended now, and why, in words; undefined when nothing would. */
  get trouble(): string | undefined {
    if (this.failure === undefined || this.waiting === 0) return undefined;
    return `${waitText(this.waiting)} for it and would be lost (${this.failure})`;
  }

  /** Milliseconds since the backend last took a flush, or since the start. */
  get ageMs(): number {
    return this.options.clock.monotonic() - this.lastTakenMs;
  }

  /** Milliseconds that the attempt being made has taken so far; undefined while none is made. */
  get writingMs(): number | undefined {
    const { writingSinceMs: sinceMs } = this;
    return sinceMs === undefined ? undefined : this.options.clock.monotonic() - sinceMs;
  }

  add(flush: Flush): void {
    this.held.push(flush);
    this.makeRoom();
    // While a retry is due, the new flush waits behind the failed one.
    if (this.retry === undefined) this.send();
  }

  /** Tries everything that waits once more, and closes the backend. */
  async close(): Promise<void> {
    this.stopRetry();
    await this.sending;
    this.stopRetry();
    await this.drain(() => {});
    if (this.held.length > 0) {
      const flushes = flushesText(this.held.length);
      this.options.logger.error(`${this.name}: ${flushes} could not be written: ${this.failure}`);
      this.held.giveUp();
    }
    await this.options.backend.close();
  }

  private stopRetry(): void {
    if (this.retry !== undefined) this.options.clock.clearTimer(this.retry);
    this.retry = undefined;
  }

  private send(): void {
    if (this.sending !== undefined) return;
    this.sending = this.drain(() => this.retryLater()).finally(() => {
      this.sending = undefined;
      // One may have been added since the last one was taken.
      if (this.held.length > 0 && this.retry === undefined) this.send();
    });
  }

  private async drain(onFailure: () => void): Promise<void> {
    for (;;) {
      // What is being merged must not be written as well.
      while (this.merging !== undefined) await this.merging;
      const flush = this.held.first;
      if (flush === undefined) return;
      this.writingSinceMs = this.options.clock.monotonic();
      try {
        await this.options.backend.write(flush);
      } catch (error) {
        this.fail(messageOf(error));
        onFailure();
        return;
      } finally {
        this.writingSinceMs = undefined;
      }
      this.succeed();
    }
  }

  private makeRoom(): void {
    if (this.merging !== undefined) return;
    if (this.held.isNearlyFull && this.held.canMerge) {
      this.merging = this.merge().finally(() => {
        this.merging = undefined;
        this.dropOldest();
      });
    } else {
      this.dropOldest();
    }
  }

  private async merge(): Promise<void> {
    const { logger } = this.options;
    try {
      while (this.held.isNearlyFull) {
        const spanMs = await this.held.mergeSome();
        if (spanMs === undefined) return;
        if (this.mergedIntoMs.has(spanMs)) continue;
        this.mergedIntoMs.add(spanMs);
        logger.warn(
          `${this.name}: too much waits to be written: from now on what waits is merged into stretches of ` +
            `${spanMs / 1000} s; counts and sums stay exact, buckets become that long`,
        );
      }
    } catch (error) {
      logger.error(`${this.name}: what waits cannot be merged: ${messageOf(error)}`);
    }
  }

  private succeed(): void {
    this.held.shift();
    this.lastTakenMs = this.options.clock.monotonic();
    if (this.failure !== undefined) this.options.logger.info(`${this.name}: writes again`);
    this.failure = undefined;
    this.retryMs = firstRetryMs;
    if (this.held.length === 0) this.mergedIntoMs.clear();
  }

  private fail(message: string): void {
    if (this.failure !== message) {
      this.options.logger.warn(`${this.name}: cannot write: ${message}; ${waitText(this.held.length)}`);
    }
    this.failure = message;
  }

  private retryLater(): void {
    this.retry = this.options.clock.setTimer(() => {
      this.retry = undefined;
      this.send();
    }, this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, longestRetryMs);
  }

  private dropOldest(): void {
    while (this.held.isOverfull) {
      // The first may be on its way this moment: then the second goes.
      const dropped = this.held.remove(this.sending === undefined ? 0 : 1);
      this.lost += 1;
      const start = new Date(dropped?.startMs ?? 0).toISOString();
      this.options.logger.error(
        `${this.name}: gave up the interval of ${start}: ${waitText(this.held.length)} already`,
      );
    }
  }
}

function flushesText(count: number): string {
  return count === 1 ? '1 flush' : `${count} flushes`;
}

function waitText(count: number): string {
  return `${flushesText(count)} ${count === 1 ? 'waits' : 'wait'}`;
}
