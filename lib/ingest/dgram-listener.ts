import type { LiveView } from '../aggregate/live-view.js';
import type { Snapshot } from '../aggregate/snapshot.js';
import type { Clock } from '../clock.js';
import { KernelNumbering } from '../kernel/keys.js';
import { SealedReader } from '../kernel/sealed.js';
import { ReceiveSlots } from '../kernel/slots.js';
import { DgramReceiver } from '../transport/dgram.js';
import type { Seen } from './counts.js';
import { type KernelHarvest, KernelIngestor } from './kernel-ingestor.js';
import { Lender } from './lending.js';
import type { Listener, ListenOptions } from './listener.js';
import { localSource, MergedView } from './merged-view.js';
import type { IngestOptions } from './options.js';

/** The largest UDP datagram. */
const slotBytes = 65_507;

export interface DgramListenOptions extends ListenOptions {
  readonly ingest: IngestOptions;
  readonly maxMemoryBytes: number;
  readonly clock: Clock;
  /** Why the fast transport is not used, for a person. */
  readonly reason: string;
}

/** The portable path: Node's own sockets, one event a datagram, feeding the same kernel on this thread. */
export class DgramListener implements Listener {
  readonly transport: string;
  readonly view: LiveView;
  private receiver!: DgramReceiver;
  private readonly ingestor: KernelIngestor;
  private readonly slots: ReceiveSlots;
  private readonly clock: Clock;
  private readonly ingest: IngestOptions;
  private readonly numbering: KernelNumbering;
  private readonly lender: Lender;
  private sender = '';
  private isClosed = false;
  private finalDrops: number | undefined;

  private constructor({ ingest, maxMemoryBytes, clock, reason }: DgramListenOptions) {
    const receiveBytes = ReceiveSlots.regionBytes(1, slotBytes);
    const options = { ...ingest, slots: 1, receiveBytes, maxMemoryBytes };
    this.ingestor = new KernelIngestor(options, clock.now(), () => this.sender);
    this.numbering = new KernelNumbering(this.ingestor.kernel.memory);
    this.lender = new Lender(this.numbering, () => {
      while (this.ingestor.release());
    });
    this.view = new MergedView([localSource(this.ingestor.aggregator, this.ingestor.table, this.numbering)]);
    this.slots = new ReceiveSlots(this.ingestor.kernel, slotBytes);
    this.clock = clock;
    this.ingest = ingest;
    this.transport = `dgram (${reason})`;
  }

  /** @throws UdpBindError when the address cannot be bound */
  static async open(options: DgramListenOptions): Promise<DgramListener> {
    const listener = new DgramListener(options);
    listener.receiver = await DgramReceiver.open(options, (bytes, sender) =>
      listener.datagram(bytes, sender),
    );
    return listener;
  }

  get address(): string {
    return this.receiver.address;
  }

  get port(): number {
    return this.receiver.port;
  }

  get grantedBufferBytes(): number {
    return this.receiver.grantedBufferBytes;
  }

  async seen(): Promise<Seen> {
    return this.ingestor.seen;
  }

  async collect(): Promise<readonly Snapshot[]> {
    await this.lender.takeBack();
    return this.snapshots(this.ingestor.collect(this.clock.now()));
  }

  async finish(): Promise<readonly Snapshot[]> {
    await this.receiver.drain();
    // At once: what came now would be neither received nor refused to its sender.
    this.finalDrops = await this.receiver.dropped();
    await this.close();
    const over = await this.collect();
    await this.lender.takeBack();
    return [...over, ...this.snapshots([this.ingestor.finish()])];
  }

  async dropped(): Promise<number | undefined> {
    return this.isClosed ? this.finalDrops : this.receiver.dropped();
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    await this.receiver.close();
  }

  private datagram(bytes: Uint8Array, sender: string): void {
    this.sender = sender;
    this.slots.put(0, bytes);
    this.ingestor.ingest(1, bytes.length, this.clock.now());
  }

  private snapshots(harvests: readonly KernelHarvest[]): Snapshot[] {
    const { kernel, table } = this.ingestor;
    this.numbering.learn(table.takeNew());
    return harvests.map(({ sealed, ...rest }) => {
      const { startMs, content, late } = sealed;
      const reader = new SealedReader(kernel.memory, this.ingest.sketch);
      return { ...rest, startMs, points: this.lender.lend({ startMs, ...content, late }, reader) };
    });
  }
}
