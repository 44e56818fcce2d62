import { hostname } from 'node:os';
import type { Clock, Timer } from '../clock.js';
import type { Logger } from '../log.js';
import type { Tag } from '../metric.js';
import { StatsdClient } from './client.js';
import type { Source } from './reading.js';
import { worthLogging } from './throttle.js';
import { WatchedSource } from './watched-source.js';

/**
 * A reading that takes longer is given up. One that hangs costs this once: it is not asked again until it
 * answers.
 */
const sourceTimeoutMs = 5000;

/** After this, the quick sources' samples do not wait for the slow ones any longer. */
const patienceMs = 200;

export interface ProbeOptions {
  /** Where the statsd server listens. */
  readonly host: string;
  readonly port: number;
  readonly intervalMs: number;
  readonly prefix: string;
  /** On every line, with `host:` and this host's name unless `host` is among them. */
  readonly tags: readonly Tag[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sources: readonly Source[];
  /** Told of every failure to send, in place of the log. */
  readonly onSendError?: (error: Error) => void;
}

/**
 * Samples the host and sends what it finds to a statsd server over UDP. The server's own probe and the sidecar
 * are this one class.
 */
export class Probe {
  private readonly options: ProbeOptions;
  private readonly sources: readonly WatchedSource[];
  private client: StatsdClient | undefined;
  private timer: Timer;
  private stopped = false;
  private sendFailures = 0;

  constructor(options: ProbeOptions) {
    const { clock, logger } = options;
    this.options = options;
    this.sources = options.sources.map(
      (source) => new WatchedSource(source, { timeoutMs: sourceTimeoutMs, clock, logger }),
    );
  }

  /**
   * Opens the socket and takes the first sample (levels only, as nothing precedes it), then one an interval.
   */
  async start(): Promise<void> {
    await this.connect();
    if (this.stopped) await this.stop();
    else void this.tick(this.options.clock.now());
  }

  /** Takes a sample and sends it. Resolves when it is sent, whatever failed on the way. */
  async sampleOnce(): Promise<void> {
    const { clock } = this.options;
    const client = await this.connect();
    const impatience = clock.setTimer(() => void client.flush(), patienceMs);
    await Promise.all(this.sources.map((source) => this.sendFrom(source, client)));
    clock.clearTimer(impatience);
    if (!this.stopped) await client.flush();
  }

  /** Sends what is buffered and closes the socket. A reading that hangs is not waited for. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.options.clock.clearTimer(this.timer);
    for (const source of this.sources) source.abandon();
    await this.client?.close();
    this.client = undefined;
  }

  private async tick(dueMs: number): Promise<void> {
    const { clock, intervalMs } = this.options;
    await this.sampleOnce();
    if (this.stopped) return;
    const nowMs = clock.now();
    // A timer may fire a millisecond early; a greater distance means that the clock was set.
    const onTime = Math.abs(dueMs - nowMs) < intervalMs / 2;
    const nextMs = nextTick(onTime ? Math.max(dueMs, nowMs) : nowMs, intervalMs);
    this.timer = clock.setTimer(() => void this.tick(nextMs), nextMs - nowMs);
  }

  private async sendFrom(source: WatchedSource, client: StatsdClient): Promise<void> {
    const samples = await source.collect();
    if (this.stopped) return;
    const failures = source.takeFailures();
    if (failures > 0) {
      const tags = [{ key: 'source', value: source.name }];
      client.send({ name: 'probe_errors', kind: 'counter', value: failures, tags });
    }
    for (const sample of samples) client.send(sample);
  }

  private async connect(): Promise<StatsdClient> {
    const { host, port, prefix, tags, onSendError } = this.options;
    const own = tags.some((tag) => tag.key === 'host') ? [] : [{ key: 'host', value: hostname() }];
    this.client ??= await StatsdClient.connect({
      host,
      port,
      prefix,
      tags: [...own, ...tags],
      onError: onSendError ?? ((error) => this.sendFailed(error)),
    });
    return this.client;
  }

  private sendFailed(error: Error): void {
    this.sendFailures += 1;
    if (worthLogging(this.sendFailures)) {
      const { host, port, logger } = this.options;
      logger.warn(`probe: cannot send to ${host}:${port} (failure ${this.sendFailures}): ${error.message}`);
    }
  }
}

/**
 * The next moment to sample: a little before a multiple of the interval (a twentieth of it, half a second at
 * most). So the numbers of an interval land in the bucket of that interval, and never race the server's flush.
 */
export function nextTick(afterMs: number, intervalMs: number): number {
  const leadMs = Math.min(500, Math.ceil(intervalMs / 20));
  return (Math.floor((afterMs + leadMs) / intervalMs) + 1) * intervalMs - leadMs;
}
