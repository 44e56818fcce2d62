import { ListenerBindError } from '../errors.js';
import type { Dialect } from '../protocol/dialect.js';
import type { Libc } from '../transport/libc.js';
import { type DatagramSocket, openUdpSockets } from '../transport/socket.js';
import type { UnixPath } from '../transport/unix-path.js';
import { openUnixDatagramSocket } from '../transport/unix-socket.js';
import { DgramListener } from './dgram-listener.js';
import type { ListenOptions } from './listen.js';
import type { BoundSocket, Collector, SocketWish } from './listener.js';
import { WorkerListener } from './worker-listener.js';

/** Where what has been bound is noted. */
export interface Opened {
  readonly bound: Map<SocketWish, BoundSocket>;
  /** Of unix sockets for datagrams: to be removed in the end. */
  readonly paths: UnixPath[];
}

/** One way to receive datagrams: opens the sockets of one dialect, and what collects from them. */
export interface Opener {
  /** Undefined where the C library cannot be called. */
  readonly libc: Libc | undefined;
  /** @param wishes of streams too, which are passed over */
  collector(dialect: Dialect, wishes: readonly SocketWish[], opened: Opened): Promise<Collector>;
}

/** recvmmsg, on threads of their own. */
export class NativeOpener implements Opener {
  private isFirst = true;

  constructor(
    private readonly options: ListenOptions,
    readonly libc: Libc,
  ) {}

  async collector(dialect: Dialect, wishes: readonly SocketWish[], opened: Opened): Promise<Collector> {
    const threads: DatagramSocket[][] = [[]];
    try {
      for (const wish of wishes) await this.open(wish, threads, opened);
    } catch (error) {
      for (const socket of threads.flat()) socket.close();
      throw error;
    }
    const { maxMemoryBytes, onError, onPackets } = this.options;
    const ingest = { ...this.options.ingest, dialect };
    return WorkerListener.open(this.libc, { ingest, threads, maxMemoryBytes, onPackets, onError });
  }

  private async open(wish: SocketWish, threads: DatagramSocket[][], opened: Opened): Promise<void> {
    const { libc, options } = this;
    const { receiveBufferBytes } = options;
    if (wish.kind === 'udp') {
      const sockets = openUdpSockets(libc, { ...wish, receiveBufferBytes, sockets: this.socketsOfNext() });
      sockets.forEach((socket, i) => {
        threads[i] ??= [];
        threads[i].push(socket);
      });
      opened.bound.set(wish, { kind: wish.kind, address: wish.address, port: sockets[0]!.port });
    } else if (wish.kind === 'unixgram') {
      const { socket, path } = await openUnixDatagramSocket(libc, wish, receiveBufferBytes);
      threads[0]!.push(socket);
      opened.paths.push(path);
      opened.bound.set(wish, { kind: wish.kind, address: wish.path, port: undefined });
    }
  }

  private socketsOfNext(): number {
    const { isFirst } = this;
    this.isFirst = false;
    return isFirst ? this.options.workers : 1;
  }
}

/** Node's own sockets, on this thread. */
export class PortableOpener implements Opener {
  readonly libc = undefined;

  constructor(
    private readonly options: ListenOptions,
    private readonly reason: string,
  ) {}

  async collector(dialect: Dialect, wishes: readonly SocketWish[], opened: Opened): Promise<Collector> {
    const { receiveBufferBytes, maxMemoryBytes, clock, onPackets } = this.options;
    const unixgram = wishes.find((wish) => wish.kind === 'unixgram');
    if (unixgram !== undefined) throw this.refusal(unixgram.path);
    const udp = wishes.filter((wish) => wish.kind === 'udp');
    const listener = await DgramListener.open({
      sockets: udp.map(({ address, port }) => ({ address, port, receiveBufferBytes })),
      ingest: { ...this.options.ingest, dialect },
      maxMemoryBytes,
      clock,
      onPackets,
      reason: this.reason,
    });
    udp.forEach((wish, i) => {
      opened.bound.set(wish, { kind: 'udp', address: wish.address, port: listener.receivers[i]!.port });
    });
    return listener;
  }

  private refusal(path: string): ListenerBindError {
    return new ListenerBindError(
      `cannot receive datagrams on the unix socket ${path}: that takes recvmmsg, and the transport is dgram (${this.reason}); use unix:${path} for streams, or UDP`,
    );
  }
}
