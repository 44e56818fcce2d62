import type { CondensingOptions } from '../aggregate/condensing.js';
import type { Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import { messageOf } from '../errors.js';
import { listen } from '../ingest/listen.js';
import type { Listener } from '../ingest/listener.js';
import type { PacketSink } from '../ingest/packets.js';
import type { Logger } from '../log.js';
import type { SqliteStore } from '../storage/sqlite/store.js';

/** Most memory for the aggregates of a receiving thread; series beyond it spill into plain ones. */
const maxKernelBytes = 2 ** 31;

export interface ListenerParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: SqliteStore;
  /** What partials bring along for backends. */
  readonly condensing: CondensingOptions;
  /** Gets copies of all packets; undefined when nobody wants them. */
  readonly onPackets: PacketSink | undefined;
}

/**
 * Binds what the configuration names and starts receiving.
 *
 * @throws GoodallError when an address cannot be bound; whatever was opened is closed again
 */
export async function openListener({
  config,
  clock,
  logger,
  store,
  condensing,
  onPackets,
}: ListenerParts): Promise<Listener> {
  const { dialect, sanitizeNames, maxSeries, flushInterval: intervalMs } = config;
  const sketch = { ...condensing, relativeAccuracy: config.relativeAccuracy };
  // So that a change to a gauge goes on from the value it had before the restart.
  const gauges = await store.lastGauges();
  return listen({
    transport: config.transport,
    address: config.address,
    port: config.port,
    receiveBufferBytes: config.receiveBuffer,
    workers: config.workers,
    maxMemoryBytes: maxKernelBytes,
    clock,
    onPackets,
    ingest: { dialect, sanitizeNames, maxSeries, intervalMs, sketch, gauges },
    onError: (error) => {
      logger.error(`receiving failed: ${messageOf(error)}`);
      throw error;
    },
  });
}
