import { randomUUID } from 'node:crypto';
import type { Health } from './admin/commands.js';
import type { ManagementConsole } from './admin/console.js';
import type { Snapshot } from './aggregate/snapshot.js';
import type { Clock } from './clock.js';
import { isSameForBackends, mergedWhileRunning } from './config/changes.js';
import type { Config } from './config/config.js';
import { messageOf } from './errors.js';
import { Continuity } from './flush/continuity.js';
import { type Backend, type Flush, type IngestCounts, partHeard } from './flush/flush.js';
import { Flusher } from './flush/flusher.js';
import type { HealthReport } from './http/health.js';
import type { Listener } from './ingest/listener.js';
import type { Logger } from './log.js';
import { hostPort, type ListenAddress } from './server/address.js';
import { StatsdBackends } from './server/backends.js';
import { consoleOf } from './server/console.js';
import { openDatabase, storeBackend } from './server/database.js';
import type { Face } from './server/face.js';
import { consoleFace, httpFace, probeFace } from './server/faces.js';
import { HandOver } from './server/hand-over.js';
import { healthOf } from './server/health.js';
import { hotKeysOf } from './server/hot-keys.js';
import { droppedBefore, type Origin, openListener, socketText } from './server/listeners.js';
import { originOf } from './server/origin.js';
import { RefusalWatch } from './server/refusal-watch.js';
import type { Environment } from './server/systemd.js';
import type { LastingStore } from './storage/sqlite/lasting-store.js';

export interface ServerDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Path of the file that the configuration is from; undefined without one. */
  readonly configFile?: string | undefined;
  /** Where systemd says which sockets it has opened. */
  readonly env?: Environment;
}

/**
 * The whole server, put together: wires everything, decides nothing. Listeners are opened last, so that what
 * is received can also be kept.
 */
export class Server {
  private config: Config;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private readonly store: LastingStore;
  private readonly statsd: StatsdBackends;
  private readonly flusher: Flusher;
  private readonly continuity: Continuity;
  private readonly refusals: RefusalWatch;
  private readonly instance = randomUUID();
  private flushes = 0;
  private droppedBefore = 0;
  private began = { openingMs: 0, openMs: 0 };
  private handOver: HandOver | undefined;
  private listener: Listener | undefined;
  private console: ManagementConsole | undefined;
  private readonly declared: Health;
  private readonly database: Backend;
  private readonly faces: { readonly http: Face; readonly mgmt: Face; readonly probe: Face };

  private constructor(
    config: Config,
    store: LastingStore,
    statsd: StatsdBackends,
    { clock, logger }: ServerDependencies,
  ) {
    this.config = config;
    this.clock = clock;
    this.logger = logger;
    this.store = store;
    this.statsd = statsd;
    this.declared = { status: config.statsdServer.healthStatus };
    this.database = storeBackend({ config, store, clock, logger });
    this.continuity = new Continuity(config.flushInterval);
    this.refusals = new RefusalWatch(logger);
    this.flusher = new Flusher({
      clock,
      logger,
      intervalMs: config.flushInterval,
      collect: (last) => this.collect(last),
      backends: [this.database, ...statsd.backends, ...hotKeysOf(config, clock, logger)],
      maxHeldPoints: config.maxWaiting,
    });
    this.faces = {
      http: httpFace({ reader: store.reader, clock, logger, health: () => this.health() }),
      mgmt: consoleFace(() => this.consoleOnce()),
      probe: probeFace({ clock, logger, target: () => this.udpAddress }),
    };
  }

  /**
   * Opens the database and the listeners.
   *
   * @throws GoodallError (backend, database, UDP, HTTP or management console); whatever was opened is closed again
   */
  static async start(config: Config, dependencies: ServerDependencies): Promise<Server> {
    const { configFile, clock, logger, env = {} } = dependencies;
    const statsd = new StatsdBackends({ config, configFile, clock, logger });
    const origin = await originOf({ config, clock, logger, statsd }, env);
    let server: Server | undefined;
    try {
      const onReach = (isWithinReach: boolean) => void server?.handOver?.reach(isWithinReach);
      const store = await openDatabase({ config, clock, logger, onReach }, origin.taken !== undefined);
      server = new Server(config, store, statsd, dependencies);
      await server.open(origin);
      return server;
    } catch (error) {
      if (server?.listener === undefined) await origin.taken?.listener.abandon();
      await server?.stop();
      throw error;
    }
  }

  /** What is listened on, for a person: `udp 0.0.0.0:8125`, `unix /run/goodall.sock`, `http 127.0.0.1:8080`, `mgmt 127.0.0.1:8126`. */
  get listeners(): readonly string[] {
    const listeners = (this.listener?.bound ?? []).map(socketText);
    const { http, mgmt } = this.faces;
    if (http.address !== undefined) listeners.push(`http ${hostPort(http.address)}`);
    if (mgmt.address !== undefined) listeners.push(`mgmt ${hostPort(mgmt.address)}`);
    return listeners;
  }

  /** Resolves when another server takes over: this one must stop. */
  get replaced(): Promise<void> {
    return this.handOver?.asked ?? new Promise(() => {});
  }

