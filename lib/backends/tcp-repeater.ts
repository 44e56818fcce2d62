import { connect, type Socket } from 'node:net';
import type { Clock, Timer } from '../clock.js';
import { messageOf } from '../errors.js';
import { type PacketBatch, packetsOf } from '../ingest/packets.js';
import type { RepeaterTarget } from './repeater-settings.js';
import type { Repetition } from './repetition.js';

/** Most bytes that wait: for a connection, or for the receiver to take more. */
const maxQueuedBytes = 8 * 1024 * 1024;
const firstRetryMs = 1000;
const longestRetryMs = 30_000;
/** How long the receiver has to take the rest when the server stops. */
const partingMs = 2000;

const lineFeed = Buffer.from('\n');

/**
 * Sends packets on over one TCP connection, each behind the other with a line feed, as statsd does. While there
 * is no connection they wait; what finds no more room is lost.
 */
export class TcpRepeater implements Repetition {
  private socket: Socket | undefined;
  private isConnected = false;
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private lost = 0;
  private fault: string | undefined;
  private retry: Timer | undefined;
  private retryMs = firstRetryMs;
  private isClosing = false;

  constructor(
    private readonly target: RepeaterTarget,
    private readonly clock: Clock,
  ) {
    this.connect();
  }

  get problem(): string | undefined {
    return this.fault;
  }

  packets(batch: PacketBatch): void {
    const bytes = Buffer.concat([...packetsOf(batch)].flatMap((packet) => [packet, lineFeed]));
    const queued = this.waitingBytes + (this.socket?.writableLength ?? 0);
    if (queued + bytes.length > maxQueuedBytes) {
      this.lost += batch.ends.length;
    } else if (this.isConnected) {
      this.socket?.write(bytes);
    } else {
      this.waiting.push(bytes);
      this.waitingBytes += bytes.length;
    }
  }

  takeLost(): number {
    const { lost } = this;
    this.lost = 0;
    return lost;
  }

  async close(): Promise<void> {
    this.isClosing = true;
    if (this.retry !== undefined) this.clock.clearTimer(this.retry);
    const { socket } = this;
    if (socket === undefined || !this.isConnected) {
      socket?.destroy();
      return;
    }
    await new Promise<void>((resolve) => {
      const late = this.clock.setTimer(() => socket.destroy(), partingMs);
      socket.once('close', () => {
        this.clock.clearTimer(late);
        resolve();
      });
      socket.end();
    });
  }

  private connect(): void {
    const socket = connect(this.target);
    this.socket = socket;
    socket.on('connect', () => this.connected(socket));
    socket.on('error', (error) => {
      this.fault = `${this.target.host} port ${this.target.port}: ${messageOf(error)}`;
    });
    socket.on('close', () => this.disconnected());
    // A receiver says nothing; unread, its end would not be seen.
    socket.resume();
  }

  private connected(socket: Socket): void {
    this.isConnected = true;
    this.fault = undefined;
    this.retryMs = firstRetryMs;
    for (const bytes of this.waiting) socket.write(bytes);
    this.waiting = [];
    this.waitingBytes = 0;
  }

  private disconnected(): void {
    this.isConnected = false;
    this.socket = undefined;
    if (this.isClosing) return;
    this.fault ??= `${this.target.host} port ${this.target.port} closed the connection`;
    this.retry = this.clock.setTimer(() => this.connect(), this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, longestRetryMs);
  }
}
