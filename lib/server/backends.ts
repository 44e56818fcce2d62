import type { CondensingOptions } from '../aggregate/condensing.js';
import { dumpPackets } from '../backends/dump-packets.js';
import { type StatusLine, writesStatistics } from '../backends/statsd-backend.js';
import type { Config } from '../config/config.js';
import { messageOf } from '../errors.js';
import type { Backend, Flush } from '../flush/flush.js';
import { StatsdStatistics, type StatsdStatisticsOptions } from '../flush/statsd-statistics.js';
import type { PacketSink } from '../ingest/packets.js';
import { type BackendParts, type BackendSet, backendSet, startBackends } from './backend-set.js';

/**
 * Where the flushes of a server go beside the database, and what they are for that: statsd's backends and
 * statistics.
 */
export class StatsdBackends {
  private parts: BackendParts;
  private set: BackendSet;
  /** Works out what backends get; undefined as long as none wanted it. */
  private figures: StatsdStatistics | undefined;

  /**
   * Starts nothing yet.
   *
   * @throws ConfigError as `backendSet` does
   */
  constructor(parts: BackendParts) {
    this.parts = parts;
    this.set = backendSet(parts);
    this.prepare();
  }

  get backends(): readonly Backend[] {
    const { figures } = this;
    const { statsd, repeater } = this.set;
    const repeaters = repeater === undefined ? [] : [repeater];
    if (figures === undefined) return repeaters;
    return [...statsd.map((backend) => writesStatistics(backend, figures)), ...repeaters];
  }

  get statistics(): StatsdStatistics | undefined {
    return this.figures;
  }

  /** What partials must bring along. */
  get condensing(): CondensingOptions {
    const { statsd } = this.set;
    return {
      keepsSamples: statsd.length > 0,
      keepsMembers: statsd.some(({ wantsMembers }) => wantsMembers),
    };
  }

  /**
   * Takes what is received, packet by packet; undefined when nobody wants it. Known once the modules have
   * started.
   */
  get onPackets(): PacketSink | undefined {
    return this.wantsPackets ? (batch) => this.hand(batch) : undefined;
  }

  /** Opens what there is to open; returns when each module has begun or failed. */
  start(): Promise<void> {
    return startBackends(this.set);
  }

  /**
   * Goes over to the backends of another configuration; the names that statistics hold stay. Those before are
   * still open: whoever gives them flushes closes them.
   *
   * @throws ConfigError as `backendSet` does, and then nothing has changed
   */
  async reload(config: Config): Promise<readonly Backend[]> {
    const parts = { ...this.parts, config };
    const next = backendSet(parts);
    const [before, wantedPackets] = [this.condensing, this.wantsPackets];
    await startBackends(next);
    this.parts = parts;
    this.set = next;
    this.prepare();
    const now = this.condensing;
    const wants = [
      ...(now.keepsSamples && !before.keepsSamples ? ['exact statistics of timers'] : []),
      ...(now.keepsMembers && !before.keepsMembers ? ['members of sets'] : []),
      ...(this.wantsPackets && !wantedPackets ? ['packets'] : []),
    ];
    if (wants.length > 0) parts.logger.warn(`backends: there are ${wants.join(', ')} after a restart only`);
    return this.backends;
  }

  /** Works out what the backends get of flushes that are about to be written. */
  async take(flushes: readonly Flush[]): Promise<void> {
    if (this.set.statsd.length === 0) return;
    try {
      for (const flush of flushes) await this.figures?.take(flush);
    } catch (error) {
      // Whatever is wrong there, the database must have the flush.
      this.parts.logger.error(`backends: no statistics could be made of a flush: ${messageOf(error)}`);
    }
  }

  /** The backends' lines of `stats`. */
  async status(): Promise<readonly StatusLine[]> {
    return (await Promise.all(this.set.statsd.map((backend) => backend.status()))).flat();
  }

  /** What is wrong with a backend that takes its flushes; undefined when nothing is. */
  problemOf(name: string): string | undefined {
    const { repeater, foreign } = this.set;
    return [repeater, ...foreign].find((backend) => backend?.name === name)?.problem;
  }

  private get wantsPackets(): boolean {
    const { repeater, foreign } = this.set;
    const { dumpMessages } = this.parts.config.statsdServer;
    return dumpMessages || repeater !== undefined || foreign.some(({ wantsPackets }) => wantsPackets);
  }

  private hand(batch: Parameters<PacketSink>[0]): void {
    const { repeater, foreign } = this.set;
    const { config, logger } = this.parts;
    if (config.statsdServer.dumpMessages) dumpPackets(batch, logger);
    repeater?.packets(batch);
    for (const backend of foreign) backend.packets(batch);
  }

  private prepare(): void {
    if (this.set.statsd.length === 0) return;
    const options = statisticsOptions(this.parts);
    if (this.figures === undefined) this.figures = new StatsdStatistics(options);
    else this.figures.reconfigure(options);
  }
}

function statisticsOptions({ config, clock }: BackendParts): StatsdStatisticsOptions {
  const { statsd, percentThreshold, flushInterval: intervalMs } = config;
  const { gaugesMaxTTL, histogram: histogramSetting } = statsd.raw;
  const gaugesMaxTtl = Number.isInteger(gaugesMaxTTL) ? Math.max(1, Number(gaugesMaxTTL)) : 1;
  return { ...statsd, percentThreshold, intervalMs, gaugesMaxTtl, histogramSetting, clock };
}
