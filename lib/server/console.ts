import { Commands, type Health, type Stat } from '../admin/commands.js';
import { ManagementConsole } from '../admin/console.js';
import type { LiveView } from '../aggregate/live-view.js';
import type { Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import { configView } from '../config/view.js';
import type { Flusher } from '../flush/flusher.js';
import type { Listener } from '../ingest/listener.js';
import type { Logger } from '../log.js';
import type { StatsdBackends } from './backends.js';

export interface ConsoleParts {
  /** What holds at the moment. */
  readonly config: () => Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly listener: Listener;
  readonly flusher: Flusher;
  readonly statsd: StatsdBackends;
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
  statsd,
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
      // The database alone: the others have lines of their own, as from statsd.
      ...flusher.outboxes.slice(0, 1).map(({ name, ageMs }) => ({
        group: name,
        name: 'last_flush',
        value: unixSeconds(nowMs - ageMs),
      })),
      ...(await statsd.status()),
    ];
  };
  const view = forgetful(listener.view, statsd);
  const commands = new Commands({ view, health, stats, config: () => configView(config()), clock });
  const advice = 'choose another --mgmt-port or --mgmt-address, or --mgmt-port 0 for no console';
  return new ManagementConsole({ commands, clock, logger, advice });
}

/** Deletes idle names too, which backends are told again and again. */
function forgetful(view: LiveView, statsd: StatsdBackends): LiveView {
  return {
    counters: () => view.counters(),
    gauges: () => view.gauges(),
    timers: () => view.timers(),
    sets: () => view.sets(),
    delete: async (kind, patterns) => {
      const live = await view.delete(kind, patterns);
      const idle = statsd.statistics?.delete(kind, patterns);
      return live.map((names, i) => [...new Set([...names, ...(idle?.[i] ?? [])])]);
    },
  };
}

const unixSeconds = (ms: number): number => Math.round(ms / 1000);
