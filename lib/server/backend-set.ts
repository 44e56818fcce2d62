import { dirname, resolve } from 'node:path';
import { ConsoleBackend } from '../backends/console.js';
import { ForeignBackend } from '../backends/foreign.js';
import { GraphiteBackend } from '../backends/graphite.js';
import { graphiteSettings } from '../backends/graphite-settings.js';
import { moduleConfig } from '../backends/module-config.js';
import { Repeater } from '../backends/repeater.js';
import { repeaterSettings } from '../backends/repeater-settings.js';
import { resolveModule } from '../backends/resolve-module.js';
import type { StatsdBackend } from '../backends/statsd-backend.js';
import type { Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import type { Logger } from '../log.js';

export interface BackendParts {
  readonly config: Config;
  /** Path of the file that the configuration is from; modules are looked for beside it. */
  readonly configFile: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The backends that a configuration names. */
export interface BackendSet {
  /** Those that get flushes, modules among them. */
  readonly statsd: readonly StatsdBackend[];
  readonly foreign: readonly ForeignBackend[];
  readonly repeater: Repeater | undefined;
}

/**
 * Makes the backends; nothing is opened yet.
 *
 * @throws ConfigError when a module is not found, or the repeater has a place that nothing can be sent to
 */
export function backendSet(parts: BackendParts): BackendSet {
  const { config, clock, logger } = parts;
  const names = config.backends.filter((name) => name !== 'repeater');
  const hasRepeater = names.length < config.backends.length;
  const settings = hasRepeater ? repeaterSettings(config.statsd.raw) : undefined;
  const statsd = names.map((name) => backendOf(name, parts));
  return {
    statsd,
    foreign: statsd.filter((backend) => backend instanceof ForeignBackend),
    repeater: settings === undefined ? undefined : new Repeater({ settings, clock, logger }),
  };
}

/** Opens what there is to open; returns when each module has begun or failed. */
export async function startBackends({ foreign, repeater }: BackendSet): Promise<void> {
  repeater?.start();
  await Promise.all(foreign.map((backend) => backend.start()));
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
    return new GraphiteBackend({ settings, clock, intervalMs: config.flushInterval, startupTime });
  }
  const folders = configFile === undefined ? [] : [dirname(resolve(configFile))];
  const path = resolveModule(name, [...folders, process.cwd()]);
  return new ForeignBackend({ name, path, startupTime, config: moduleConfig(config), clock, logger });
}
