import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns';
import type { Clock } from '../clock.js';
import { messageOf } from '../errors.js';
import { type PacketBatch, packetsOf } from '../ingest/packets.js';
import type { RepeaterTarget } from './repeater-settings.js';
import type { Repetition } from './repetition.js';

/** Most bytes that wait for the system to take them. */
const maxQueuedBytes = 8 * 1024 * 1024;

/** How long a host name's address is taken to be the same. */
const freshMs = 60_000;

/** Sends packets on over UDP, each as a datagram of its own. */
export class UdpRepeater implements Repetition {
  private readonly socket: Socket;
  private address: string | undefined;
  private askedAtMs: number | undefined;
  private fault: string | undefined;
  private lost = 0;

  constructor(
    private readonly target: RepeaterTarget,
    private readonly type: 'udp4' | 'udp6',
    private readonly clock: Clock,
  ) {
    // Addresses are looked up here, once in a while; the socket would do it for every packet.
    const family = type === 'udp4' ? 4 : 6;
    this.socket = createSocket({ type, lookup: (address, _, done) => done(null, address, family) });
    this.socket.on('error', (error) => this.fail(error));
    this.refresh();
  }

  get problem(): string | undefined {
    return this.fault;
  }

  packets(batch: PacketBatch): void {
    this.refresh();
    const { socket, address, target } = this;
    if (address === undefined || socket.getSendQueueSize() > maxQueuedBytes) {
      this.lost += batch.ends.length;
      return;
    }
    for (const packet of packetsOf(batch)) {
      socket.send(packet, target.port, address, (error) => {
        if (error !== null) this.fail(error, 1);
        else this.fault = undefined;
      });
    }
  }

  takeLost(): number {
    const { lost } = this;
    this.lost = 0;
    return lost;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.socket.close(resolve);
    });
  }

  private refresh(): void {
    const now = this.clock.monotonic();
    if (this.askedAtMs !== undefined && now - this.askedAtMs < freshMs) return;
    this.askedAtMs = now;
    lookup(this.target.host, { family: this.type === 'udp4' ? 4 : 6 }, (error, address) => {
      if (error === null) this.address = address;
      else this.fail(error);
    });
  }

  private fail(error: unknown, packets = 0): void {
    this.lost += packets;
    this.fault = `${this.target.host} port ${this.target.port}: ${messageOf(error)}`;
  }
}
