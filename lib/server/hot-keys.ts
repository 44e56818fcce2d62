import { appendFile } from 'node:fs/promises';
import { statsdName } from '../aggregate/live-view.js';
import type { Partial } from '../aggregate/partial.js';
import type { Clock, Timer } from '../clock.js';
import type { Config } from '../config/config.js';
import type { KeyFlush } from '../config/statsd-settings.js';
import { messageOf } from '../errors.js';
import type { Backend, Flush } from '../flush/flush.js';
import type { Logger } from '../log.js';

export interface HotKeysOptions extends KeyFlush {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where the lines go when there is no file for them. */
  readonly out: (text: string) => void;
}

/**
 * statsd's log of the most frequent keys (`keyFlush`), in its format: `TIME count=N key=NAME`. It counts what
 * flushes hold, so that it costs nothing where lines come in: a line is counted once its bucket is flushed.
 */
export class HotKeys implements Backend {
  readonly name = 'keyFlush';
  private readonly options: HotKeysOptions;
  private counts = new Map<string, number>();
  private timer: Timer;
  private logging: Promise<void> = Promise.resolve();

  constructor(options: HotKeysOptions) {
    this.options = options;
    this.schedule();
  }

  async write({ points }: Readonly<Flush>): Promise<void> {
    for (const { series, partial } of points) {
      const name = statsdName(series);
      this.counts.set(name, (this.counts.get(name) ?? 0) + samplesOf(partial));
    }
  }

  async close(): Promise<void> {
    this.options.clock.clearTimer(this.timer);
    await this.logging;
  }

  private schedule(): void {
    const { clock, intervalMs } = this.options;
    this.timer = clock.setTimer(() => {
      this.log();
      this.schedule();
    }, intervalMs);
  }

  private log(): void {
    const { clock, logger, log, out } = this.options;
    const text = this.lines(new Date(clock.now()).toString());
    this.counts = new Map();
    if (log === undefined) out(text);
    else {
      this.logging = this.logging
        .then(() => appendFile(log, text))
        .catch((error) => logger.warn(`keyFlush: ${messageOf(error)}`));
    }
  }

  private lines(time: string): string {
    const sorted = [...this.counts].filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a);
    const shown = sorted.slice(0, Math.ceil(sorted.length * (this.options.percent / 100)));
    return shown.map(([name, count]) => `${time} count=${count} key=${name}\n`).join('');
  }
}

/** None unless the configuration wants it. */
export function hotKeysOf({ statsdServer: { keyFlush } }: Config, clock: Clock, logger: Logger): HotKeys[] {
  const out = (text: string): unknown => process.stdout.write(text);
  return keyFlush === undefined ? [] : [new HotKeys({ ...keyFlush, clock, logger, out })];
}

/** Of a set, only its members are known. */
function samplesOf(partial: Readonly<Partial>): number {
  return 'members' in partial ? Math.round(partial.members.estimate()) : partial.samples;
}
