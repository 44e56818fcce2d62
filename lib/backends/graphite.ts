import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../clock.js';
import type { StatsdFlush } from '../flush/statsd-metrics.js';
import { Delivery } from './delivery.js';
import { pickleFrames, textChunks } from './graphite-encoding.js';
import type { GraphiteSettings } from './graphite-settings.js';
import { type GraphiteStats, type GraphiteValue, graphiteValues, ownValues } from './graphite-values.js';
import type { StatsdBackend, StatusLine } from './statsd-backend.js';

/** How long a receiver may take, at most, to end a connection that it was sent everything on. */
const longestLingerMs = 2000;

export interface GraphiteOptions {
  readonly settings: GraphiteSettings;
  readonly clock: Clock;
  /**
   * Milliseconds between two flushes: the next one must not wait for a receiver that is slow to say goodbye.
   */
  readonly intervalMs: number;
  /** Unix seconds. */
  readonly startupTime: number;
}

/**
 * Sends every flush to Graphite over a connection of its own, as statsd does: the same names, the same bytes.
 * Unlike there, a flush counts as taken only when the receiver has it; until then its outbox keeps it and it is
 * sent again, under its own time, so that Graphite takes it for the same points.
 */
export class GraphiteBackend implements StatsdBackend {
  readonly name = 'graphite';
  readonly wantsMembers = false;
  private readonly settings: GraphiteSettings;
  private readonly clock: Clock;
  private readonly lingerMs: number;
  private stats: GraphiteStats;

  constructor({ settings, clock, intervalMs, startupTime }: GraphiteOptions) {
    this.settings = settings;
    this.clock = clock;
    this.lingerMs = Math.min(longestLingerMs, intervalMs / 2);
    this.stats = { last_flush: startupTime, last_exception: 0, flush_time: 0, flush_length: 0 };
  }

  async flush(flush: StatsdFlush): Promise<void> {
    const { settings, lingerMs } = this;
    const { host, port } = settings;
    if (host === undefined) return;
    const delivery = new Delivery(host, port, lingerMs);
    try {
      await delivery.connected();
      await this.send(delivery, flush);
    } catch (error) {
      delivery.cancel();
      this.stats = { ...this.stats, last_exception: this.unixSeconds() };
      throw error;
    }
  }

  async status(): Promise<readonly StatusLine[]> {
    return Object.entries(this.stats).map(([name, value]) => ({ group: this.name, name, value }));
  }

  async close(): Promise<void> {}

  private async send(delivery: Delivery, flush: StatsdFlush): Promise<void> {
    const began = this.clock.now();
    const encode = this.settings.protocol === 'pickle' ? pickleFrames : textChunks;
    let length = 0;
    for (const chunk of encode(this.values(flush))) {
      length += chunk.length;
      await delivery.write(chunk);
      // Others want their turn too while a long flush is put into words.
      await nextTurn();
    }
    await delivery.finish();
    const flush_time = this.clock.now() - began;
    this.stats = { ...this.stats, last_flush: this.unixSeconds(), flush_time, flush_length: length };
  }

  private *values(flush: StatsdFlush): Generator<GraphiteValue> {
    const { settings, stats, clock } = this;
    const connectedAt = this.unixSeconds();
    yield* graphiteValues(flush, settings, () => clock.now());
    yield* ownValues(settings, stats, connectedAt);
  }

  private unixSeconds(): number {
    return Math.round(this.clock.now() / 1000);
  }
}
