import type { Clock, Timer } from '../clock.js';
import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import { Increments } from './increments.js';
import type { Reading, Source } from './reading.js';
import type { Sample } from './sample.js';
import { worthLogging } from './throttle.js';

export interface WatchedSourceOptions {
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * A source that cannot hurt the others: whatever it throws is counted, what takes too long is given up, and it
 * is not asked again before it has answered, since each hanging question may hold a thread.
 */
export class WatchedSource {
  readonly name: string;
  private readonly source: Source;
  private readonly options: WatchedSourceOptions;
  private readonly increments = new Increments();
  private busy = false;
  private timer: Timer;
  private failuresInRow = 0;
  private failures = 0;

  constructor(source: Source, options: WatchedSourceOptions) {
    this.name = source.name;
    this.source = source;
    this.options = options;
  }

  /** What the source has to say now; empty when it failed. Never rejects. */
  async collect(): Promise<Sample[]> {
    try {
      if (this.busy) throw new Error('still waits for its last reading');
      const readings = await this.readInTime();
      const numbers = readings.filter((reading) => Number.isFinite(reading.value));
      const samples = this.increments.next(numbers);
      if (numbers.length === readings.length) this.succeeded();
      else this.failed(`no number for ${readings.find((reading) => !Number.isFinite(reading.value))?.name}`);
      return samples;
    } catch (error) {
      this.failed(messageOf(error));
      return [];
    }
  }

  /** Stops waiting for what may be under way; the promise of `collect` may then never settle. */
  abandon(): void {
    this.options.clock.clearTimer(this.timer);
  }

  /** How often it failed since this was last asked. */
  takeFailures(): number {
    const failures = this.failures;
    this.failures = 0;
    return failures;
  }

  private readInTime(): Promise<readonly Reading[]> {
    const { clock, timeoutMs } = this.options;
    this.busy = true;
    return new Promise((resolve, reject) => {
      this.timer = clock.setTimer(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
      const answered = () => {
        this.busy = false;
        clock.clearTimer(this.timer);
      };
      // An answer that comes too late settles nothing any more: its totals are counted by the next one.
      this.read().finally(answered).then(resolve, reject);
    });
  }

  /** Async, so that what is thrown before there is a promise is a rejection too. */
  private async read(): Promise<readonly Reading[]> {
    return this.source.read();
  }

  private failed(reason: string): void {
    this.failures += 1;
    this.failuresInRow += 1;
    if (worthLogging(this.failuresInRow)) {
      const times = this.failuresInRow === 1 ? '' : ` ${this.failuresInRow} times in a row`;
      this.options.logger.warn(`probe: source ${this.name} failed${times}: ${reason}`);
    }
  }

  private succeeded(): void {
    if (this.failuresInRow > 0) {
      this.options.logger.info(
        `probe: source ${this.name} answers again after ${this.failuresInRow} failures`,
      );
      this.failuresInRow = 0;
    }
  }
}
