import { Worker } from 'node:worker_threads';
import type { Clock, Timer } from '../clock.js';
import { messageOf } from '../errors.js';
import type { StatsdFlush } from '../flush/statsd-metrics.js';
import type { PacketBatch } from '../ingest/packets.js';
import type { Logger } from '../log.js';
import {
  type ForeignMessage,
  type ForeignRequest,
  type ForeignStart,
  type PackedMetrics,
  packedMetrics,
} from './foreign-messages.js';
import { PendingReplies } from './pending-replies.js';
import type { StatsdBackend, StatusLine } from './statsd-backend.js';

/** How long a module may block its thread before that is given up: at a flush; at its start (all wait). */
const patienceMs = 30_000;
const initMs = 10_000;
/** How long it may take over its lines of `stats`. */
const statusPatienceMs = 1000;
/** How long it may go on sending when the server stops. */
const partingMs = 3000;
/** Most bytes of packets on their way to a module that is slow to take them. */
const maxHeldBytes = 16 * 1024 * 1024;
const firstRestartMs = 1000;
const longestRestartMs = 60_000;

export interface ForeignOptions extends ForeignStart {
  /** As the configuration names it. */
  readonly name: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * A backend module written for statsd, in a thread of its own, which is all that it can break or block. A
 * thread that has ended is started again, after longer and longer pauses; meanwhile flushes wait.
 */
export class ForeignBackend implements StatsdBackend {
  readonly name: string;
  readonly wantsMembers = true;
  private readonly options: ForeignOptions;
  private readonly replies: PendingReplies;
  private worker: Worker | undefined;
  private restart: Timer | undefined;
  private restartMs = firstRestartMs;
  private fault: string | undefined;
  private isWilling = true;
  private isReady = false;
  private isEnding = false;
  private wants = false;
  private heldBytes = 0;
  private lostPackets = 0;
  private onSettled: (() => void) | undefined;

  constructor(options: ForeignOptions) {
    this.name = options.name;
    this.options = options;
    this.replies = new PendingReplies(options.clock);
  }

  /** Why the module does not do its work, in words; undefined when it does. */
  get problem(): string | undefined {
    return this.fault;
  }

  /** Whether the module listens for packets; known once it has started. */
  get wantsPackets(): boolean {
    return this.wants;
  }

