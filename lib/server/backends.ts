import { dirname, resolve } from 'node:path';
import type { CondensingOptions } from '../aggregate/condensing.js';
import { ConsoleBackend } from '../backends/console.js';
import { ForeignBackend } from '../backends/foreign.js';
import { GraphiteBackend } from '../backends/graphite.js';
import { graphiteSettings } from '../backends/graphite-settings.js';
import { moduleConfig } from '../backends/module-config.js';
import { Repeater } from '../backends/repeater.js';
import { repeaterSettings } from '../backends/repeater-settings.js';
import { resolveModule } from '../backends/resolve-module.js';
import { type StatsdBackend, type StatusLine, writesStatistics } from '../backends/statsd-backend.js';
import type { Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import type { Backend, Flush } from '../flush/flush.js';
import { StatsdStatistics } from '../flush/statsd-statistics.js';
import type { PacketSink } from '../ingest/packets.js';
import type { Logger } from '../log.js';
import type { SqliteStore } from '../storage/sqlite/store.js';
import { Upkeep } from '../storage/upkeep.js';

export interface BackendParts {
  readonly config: Config;
  /** Path of the file that the configuration is from; modules are looked for beside it. */
  readonly configFile: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Where the flushes of a server go beside the database, as the configuration names it. */
export class StatsdBackends {
  /** Works out what they get; undefined when nobody wants it. */
  readonly statistics: StatsdStatistics | undefined;
  private readonly statsd: readonly StatsdBackend[];
  private readonly foreign: readonly ForeignBackend[];
  private readonly repeater: Repeater | undefined;

  /**
   * Starts nothing yet.
   *
   * @throws ConfigError when a module is not found
   */
  constructor(parts: BackendParts) {
    const { config, clock, logger } = parts;
    const names = config.backends.filter((name) => name !== 'repeater');
    if (names.length < config.backends.length) {
      this.repeater = new Repeater({ settings: repeaterSettings(config.statsd.raw), clock, logger });
    }
    this.statsd = names.map((name) => backendOf(name, parts));
    this.foreign = this.statsd.filter((backend) => backend instanceof ForeignBackend);
    if (this.statsd.length > 0) this.statistics = statisticsOf(parts);
  }

  get backends(): readonly Backend[] {
    const { statistics, statsd, repeater } = this;
    const repeaters = repeater === undefined ? [] : [repeater];
    if (statistics === undefined) return repeaters;
    return [...statsd.map((backend) => writesStatistics(backend, statistics)), ...repeaters];
  }

  /** What partials must bring along; Graphite alone is content with numbers of members. */
  get condensing(): CondensingOptions {
    return {
      keepsSamples: this.statsd.length > 0,
      keepsMembers: this.statsd.some((backend) => !(backend instanceof GraphiteBackend)),
    };
  }

  /** Takes what is received, packet by packet; undefined when nobody wants it. Known once the modules have started. */
  get onPackets(): PacketSink | undefined {
    const sinks = [this.repeater, ...this.foreign.filter(({ wantsPackets }) => wantsPackets)];
    const wanting = sinks.filter((sink) => sink !== undefined);
    if (wanting.length === 0) return undefined;
    return (batch) => {
      for (const sink of wanting) sink.packets(batch);
    };
  }

  /** Starts the modules; returns when each has begun or failed. */
  async start(): Promise<void> {
    await Promise.all(this.foreign.map((backend) => backend.start()));
  }

  /** Works out what the backends get of flushes that are about to be written. */
  async take(flushes: readonly Flush[]): Promise<void> {
    for (const flush of flushes) await this.statistics?.take(flush);
  }

  /** The backends' lines of `stats`. */
  async status(): Promise<readonly StatusLine[]> {
    return (await Promise.all(this.statsd.map((backend) => backend.status()))).flat();
  }

  /** What is wrong with a backend that takes its flushes; undefined when nothing is. */
  problemOf(name: string): string | undefined {
    return [this.repeater, ...this.foreign].find((backend) => backend?.name === name)?.problem;
  }
}

/** The database as a backend. */
export function storeBackend(
  store: SqliteStore,
  { clock, logger }: Pick<BackendParts, 'clock' | 'logger'>,
): Backend {
  const upkeep = new Upkeep({ store, clock, logger });
  return {
    name: 'sqlite',
    write: (flush) => store.write(flush).then(() => upkeep.wake()),
    close: () => upkeep.stop().then(() => store.close()),
  };
}

function backendOf(name: string, { config, configFile, clock, logger }: BackendParts): StatsdBackend {
  const { statsd } = config;
  const startupTime = Math.round(clock.now() / 1000);
  if (name === 'console') {
    const isPretty = Boolean((statsd.raw.console as { prettyprint?: unknown } | undefined)?.prettyprint);
    return new ConsoleBackend({ output: process.stdout, isPretty, startupTime });
  }
  if (name === 'graphite') {
    const settings = graphiteSettings(statsd);
    if (settings.host === undefined) {
      logger.warn('backends: graphite gets nothing, as there is no graphiteHost in the configuration');
    }
    return new GraphiteBackend({ settings, clock, startupTime });
  }
  const folders = configFile === undefined ? [] : [dirname(resolve(configFile))];
  const path = resolveModule(name, [...folders, process.cwd()]);
  return new ForeignBackend({ name, path, startupTime, config: moduleConfig(config), clock, logger });
}

function statisticsOf({ config, clock }: BackendParts): StatsdStatistics {
  const { statsd, flushInterval: intervalMs } = config;
  const { gaugesMaxTTL, histogram: histogramSetting } = statsd.raw;
  const gaugesMaxTtl = Number.isInteger(gaugesMaxTTL) ? Math.max(1, Number(gaugesMaxTTL)) : 1;
  const { percentThreshold } = config;
  return new StatsdStatistics({
    ...statsd,
    percentThreshold,
    intervalMs,
    gaugesMaxTtl,
    histogramSetting,
    clock,
  });
}
