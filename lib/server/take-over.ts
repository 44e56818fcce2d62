import type { Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import { messageOf } from '../errors.js';
import { HeldListener } from '../ingest/held-listener.js';
import type { Logger } from '../log.js';
import { rehearseOpening } from '../storage/sqlite/rehearsal.js';
import { Inheritance } from '../transport/inheritance.js';
import { type Libc, loadLibc } from '../transport/libc.js';
import type { StatsdBackends } from './backends.js';
import { listenOptions } from './listeners.js';
import { Predecessor } from './predecessor.js';

export interface TakeOverParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly statsd: StatsdBackends;
}

/** What a server has from the one before it. */
export interface TakenOver {
  readonly libc: Libc;
  /** It receives already, from the sockets of the other server. */
  readonly listener: HeldListener;
  readonly inherited: Inheritance;
  /** Since when, in milliseconds since the epoch. */
  readonly sinceMs: number;
  /** What the system had dropped on those sockets when the other let go of them. */
  readonly drops: number;
}

/**
 * Takes over from the server that writes the same database: everything here is ready before that one stops to
 * receive, and what comes from then on is kept here until its last flush is written. Undefined when there is no
 * such server.
 *
 * @throws GoodallError when something cannot be opened; the other server goes on then
 */
export async function takeOver(parts: TakeOverParts): Promise<TakenOver | undefined> {
  const { config, clock, logger, statsd } = parts;
  const libc = libcFor(config, logger);
  if (libc === undefined) return undefined;
  const predecessor = Predecessor.find(libc, config.db);
  if (predecessor === undefined) {
    logger.info(`no server that writes ${config.db} is there to be taken over: starting as usual`);
    return undefined;
  }
  const inherited = new Inheritance(predecessor.sockets, true);
  try {
    await rehearseOpening(config.db, config.retention);
    // What they want of packets and partials is known only then.
    await statsd.start();
    const { condensing, onPackets } = statsd;
    const options = listenOptions({ ...parts, condensing, onPackets }, []);
    const listener = await HeldListener.open(libc, { ...options, inherited });
    const beganMs = clock.monotonic();
    const sinceGo = () => Math.round(clock.monotonic() - beganMs);
    const stopped = predecessor.stopReceiving();
    listener.startWatching();
    await stopped;
    listener.startHolding();
    const sinceMs = clock.now();
    const stoppedMs = sinceGo();
    const drops = await predecessor.released();
    logger.info(
      `took over ${predecessor.sockets.length} sockets: the other server stopped to receive after ${stoppedMs} ms and let go of the database after ${sinceGo()} ms`,
    );
    return { libc, listener, inherited, sinceMs, drops };
  } catch (error) {
    predecessor.abandon();
    throw error;
  }
}

function libcFor({ transport }: Config, logger: Logger): Libc | undefined {
  try {
    if (transport !== 'dgram') return loadLibc();
    logger.warn('cannot take over from another server with the transport dgram: starting as usual');
  } catch (error) {
    logger.warn(`cannot take over from another server (${messageOf(error)}): starting as usual`);
  }
  return undefined;
}
