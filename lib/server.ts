import { randomUUID } from 'node:crypto';
import type { Health } from './admin/commands.js';
import type { ManagementConsole } from './admin/console.js';
import type { Snapshot } from './aggregate/snapshot.js';
import type { Clock } from './clock.js';
import type { Config } from './config/config.js';
import { Continuity } from './flush/continuity.js';
import { type Flush, type IngestCounts, partHeard } from './flush/flush.js';
import { Flusher } from './flush/flusher.js';
import type { HealthReport } from './http/health.js';
import { HttpServer } from './http/server.js';
import type { BoundSocket, Listener } from './ingest/listener.js';
import type { Logger } from './log.js';
import { Probe } from './probe/probe.js';
import { hostSources } from './probe/sources.js';
import { hostPort, type ListenAddress, reachable } from './server/address.js';
import { StatsdBackends } from './server/backends.js';
import { consoleOf } from './server/console.js';
import { storeBackend } from './server/database.js';
import { databaseHealth } from './server/database-health.js';
import { HandOver } from './server/hand-over.js';
import { droppedBefore, listenersHealth, type Origin, openListener, socketText } from './server/listeners.js';
import { originOf } from './server/origin.js';
import type { Environment } from './server/systemd.js';
import { LastingStore } from './storage/sqlite/lasting-store.js';

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
  private readonly config: Config;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private readonly store: LastingStore;
  private readonly statsd: StatsdBackends;
  private readonly flusher: Flusher;
  private readonly continuity: Continuity;
  private readonly instance = randomUUID();
  private flushes = 0;
  private droppedBefore = 0;
  private listeningSinceMs = 0;
  private handOver: HandOver | undefined;
  private listener: Listener | undefined;
  private http: HttpServer | undefined;
  private httpAddress: ListenAddress | undefined;
  private console: ManagementConsole | undefined;
  private consoleAddress: ListenAddress | undefined;
  private readonly declared: Health = { status: 'up' };
  private probe: Probe | undefined;

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
    this.continuity = new Continuity(config.flushInterval);
    this.flusher = new Flusher({
      clock,
      logger,
      intervalMs: config.flushInterval,
      collect: (last) => this.collect(last),
      backends: [storeBackend({ config, store, clock, logger }), ...statsd.backends],
      maxHeldPoints: config.maxWaiting,
    });
  }

  /**
   * Opens the database and the listeners.
   *
   * @throws GoodallError (backend, database, UDP, HTTP or management console); whatever was opened is closed again
   */
  static async start(config: Config, dependencies: ServerDependencies): Promise<Server> {
    const { configFile, clock, logger, env = {} } = dependencies;
    const statsd = new StatsdBackends({ config, configFile, clock, logger });
    const { retention, dbRecover: recover } = config;
    const origin = await originOf({ config, clock, logger, statsd }, env);
    let server: Server | undefined;
    try {
      const store = await LastingStore.open(config.db, { clock, logger, retention, recover });
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
    if (this.httpAddress !== undefined) listeners.push(`http ${hostPort(this.httpAddress)}`);
    if (this.consoleAddress !== undefined) listeners.push(`mgmt ${hostPort(this.consoleAddress)}`);
    return listeners;
  }

  /** Resolves when another server takes over: this one must stop. */
  get replaced(): Promise<void> {
    return this.handOver?.asked ?? new Promise(() => {});
  }

  /**
   * Ends in order: no more input, what waits in the socket, the final flush, the database.
   *
   * @returns whether everything was written to the database
   */
  async stop(): Promise<boolean> {
    await this.probe?.stop();
    await this.console?.close();
    await this.http?.close();
    if (this.handOver?.isAsked) this.handOver.serve();
    await this.flusher.stop();
    await this.listener?.close();
    await this.handOver?.close((await this.listener?.dropped()) ?? 0);
    return this.flusher.outboxes[0]?.waiting === 0;
  }

  private async open(origin: Origin): Promise<void> {
    const { config, clock, logger, store, statsd } = this;
    // Whoever takes over needs them before.
    if (origin.taken === undefined) await statsd.start();
    if (config.httpPort !== 0) {
      this.http = new HttpServer({ reader: store.reader, clock, logger, health: () => this.health() });
      this.httpAddress = await this.http.start(config.httpPort, config.httpAddress);
    }
    const { condensing, onPackets } = statsd;
    this.listener = await openListener({ config, clock, logger, store, condensing, onPackets }, origin);
    this.listeningSinceMs = origin.taken?.sinceMs ?? clock.now();
    this.droppedBefore = await droppedBefore(this.listener, origin);
    this.handOver = await HandOver.open({ config, logger, listener: this.listener });
    await this.openConsole(this.listener);
    const { transport, grantedBufferBytes } = this.listener;
    logger.info(
      `receiving: ${transport}; receive buffer: asked ${config.receiveBuffer} bytes, granted ${grantedBufferBytes}`,
    );
    this.flusher.start();
    if (config.probe) await this.startProbe(this.listener.bound.find(({ kind }) => kind === 'udp'));
    await store.announce(this.listeners);
  }

  private async openConsole(listener: Listener): Promise<void> {
    const { config, clock, logger, flusher, statsd, declared: health } = this;
    if (config.mgmtPort === 0) return;
    this.console = consoleOf({ config, clock, logger, listener, flusher, statsd, health });
    this.consoleAddress = await this.console.start(config.mgmtPort, config.mgmtAddress);
  }

  private async startProbe(udp: BoundSocket | undefined): Promise<void> {
    if (udp?.port === undefined) {
      this.logger.warn('the host probe is off: it sends over UDP, and no UDP listener is configured');
      return;
    }
    this.probe = new Probe({
      host: reachable(udp.address),
      port: udp.port,
      intervalMs: this.config.probeInterval,
      prefix: '',
      tags: [{ key: 'host', value: this.config.source }],
      clock: this.clock,
      logger: this.logger,
      sources: hostSources(),
    });
    await this.probe.start();
  }

  private async collect(last: boolean): Promise<Flush[]> {
    const began = this.clock.monotonic();
    const { listener } = this;
    if (listener === undefined) return [];
    const collected = last ? await listener.finish() : await listener.collect();
    const snapshots = this.continuity.fill(collected, began);
    const flushDurationMs = this.clock.monotonic() - began;
    const untilMs = last ? this.clock.now() : Number.POSITIVE_INFINITY;
    if (snapshots.length === 0) return [];
    const total = await listener.dropped();
    const dropped = total === undefined ? undefined : total - this.droppedBefore;
    this.droppedBefore = total ?? this.droppedBefore;
    // A late tick may bring several intervals; what was dropped since the last one is told with the newest.
    const flushes = snapshots.map((snapshot, i) => {
      const isNewest = i === snapshots.length - 1;
      const datagramsDropped = isNewest || dropped === undefined ? dropped : 0;
      return this.flush(snapshot, { datagramsDropped, flushDurationMs }, untilMs);
    });
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
    this.flushes += 1;
    const heard = partHeard(snapshot.startMs, intervalMs, this.listeningSinceMs, untilMs);
    return {
      ...rest,
      id: `${this.instance}-${this.flushes}`,
      source,
      intervalMs,
      ingest: { ...counts, ...told },
      ...(heard === undefined ? {} : { heard }),
    };
  }

  private async health(): Promise<HealthReport> {
    // The database is the first of the backends.
    const outbox = this.flusher.outboxes[0]!;
    const others = this.flusher.outboxes.slice(1);
    const { config } = this;
    const { listener, httpAddress, consoleAddress } = this;
    return {
      listeners: listenersHealth(config, listener, httpAddress?.port, consoleAddress?.port),
      ...(await databaseHealth(this.store, outbox, config.flushInterval)),
      lastFlushAgeMs: outbox.ageMs,
      flushIntervalMs: config.flushInterval,
      backends: others.map(({ name, lastFailure, waiting, lostFlushes }) => ({
        name,
        problem: lastFailure ?? this.statsd.problemOf(name),
        flushesWaiting: waiting,
        flushesLost: lostFlushes,
      })),
      isSaidDown: this.declared.status === 'down',
    };
  }
}
