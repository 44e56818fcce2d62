import { DgramReceiver } from '../transport/dgram.js';
import type { Counts } from './counts.js';
import type { Forwarder, ForwarderOptions } from './forwarder.js';
import { PortableSender } from './portable-sender.js';
import type { Routes } from './routes.js';

export interface DgramForwarderOptions extends ForwarderOptions {
  /** Why the fast path is not used, for a person. */
  readonly reason: string;
}

/** The portable path: Node's own sockets, one event a datagram. */
export class DgramForwarder implements Forwarder {
  readonly listener: string;
  private finalDrops: Promise<number | undefined> | undefined;

  private constructor(
    private readonly receiver: DgramReceiver,
    private readonly sender: PortableSender,
    reason: string,
  ) {
    const { address, port } = receiver;
    this.listener = `udp ${address.includes(':') ? `[${address}]` : address}:${port} (dgram: ${reason})`;
  }

  /** @throws UdpBindError when the address cannot be bound */
  static async open(routes: Routes, counts: Counts, options: DgramForwarderOptions): Promise<DgramForwarder> {
    const sender = new PortableSender(routes, options.cacheSize, counts);
    const receiver = await DgramReceiver.open(options, (bytes) => {
      counts.add('datagramsReceived', 1);
      counts.add('bytesReceived', bytes.length);
      sender.take(bytes);
    });
    return new DgramForwarder(receiver, sender, options.reason);
  }

  use(routes: Routes): void {
    this.sender.use(routes);
  }

  dropped(): Promise<number | undefined> {
    return this.finalDrops ?? this.receiver.dropped();
  }

  async finish(): Promise<void> {
    await this.receiver.drain();
    this.finalDrops = this.receiver.dropped();
    await this.finalDrops;
    await this.receiver.close();
    await this.sender.finish();
  }
}
