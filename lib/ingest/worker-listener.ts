import type { LiveView } from '../aggregate/live-view.js';
import type { Snapshot } from '../aggregate/snapshot.js';
import type { Libc } from '../transport/libc.js';
import { recvmmsgDefaults, recvmmsgRegionBytes } from '../transport/recvmmsg.js';
import { openUdpSockets, type UdpSocket } from '../transport/socket.js';
import type { Seen } from './counts.js';
import type { Listener, ListenOptions } from './listener.js';
import { SnapshotMerger } from './merge.js';
import { MergedView } from './merged-view.js';
import type { IngestOptions } from './options.js';
import { WorkerLink } from './worker-link.js';

export interface WorkerListenOptions extends ListenOptions {
  readonly ingest: IngestOptions;
  /** Threads, each with a socket of its own on the one port. */
  readonly workers: number;
  /** Most memory for the aggregates of a thread, in bytes. */
  readonly maxMemoryBytes: number;
  /** What to do when a thread fails: nothing is received any more. */
  readonly onError: (error: Error) => void;
}

/** The fast path: threads that take batches of datagrams with recvmmsg straight into the kernel's memory. */
export class WorkerListener implements Listener {
  readonly address: string;
  readonly port: number;
  readonly transport: string;
  readonly view: LiveView;
  readonly grantedBufferBytes: number;
  private readonly merger = new SnapshotMerger();

  private constructor(
    private readonly sockets: readonly UdpSocket[],
    private readonly links: readonly WorkerLink[],
  ) {
    const { address, port, receiveBufferBytes } = sockets[0]!;
    this.address = address;
    this.port = port;
    this.grantedBufferBytes = receiveBufferBytes;
    this.view = new MergedView(links);
    this.transport = `recvmmsg, ${links.length === 1 ? '1 thread' : `${links.length} threads`}`;
  }

  /** @throws UdpBindError when the address cannot be bound; LibcUnavailableError when this way is not open here */
  static async open(libc: Libc, options: WorkerListenOptions): Promise<WorkerListener> {
    const { ingest, workers, maxMemoryBytes, onError, onPackets } = options;
    const { slots, slotBytes } = recvmmsgDefaults;
    const receiveBytes = recvmmsgRegionBytes({ slots, slotBytes });
    const sockets = openUdpSockets(libc, { ...options, sockets: workers });
    const starts = sockets.map(({ fd, address, port, receiveBufferBytes }) => {
      const setup = { ingest: { ...ingest, slots, receiveBytes, maxMemoryBytes }, slotBytes };
      const socket = { fd, address, port, receiveBufferBytes };
      return WorkerLink.start(libc, { ...setup, socket, onPackets }, onError);
    });
    return new WorkerListener(sockets, await Promise.all(starts));
  }

  async seen(): Promise<Seen> {
    const all = await Promise.all(this.links.map((link) => link.seen()));
    return {
      lastMs: Math.max(...all.map(({ lastMs }) => lastMs)),
      badLines: all.reduce((sum, { badLines }) => sum + badLines, 0),
    };
  }

  collect(): Promise<readonly Snapshot[]> {
    return this.snapshots(false);
  }

  finish(): Promise<readonly Snapshot[]> {
    return this.snapshots(true);
  }

  async dropped(): Promise<number> {
    return this.sockets.reduce((sum, socket, i) => sum + (this.links[i]?.finalDrops ?? socket.drops()), 0);
  }

  async close(): Promise<void> {
    // A thread that has finished has closed its own.
    this.sockets.forEach((socket, i) => {
      if (this.links[i]?.finalDrops === undefined) socket.close();
    });
  }

  private async snapshots(last: boolean): Promise<readonly Snapshot[]> {
    const all = (await Promise.all(this.links.map((link) => link.collect(last)))).flat();
    return this.links.length === 1 ? all : this.merger.merge(all);
  }
}
