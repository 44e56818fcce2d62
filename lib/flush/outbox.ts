import type { Clock, Timer } from '../clock.js';
import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import type { Backend, Flush } from './flush.js';

const firstRetryMs = 1000;
const longestRetryMs = 30_000;

export interface OutboxOptions {
  readonly backend: Backend;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Most flushes held while the backend does not take them. */
  readonly maxHeld: number;
  /** Most points of all flushes held: the memory they take. Two flushes are held however large they are. */
  readonly maxHeldPoints: number;
  /** Called once for each flush that was added, when it is taken or lost: this outbox needs it no more. */
  readonly onDone: (flush: Flush) => void;
}

/**
 * The flushes on their way to one backend, in order. While the backend fails they wait and are tried again; a
 * flush that finds no more room is lost, which is counted and said. Backends do not wait for one another.
 */
export class Outbox {
  private readonly options: OutboxOptions;
  private readonly held: Flush[] = [];
  private heldPoints = 0;
  private sending: Promise<void> | undefined;
  private retry: Timer | undefined;
  private retryMs = firstRetryMs;
  private failure: string | undefined;
  private lost = 0;
  private lastTakenMs: number;

  constructor(options: OutboxOptions) {
    this.options = options;
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

  /** Why the last attempt failed; undefined when it did not. */
  get lastFailure(): string | undefined {
    return this.failure;
  }

  /** Milliseconds since the backend last took a flush, or since the start. */
  get ageMs(): number {
    return this.options.clock.monotonic() - this.lastTakenMs;
  }

  add(flush: Flush): void {
    this.held.push(flush);
    this.heldPoints += flush.points.length;
    while (this.isOverfull()) this.dropOldest();
    // While a retry is due, the new flush waits behind the failed one.
    if (this.retry === undefined) this.send();
  }

  /** Tries everything that waits once more, and closes the backend. */
  async close(): Promise<void> {
    if (this.retry !== undefined) this.options.clock.clearTimer(this.retry);
    this.retry = undefined;
    await this.sending;
    if (this.retry !== undefined) this.options.clock.clearTimer(this.retry);
    await this.drain(() => {});
    if (this.held.length > 0) {
      this.options.logger.error(
        `${this.name}: ${this.held.length} flushes could not be written: ${this.failure}`,
      );
    }
    await this.options.backend.close();
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
    for (let flush = this.held[0]; flush !== undefined; flush = this.held[0]) {
      try {
        await this.options.backend.write(flush);
      } catch (error) {
        this.fail(messageOf(error));
        onFailure();
        return;
      }
      this.succeed();
    }
  }

  private isOverfull(): boolean {
    const { maxHeld, maxHeldPoints } = this.options;
    return this.held.length > maxHeld || (this.held.length > 2 && this.heldPoints > maxHeldPoints);
  }

  private succeed(): void {
    this.letGo(this.held.shift());
    this.lastTakenMs = this.options.clock.monotonic();
    if (this.failure !== undefined) this.options.logger.info(`${this.name}: writes again`);
    this.failure = undefined;
    this.retryMs = firstRetryMs;
  }

  private letGo(flush: Flush | undefined): void {
    if (flush === undefined) return;
    this.heldPoints -= flush.points.length;
    this.options.onDone(flush);
  }

  private fail(message: string): void {
    if (this.failure !== message) {
      this.options.logger.warn(`${this.name}: cannot write: ${message}; ${this.held.length} flushes wait`);
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
    // The first may be on its way this moment: then the second goes.
    const [dropped] = this.held.splice(this.sending === undefined ? 0 : 1, 1);
    this.letGo(dropped);
    this.lost += 1;
    const start = new Date(dropped?.startMs ?? 0).toISOString();
    this.options.logger.error(
      `${this.name}: gave up the interval of ${start}: ${this.held.length} flushes wait already`,
    );
  }
}
