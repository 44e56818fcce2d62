import { Commands, type Health, type Stat } from '../admin/commands.js';
import { ManagementConsole } from '../admin/console.js';
import type { Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import type { Flusher } from '../flush/flusher.js';
import type { Listener } from '../ingest/listener.js';
import type { Logger } from '../log.js';

export interface ConsoleParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly listener: Listener;
  readonly flusher: Flusher;
  /** What `health up` and `health down` set. */
  readonly health: Health;
}

/** The management console of a server, not yet listening. */
export function consoleOf({
  config,
  clock,
  logger,
  listener,
  flusher,
  health,
}: ConsoleParts): ManagementConsole {
  const startedAtMs = clock.now();
  const stats = async (): Promise<Stat[]> => {
    const { lastMs, badLines } = await listener.seen();
    const nowMs = clock.now();
    return [
      // As in statsd, the start of the server stands for a datagram that never came.
      { group: 'messages', name: 'last_msg_seen', value: unixSeconds(Math.max(lastMs, startedAtMs)) },
      { group: 'messages', name: 'bad_lines_seen', value: badLines },
      ...flusher.outboxes.map(({ name, ageMs }) => ({
        group: name,
        name: 'last_flush',
        value: unixSeconds(nowMs - ageMs),
      })),
    ];
  };
  const commands = new Commands({ view: listener.view, health, stats, config: () => config, clock });
  const advice = 'choose another --mgmt-port or --mgmt-address, or --mgmt-port 0 for no console';
  return new ManagementConsole({ commands, clock, logger, advice });
}

const unixSeconds = (ms: number): number => Math.round(ms / 1000);
