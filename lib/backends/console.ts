import { Console } from 'node:console';
import { inspect } from 'node:util';
import { objectOf, type StatsdFlush } from '../flush/statsd-metrics.js';
import type { StatsdBackend, StatusLine } from './statsd-backend.js';

export interface ConsoleBackendOptions {
  readonly output: NodeJS.WritableStream;
  /** Whether everything is shown, in colours. */
  readonly isPretty: boolean;
  /** Unix seconds; stands for a flush that has not come yet. */
  readonly startupTime: number;
}

/** Prints every flush as statsd's console backend does, to the byte. */
export class ConsoleBackend implements StatsdBackend {
  readonly name = 'console';
  readonly wantsMembers = true;
  private readonly console: Console;
  private readonly isPretty: boolean;
  private readonly startupTime: number;
  private lastFlush: number;

  constructor({ output, isPretty, startupTime }: ConsoleBackendOptions) {
    this.console = new Console(output);
    this.isPretty = isPretty;
    this.startupTime = startupTime;
    this.lastFlush = startupTime;
  }

  async flush({ timestamp, metrics }: StatsdFlush): Promise<void> {
    const { counters, timers, gauges, timer_data, counter_rates, pctThreshold } = metrics;
    const sets = objectOf(Object.entries(metrics.sets).map(([name, set]) => [name, set.values()]));
    const shown = { counters, timers, gauges, timer_data, counter_rates, sets, pctThreshold };
    this.console.log('Flushing stats at ', new Date(timestamp * 1000).toString());
    this.console.log(this.isPretty ? inspect(shown, { depth: 5, colors: true }) : shown);
    this.lastFlush = timestamp;
  }

  async status(): Promise<readonly StatusLine[]> {
    return [
      { group: this.name, name: 'lastFlush', value: this.lastFlush },
      // There is none: statsd shows the start in its place.
      { group: this.name, name: 'lastException', value: this.startupTime },
    ];
  }

  async close(): Promise<void> {}
}
