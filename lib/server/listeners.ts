import type { CondensingOptions } from '../aggregate/condensing.js';
import type { Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import { ConfigError, messageOf } from '../errors.js';
import type { HealthReport } from '../http/health.js';
import { type ListenOptions, listen } from '../ingest/listen.js';
import type { BoundSocket, Listener, SocketWish } from '../ingest/listener.js';
import type { PacketSink } from '../ingest/packets.js';
import type { Logger } from '../log.js';
import type { SeriesLimits } from '../series/table.js';
import type { Store } from '../storage/store.js';
import { Inheritance, type InheritedSocket, inheritedText } from '../transport/inheritance.js';
import type { Libc } from '../transport/libc.js';
import { hostPort } from './address.js';
import type { TakenOver } from './take-over.js';

/** Most memory for the aggregates of a receiving thread; series beyond it spill into plain ones. */
const maxKernelBytes = 2 ** 31;

export interface ListenerParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: Pick<Store, 'lastGauges'>;
  /** What partials bring along for backends. */
  readonly condensing: CondensingOptions;
  /** Gets copies of all packets; undefined when nobody wants them. */
  readonly onPackets: PacketSink | undefined;
}

/** Where sockets come from that this server does not open itself. */
export interface Origin {
  /** From the server before this one. */
  readonly taken?: TakenOver | undefined;
  /** From systemd. */
  readonly activated?: { readonly libc: Libc; readonly sockets: readonly InheritedSocket[] } | undefined;
}

/**
 * Binds what the configuration names and starts receiving; or goes on with what was taken over.
 *
 * @throws GoodallError when an address cannot be bound; whatever was opened is closed again
 */
export async function openListener(parts: ListenerParts, origin: Origin = {}): Promise<Listener> {
  const { taken, activated } = origin;
  // So that a change to a gauge goes on from the value it had before the restart.
  const gauges = await parts.store.lastGauges();
  const inherited = taken?.inherited ?? (activated && new Inheritance(activated.sockets, false));
  const listener =
    taken === undefined
      ? await listen({ ...listenOptions(parts, gauges), ...(inherited && { inherited }) })
      : await taken.listener.startTaking(gauges);
  const libc = taken?.libc ?? activated?.libc;
  for (const socket of (libc && inherited?.closeRest(libc)) ?? []) {
    parts.logger.error(
      `was given the socket ${inheritedText(socket)}, which no listener of the configuration is for, and closed it`,
    );
  }
  return listener;
}

/** @throws ConfigError when there is nothing to receive on */
export function listenOptions(
  { config, clock, logger, condensing, onPackets }: Omit<ListenerParts, 'store'>,
  gauges: ListenOptions['ingest']['gauges'],
): ListenOptions {
  const { sanitizeNames, flushInterval: intervalMs, idleSeries: idleMs } = config;
  const sockets = socketsOf(config);
  if (sockets.length === 0) {
    throw new ConfigError('there is nothing to receive on: --no-udp takes at least one --listen');
  }
  const sketch = { ...condensing, relativeAccuracy: config.relativeAccuracy };
  return {
    transport: config.transport,
    sockets,
    receiveBufferBytes: config.receiveBuffer,
    workers: config.workers,
    maxMemoryBytes: maxKernelBytes,
    clock,
    onPackets,
    ingest: {
      ...{ sanitizeNames, ...seriesLimits(config), intervalMs, sketch, gauges },
      ...(idleMs > 0 && { idleMs }),
    },
    onError: (error) => {
      logger.error(`receiving failed: ${messageOf(error)}`);
      throw error;
    },
    onTrouble: (message) => logger.warn(message),
  };
}

/** Of each receiving thread. */
function seriesLimits({ maxSeries, maxSeriesPerName }: Config): SeriesLimits {
  return { maxSeries, maxSeriesPerName: maxSeriesPerName || Math.ceil(maxSeries / 2) };
}

/** What the configuration names, the UDP port first. */
function socketsOf({ udp, address, port, dialect, listen: further }: Config): SocketWish[] {
  const main: SocketWish[] = udp ? [{ kind: 'udp', address, port, dialect }] : [];
  return [...main, ...further.map((listener) => ({ ...listener, dialect: listener.dialect ?? dialect }))];
}

/** For a person: `udp 0.0.0.0:8125`, `unixgram /run/goodall.sock`. */
export function socketText({ kind, address, port }: BoundSocket): string {
  return `${kind} ${port === undefined ? address : hostPort({ address, port })}`;
}

/**
 * For `/healthz`: what is listened on, or should be and is not yet.
 *
 * @param listener undefined before it has been opened, as the ports of HTTP and of the console
 */
export function listenersHealth(
  config: Config,
  listener: Listener | undefined,
  httpPort: number | undefined,
  mgmtPort: number | undefined,
): HealthReport['listeners'] {
  const { httpAddress, mgmtAddress } = config;
  const http = { name: 'http', address: httpAddress, port: httpPort, bound: httpPort !== undefined };
  const mgmt = { name: 'mgmt', address: mgmtAddress, port: mgmtPort, bound: mgmtPort !== undefined };
  return [...socketHealth(config, listener), http, ...(config.mgmtPort === 0 ? [] : [mgmt])];
}

function socketHealth(config: Config, listener: Listener | undefined): HealthReport['listeners'] {
  if (listener !== undefined) {
    const { bound, grantedBufferBytes: grantedBytes } = listener;
    const receiveBuffer = { askedBytes: config.receiveBuffer, grantedBytes };
    return bound.map(({ kind: name, address, port }, i) => ({
      ...{ name, address, port, bound: true },
      // The main socket's: further ones may be sized otherwise, and are not asked.
      ...(i === 0 && name === 'udp' && grantedBytes > 0 && { receiveBuffer }),
    }));
  }
  return socketsOf(config).map((wish) => ({
    name: wish.kind,
    address: 'path' in wish ? wish.path : wish.address,
    bound: false,
  }));
}

/** What the system has dropped on sockets before they were this server's: not its loss to tell. */
export async function droppedBefore(listener: Listener, { taken, activated }: Origin): Promise<number> {
  if (taken !== undefined) return taken.drops;
  return activated === undefined ? 0 : ((await listener.dropped()) ?? 0);
}
