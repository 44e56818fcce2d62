import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../clock.js';
import { KernelNumbering } from '../kernel/keys.js';
import { SealedReader } from '../kernel/sealed.js';
import { ReceiveSlots } from '../kernel/slots.js';
import { DgramReceiver, type ReceiverOptions } from '../transport/dgram.js';
import type { Seen } from './counts.js';
import { Retirement, type SeriesPlace } from './idle.js';
import { type KernelHarvest, KernelIngestor } from './kernel-ingestor.js';
import { Lender } from './lending.js';
import type { Piece } from './line-feed.js';
import type { Collector } from './listener.js';
import type { ThreadSnapshot } from './merge.js';
import { type LiveSource, localSource } from './merged-view.js';
import type { IngestOptions } from './options.js';
import { batchOfOne, type PacketSink } from './packets.js';

/** The largest UDP datagram. */
const slotBytes = 65_507;

export interface DgramListenOptions {
  /** UDP sockets to receive from; there may be none. */
  readonly sockets: readonly ReceiverOptions[];
  readonly ingest: IngestOptions;
  readonly maxMemoryBytes: number;
  readonly clock: Clock;
  /** Gets copies of all datagrams that are received; undefined when nobody wants them. */
  readonly onPackets: PacketSink | undefined;
  /** Why the fast transport is not used, for a person. */
  readonly reason: string;
}

/** The portable path: Node's own sockets, one event a datagram, feeding the same kernel on this thread. */
export class DgramListener implements Collector, SeriesPlace {
  readonly transport: string;
  readonly sources: readonly LiveSource[];
  readonly receivers: DgramReceiver[] = [];
  /** Node does not show them. */
  readonly descriptors = [];
  private tellStopped!: () => void;
  readonly stopped = new Promise<void>((resolve) => {
    this.tellStopped = resolve;
  });
  private readonly ingestor: KernelIngestor;
  private readonly slots: ReceiveSlots;
  private readonly clock: Clock;
  private readonly ingest: IngestOptions;
  private readonly numbering: KernelNumbering;
  private readonly lender: Lender;
  private readonly retirement: Retirement;
  private readonly onPackets: PacketSink | undefined;
  private sender = '';
  private isClosed = false;
  private finalDrops: number | undefined;

  private constructor({ ingest, maxMemoryBytes, clock, reason, onPackets }: DgramListenOptions) {
    this.onPackets = onPackets;
    const receiveBytes = ReceiveSlots.regionBytes(1, slotBytes);
    const options = { ...ingest, slots: 1, receiveBytes, maxMemoryBytes };
    this.ingestor = new KernelIngestor(options, clock.now(), () => this.sender);
    this.numbering = new KernelNumbering(this.ingestor.kernel.memory);
    this.lender = new Lender(this.numbering, () => {
      while (this.ingestor.release());
    });
    this.retirement = new Retirement(ingest, this.lender, this);
    const { aggregator, table } = this.ingestor;
    this.sources = [localSource(aggregator, table, this.numbering, () => this.retirement.hold())];
    this.slots = new ReceiveSlots(this.ingestor.kernel, slotBytes);
    this.clock = clock;
    this.ingest = ingest;
    this.transport = `dgram (${reason})`;
  }

  /** @throws UdpBindError when an address cannot be bound; the others are closed again */
  static async open(options: DgramListenOptions): Promise<DgramListener> {
    const listener = new DgramListener(options);
    try {
      for (const socket of options.sockets) {
        listener.receivers.push(
          await DgramReceiver.open(socket, (bytes, sender, port) => listener.datagram(bytes, sender, port)),
        );
      }
    } catch (error) {
      await listener.close();
      throw error;
    }
    return listener;
  }

  get grantedBufferBytes(): number {
    return this.receivers[0]?.grantedBufferBytes ?? 0;
  }

  async seen(): Promise<Seen> {
    return this.ingestor.seen;
  }

  async take(pieces: readonly Piece[]): Promise<void> {
    for (const { bytes, sender, broken } of pieces) {
      this.sender = sender;
      if (broken === undefined) this.ingestOne(bytes);
      else this.ingestor.broken(broken, bytes, this.clock.now());
    }
  }

  async collect(): Promise<readonly ThreadSnapshot[]> {
    await this.retirement.stop();
    await this.lender.takeBack();
    const snapshots = this.snapshots(this.ingestor.collect(this.clock.now()));
    if (snapshots.length > 0) this.retirement.turn();
    return snapshots;
  }

  async growOlder(): Promise<void> {
    this.ingestor.growOlder();
  }

  async retire(age: number): Promise<boolean> {
    const { refs, hasMore } = this.ingestor.retire(age);
    this.numbering.forget(refs);
    await nextTurn();
    return hasMore;
  }

  async finish(): Promise<readonly ThreadSnapshot[]> {
    await Promise.all(this.receivers.map((receiver) => receiver.drain()));
    // At once: what came now would be neither received nor refused to its sender.
    this.finalDrops = await this.dropped();
    await this.close();
    this.retirement.hold();
    const over = await this.collect();
    await this.lender.takeBack();
    return [...over, ...this.snapshots([this.ingestor.finish()])];
  }

  async dropped(): Promise<number | undefined> {
    if (this.isClosed) return this.finalDrops;
    const drops = await Promise.all(this.receivers.map((receiver) => receiver.dropped()));
    return sumOfKnown(drops);
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    await Promise.all(this.receivers.map((receiver) => receiver.close()));
    this.tellStopped();
  }

  private datagram(bytes: Uint8Array, sender: string, port: number): void {
    this.sender = sender;
    this.onPackets?.(batchOfOne(bytes, sender, port));
    this.ingestOne(bytes);
  }

  private ingestOne(bytes: Uint8Array): void {
    this.slots.put(0, bytes);
    this.ingestor.ingest(1, bytes.length, this.clock.now());
  }

  private snapshots(harvests: readonly KernelHarvest[]): ThreadSnapshot[] {
    const { kernel, table } = this.ingestor;
    this.numbering.learn(table.takeNew());
    return harvests.map(({ sealed, ...rest }) => {
      const { startMs, content, late } = sealed;
      const reader = new SealedReader(kernel.memory, this.ingest.sketch);
      return { ...rest, startMs, points: this.lender.lend({ startMs, ...content, late }, reader) };
    });
  }
}

/** Sum of what is told; undefined when something is not. */
export function sumOfKnown(counts: readonly (number | undefined)[]): number | undefined {
  return counts.reduce<number | undefined>(
    (sum, count) => (sum === undefined || count === undefined ? undefined : sum + count),
    0,
  );
}