  /** Starts the thread; resolves when the module has been asked to begin, or has failed to. Never rejects. */
  async start(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.onSettled = resolve;
      this.launch();
    });
  }

  async flush({ timestamp, metrics }: StatsdFlush): Promise<void> {
    // It has said that it will not work: statsd would have ended, and there is nothing to keep for it.
    if (!this.isWilling) return;
    if (!this.isReady) throw new Error(this.fault ?? 'its thread is being started');
    const error = await this.hand(timestamp, packedMetrics(metrics));
    this.tellOfLoss();
    if (error !== undefined) this.options.logger.error(`backend ${this.name} failed at a flush: ${error}`);
    else this.restartMs = firstRestartMs;
    this.fault = error;
  }

  /** Hands packets over if the module listens for them; those it is too slow for are left out. */
  packets(batch: PacketBatch): void {
    if (!this.wants || !this.isReady) return;
    this.lostPackets += batch.lostBefore;
    if (this.heldBytes + batch.bytes.length > maxHeldBytes) {
      this.lostPackets += batch.ends.length;
      return;
    }
    this.heldBytes += batch.bytes.length;
    this.send({ kind: 'packets', batch });
  }

  async status(): Promise<readonly StatusLine[]> {
    if (!this.isReady) return [];
    try {
      const reply = await this.ask(
        (id) => ({ kind: 'status', id }),
        statusPatienceMs,
        () => {},
      );
      if (reply.kind !== 'status') return [];
      for (const { error, group } of reply.lines) {
        if (error === undefined) continue;
        this.options.logger.warn(`Failed to read stats for backend ${group}: ${error}`);
      }
      return reply.lines.filter(({ error }) => error === undefined);
    } catch {
      // It is busy or has just ended: the others' lines must not wait for it.
      return [];
    }
  }

  async close(): Promise<void> {
    this.isEnding = true;
    if (this.restart !== undefined) this.options.clock.clearTimer(this.restart);
    const { worker } = this;
    if (worker === undefined) return;
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    this.send({ kind: 'end' });
    const late = this.options.clock.setTimer(() => void worker.terminate(), partingMs);
    await ended;
    this.options.clock.clearTimer(late);
  }

  /** Hands a flush over, once: it might end the thread again and again. Returns what the module failed with. */
  private async hand(timestamp: number, metrics: PackedMetrics): Promise<string | undefined> {
    try {
      const reply = await this.ask(
        (id) => ({ kind: 'flush', id, timestamp, metrics }),
        patienceMs,
        () => this.giveUp(`it was busy for ${patienceMs / 1000} s`),
      );
      return reply.kind === 'flushed' ? reply.error : undefined;
    } catch (error) {
      return messageOf(error);
    }
  }

  private launch(): void {
    const { path, startupTime, config, clock } = this.options;
    const workerData: ForeignStart = { path, startupTime, config };
    const worker = new Worker(new URL('foreign-thread.js', import.meta.url), { workerData, name: 'backend' });
    this.worker = worker;
    const late = clock.setTimer(() => this.giveUp(`its init took ${initMs / 1000} s`), initMs);
    let reason: string | undefined;
    worker.on('message', (message: ForeignMessage) => {
      if (message.kind === 'ready') clock.clearTimer(late);
      this.hear(message);
    });
    worker.on('error', (error) => {
      reason = messageOf(error);
    });
    worker.on('exit', (code) => {
      clock.clearTimer(late);
      this.ended(reason ?? `its thread ended with ${code}`);
    });
  }

  private hear(message: ForeignMessage): void {
    switch (message.kind) {
      case 'ready':
        this.began(message.isWilling, message.wantsPackets);
        break;
      case 'log':
        this.log(message.text, message.type);
        break;
      case 'took':
        this.heldBytes -= message.bytes;
        break;
      default:
        this.replies.resolve(message.id, message);
    }
  }

  private began(isWilling: boolean, wantsPackets: boolean): void {
    this.isWilling = isWilling;
    this.isReady = isWilling;
    this.wants = wantsPackets;
    this.fault = isWilling ? undefined : 'its init refused to start';
    if (!isWilling) this.options.logger.error(`Failed to load backend: ${this.name}`);
    this.settle();
  }

  private ended(reason: string): void {
    this.worker = undefined;
    this.isReady = false;
    this.heldBytes = 0;
    this.replies.rejectAll(new Error(reason));
    this.settle();
    if (this.isEnding || !this.isWilling) return;
    const { logger, clock } = this.options;
    logger.error(`backend ${this.name} ended: ${reason}; it is started again in ${this.restartMs / 1000} s`);
    this.fault = reason;
    this.restart = clock.setTimer(() => this.launch(), this.restartMs);
    this.restartMs = Math.min(this.restartMs * 2, longestRestartMs);
  }

  private tellOfLoss(): void {
    if (this.lostPackets === 0) return;
    const { logger, name } = this.options;
    logger.warn(
      `backend ${name}: ${this.lostPackets} packets were not handed to it: it is too slow for them`,
    );
    this.lostPackets = 0;
  }

  private settle(): void {
    this.onSettled?.();
    this.onSettled = undefined;
  }

  private giveUp(reason: string): void {
    this.options.logger.error(`backend ${this.name}: ${reason}: its thread is ended`);
    void this.worker?.terminate();
  }

  private send(request: ForeignRequest): void {
    this.worker?.postMessage(request);
  }

  private ask(
    request: (id: number) => ForeignRequest,
    withinMs: number,
    onLate: () => void,
  ): Promise<ForeignMessage> {
    const { id, reply } = this.replies.open(withinMs, onLate);
    this.send(request(id));
    return reply;
  }

  private log(text: string, type: string | undefined): void {
    const { logger } = this.options;
    const line = `backend ${this.name}: ${text}`;
    if (type === 'ERROR') logger.error(line);
    else if (type === 'WARNING' || type === 'WARN') logger.warn(line);
    else logger.info(line);
  }
}