  /**
   * Takes over what can change while the server runs; the options of `restartKeys` stay what they are, and so does
   * a listener that cannot be bound anew. Aggregates are not touched.
   *
   * @param onFault told of each thing that could not be opened as wanted
   * @throws ConfigError when a backend cannot be had, and then nothing has changed
   */
  async reload(wanted: Config, onFault: (error: unknown) => void): Promise<void> {
    const { statsd, database, clock, logger } = this;
    let next = mergedWhileRunning(this.config, wanted);
    const isSame = isSameForBackends(this.config, next);
    const backends = isSame ? [] : await statsd.reload(next);
    for (const face of Object.values(this.faces)) {
      next = Object.freeze({ ...next, ...(await face.reload(next, onFault)) });
    }
    this.config = next;
    if (!isSame) await this.flusher.exchange([database, ...backends, ...hotKeysOf(next, clock, logger)]);
  }

  /**
   * Ends in order: no more input, what waits in the socket, the final flush, the database.
   *
   * @returns whether everything was written to the database
   */
  async stop(): Promise<boolean> {
    await this.faces.probe.close();
    await this.faces.mgmt.close();
    await this.faces.http.close();
    if (this.handOver?.isAsked) this.handOver.serve();
    await this.flusher.stop();
    await this.listener?.close();
    await this.handOver?.close((await this.listener?.dropped()) ?? 0);
    return this.flusher.outboxes[0]?.waiting === 0;
  }

  private async open(origin: Origin): Promise<void> {
    const { config, clock, logger, store, statsd, faces } = this;
    if (origin.taken === undefined) await statsd.start(); // Whoever takes over needs them before.
    const onFault = origin.taken && ((error: unknown) => logger.error(messageOf(error)));
    await faces.http.open(config, onFault);
    const { condensing, onPackets } = statsd;
    const nowMs = () => origin.taken?.sinceMs ?? clock.now();
    const openingMs = nowMs();
    this.listener = await openListener({ config, clock, logger, store, condensing, onPackets }, origin);
    this.began = { openingMs, openMs: nowMs() };
    this.droppedBefore = await droppedBefore(this.listener, origin);
    const hindrance = () => this.flusher.outboxes[0]?.trouble;
    this.handOver = await HandOver.open({ config, logger, listener: this.listener, hindrance });
    await faces.mgmt.open(config, onFault);
    const { transport, grantedBufferBytes } = this.listener;
    logger.info(
      `receiving: ${transport}; receive buffer: asked ${config.receiveBuffer} bytes, granted ${grantedBufferBytes}`,
    );
    this.flusher.start();
    await faces.probe.open(config);
    await store.announce(this.listeners);
  }

  /** Known since the first time that it is opened, which is when the listener is there. */
  private consoleOnce(): ManagementConsole {
    const { clock, logger, listener, flusher, statsd, declared: health } = this;
    if (listener === undefined) throw new Error('the console needs a listener');
    const config = () => this.config;
    this.console ??= consoleOf({ config, clock, logger, listener, flusher, statsd, health });
    return this.console;
  }

  private get udpAddress(): ListenAddress | undefined {
    const udp = this.listener?.bound.find(({ kind }) => kind === 'udp');
    return udp?.port === undefined ? undefined : { address: udp.address, port: udp.port };
  }

  private async collect(last: boolean): Promise<Flush[]> {
    const { listener } = this;
    if (listener === undefined) return [];
    const began = this.clock.monotonic();
    const collected = last ? await listener.finish() : await listener.collect();
    const snapshots = this.continuity.fill(collected, began);
    if (snapshots.length === 0) return [];
    const flushDurationMs = this.clock.monotonic() - began;
    const untilMs = last ? this.clock.now() : Number.POSITIVE_INFINITY;
    const total = await listener.dropped();
    const dropped = total === undefined ? undefined : total - this.droppedBefore;
    this.droppedBefore = total ?? this.droppedBefore;
    // A late tick may bring several intervals; what was dropped since the last one is told with the newest.
    const flushes = snapshots.map((snapshot, i) => {
      const isNewest = i === snapshots.length - 1;
      const datagramsDropped = isNewest || dropped === undefined ? dropped : 0;
      return this.flush(snapshot, { datagramsDropped, flushDurationMs }, untilMs);
    });
    this.refusals.take(flushes);
    await this.statsd.take(flushes);
    return flushes;
  }

  private flush(
    snapshot: Snapshot,
    told: Pick<IngestCounts, 'datagramsDropped' | 'flushDurationMs'>,
    untilMs: number,
  ): Flush {
    const { counts, ...rest } = snapshot;
    const { flushInterval: intervalMs, source } = this.config;
    const heard = partHeard(snapshot.startMs, intervalMs, this.began, untilMs);
    return {
      ...rest,
      id: `${this.instance}-${++this.flushes}`,
      source,
      intervalMs,
      ingest: { ...counts, ...told },
      ...(heard === undefined ? {} : { heard }),
    };
  }

  private health(): Promise<HealthReport> {
    const { config, listener, faces, flusher, store, statsd, declared, refusals } = this;
    return healthOf({ config, listener, faces, flusher, store, statsd, declared, refusals });
  }
}
