import type { Libc } from '../transport/libc.js';
import { recvmmsgDefaults, recvmmsgRegionBytes } from '../transport/recvmmsg.js';
import type { DatagramSocket } from '../transport/socket.js';
import { WorkerPhase } from './control.js';
import type { Seen } from './counts.js';
import type { Piece } from './line-feed.js';
import type { Collector } from './listener.js';
import { SnapshotMerger, type ThreadSnapshot } from './merge.js';
import type { IngestOptions } from './options.js';
import type { PacketSink } from './packets.js';
import { WorkerLink } from './worker-link.js';

export interface WorkerListenOptions {
  readonly ingest: IngestOptions;
  /** A thread each, with the sockets that it receives from. They are closed with the listener. */
  readonly threads: readonly (readonly DatagramSocket[])[];
  /** Whether the sockets are left alone until `startHolding`. */
  readonly isHeld: boolean;
  /** Most memory for the aggregates of a thread, in bytes. */
  readonly maxMemoryBytes: number;
  /** Gets copies of all datagrams that are received; undefined when nobody wants them. */
  readonly onPackets: PacketSink | undefined;
  /** What to do when a thread fails: nothing is received any more. */
  readonly onError: (error: Error) => void;
}

/** The fast path: threads that take batches of datagrams with recvmmsg straight into the kernel's memory. */
export class WorkerListener implements Collector {
  readonly transport: string;
  readonly grantedBufferBytes: number;
  private readonly merger = new SnapshotMerger();

  private constructor(
    private readonly threads: WorkerListenOptions['threads'],
    private readonly links: readonly WorkerLink[],
  ) {
    this.grantedBufferBytes = threads[0]?.[0]?.receiveBufferBytes ?? 0;
    this.transport = `recvmmsg, ${links.length === 1 ? '1 thread' : `${links.length} threads`}`;
  }

  static async open(libc: Libc, options: WorkerListenOptions): Promise<WorkerListener> {
    const { ingest, threads, isHeld, maxMemoryBytes, onError, onPackets } = options;
    const { slots, slotBytes } = recvmmsgDefaults;
    const receiveBytes = recvmmsgRegionBytes({ slots, slotBytes });
    const starts = threads.map((sockets) =>
      WorkerLink.start(
        libc,
        {
          ingest: { ...ingest, slots, receiveBytes, maxMemoryBytes },
          slotBytes,
          isHeld,
          onPackets,
          sockets: sockets.map(({ kind, fd, address, port, receiveBufferBytes }) => ({
            kind,
            fd,
            address,
            port,
            receiveBufferBytes,
          })),
        },
        onError,
      ),
    );
    return new WorkerListener(threads, await Promise.all(starts));
  }

  get sources(): readonly WorkerLink[] {
    return this.links;
  }

  get descriptors(): readonly number[] {
    return this.threads.flat().map(({ fd }) => fd);
  }

  get stopped(): Promise<unknown> {
    return Promise.all(this.links.map(({ closed }) => closed));
  }

  /**
   * Lets threads that are held look after the sockets: the server that they are shared with is about to stop.
   */
  startWatching(): void {
    for (const link of this.links) link.enter(WorkerPhase.Watching);
  }

  /** Has threads that are held take datagrams out of the sockets, and keep them. */
  startHolding(): void {
    for (const link of this.links) link.enter(WorkerPhase.Holding);
  }

  /** Has threads that are held make aggregates, of what they have kept first. */
  async startTaking(gauges: IngestOptions['gauges']): Promise<void> {
    await Promise.all(this.links.map((link) => link.startTaking(gauges)));
  }

  /**
   * Ends threads as they are, and takes nothing more out of the sockets: they may be another server's still.
   */
  async abandon(): Promise<void> {
    await Promise.all(this.links.map((link) => link.end()));
    await this.close();
  }

  async seen(): Promise<Seen> {
    const all = await Promise.all(this.links.map((link) => link.seen()));
    return seenByAll(all);
  }

  take(pieces: readonly Piece[]): Promise<void> {
    return this.links[0]!.take(pieces);
  }

  collect(): Promise<readonly ThreadSnapshot[]> {
    return this.snapshots(false);
  }

  finish(): Promise<readonly ThreadSnapshot[]> {
    return this.snapshots(true);
  }

  async dropped(): Promise<number> {
    return this.threads.reduce(
      (sum, sockets, i) =>
        sum + (this.links[i]?.finalDrops ?? sockets.reduce((all, socket) => all + socket.drops(), 0)),
      0,
    );
  }

  async close(): Promise<void> {
    this.threads.forEach((sockets, i) => {
      // A thread that has finished has closed its own.
      if (this.links[i]?.finalDrops === undefined) for (const socket of sockets) socket.close();
    });
  }

  private async snapshots(last: boolean): Promise<readonly ThreadSnapshot[]> {
    const all = (await Promise.all(this.links.map((link) => link.collect(last)))).flat();
    return this.links.length === 1 ? all : this.merger.merge(all);
  }
}

/** What several places have received, together. */
export function seenByAll(all: readonly Seen[]): Seen {
  return {
    lastMs: Math.max(...all.map(({ lastMs }) => lastMs)),
    badLines: all.reduce((sum, { badLines }) => sum + badLines, 0),
  };
}
