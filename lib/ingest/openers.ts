import { ListenerBindError } from '../errors.js';
import type { Dialect } from '../protocol/dialect.js';
import type { Libc } from '../transport/libc.js';
import { adoptSocket, type DatagramSocket, openUdpSockets } from '../transport/socket.js';
import type { UnixPath } from '../transport/unix-path.js';
import { openUnixDatagramSocket } from '../transport/unix-socket.js';
import { DgramListener } from './dgram-listener.js';
import type { ListenOptions } from './listen.js';
import type { BoundSocket, Collector, InternetWish, SocketWish, UnixWish } from './listener.js';
import { WorkerListener } from './worker-listener.js';

/** Where what has been bound is noted. */
export interface Opened {
  readonly bound: Map<SocketWish, BoundSocket>;
  /** Of unix sockets for datagrams: to be removed in the end. */
  readonly paths: UnixPath[];
  /** The same, of sockets that are another process's until this one is sure to go on with them. */
  readonly adoptedPaths: UnixPath[];
}

/** One way to receive datagrams: opens the sockets of one dialect, and what collects from them. */
export interface Opener<Made extends Collector = Collector> {
  /** Undefined where the C library cannot be called. */
  readonly libc: Libc | undefined;
  /** @param wishes of streams too, which are passed over */
  collector(dialect: Dialect, wishes: readonly SocketWish[], opened: Opened): Promise<Made>;
}

/** recvmmsg, on threads of their own. */
export class NativeOpener implements Opener<WorkerListener> {
  private isFirst = true;

  /** @param isHeld whether the sockets are left alone until they are asked for */
  constructor(
    private readonly options: ListenOptions,
    readonly libc: Libc,
    private readonly isHeld = false,
  ) {}

  async collector(dialect: Dialect, wishes: readonly SocketWish[], opened: Opened): Promise<WorkerListener> {
    const threads: DatagramSocket[][] = [[]];
    try {
      for (const wish of wishes) {
        if (wish.kind === 'udp') this.openUdp(wish, threads, opened);
        else if (wish.kind === 'unixgram') await this.openUnix(wish, threads[0]!, opened);
      }
    } catch (error) {
      for (const socket of threads.flat()) socket.close();
      throw error;
    }
    const { maxMemoryBytes, onError, onPackets } = this.options;
    const ingest = { ...this.options.ingest, dialect };
    const { isHeld } = this;
    return WorkerListener.open(this.libc, { ingest, threads, isHeld, maxMemoryBytes, onPackets, onError });
  }

  private openUdp(wish: InternetWish<'udp'>, threads: DatagramSocket[][], opened: Opened): void {
    const { libc, options } = this;
    const { receiveBufferBytes, inherited } = options;
    const wanted = this.isFirst ? options.workers : 1;
    this.isFirst = false;
    const adopted =
      inherited?.take(wish).map((socket) => adoptSocket(libc, 'udp', socket, receiveBufferBytes)) ?? [];
    const sockets =
      adopted.length > 0 ? adopted : openUdpSockets(libc, { ...wish, receiveBufferBytes, sockets: wanted });
    for (const [i, socket] of sockets.entries()) {
      // Of sockets that share a port each must be received from, however many threads are wanted now.
      threads[i % wanted] ??= [];
      threads[i % wanted]!.push(socket);
    }
    const { address, port } = sockets[0]!;
    opened.bound.set(wish, { kind: 'udp', address, port });
  }

  private async openUnix(
    wish: UnixWish<'unixgram'>,
    thread: DatagramSocket[],
    opened: Opened,
  ): Promise<void> {
    const { libc, options } = this;
    const { receiveBufferBytes, inherited } = options;
    const [taken] = inherited?.take({ kind: wish.kind, address: wish.path, port: 0 }) ?? [];
    if (taken === undefined) {
      const { socket, path } = await openUnixDatagramSocket(libc, wish, receiveBufferBytes);
      thread.push(socket);
      opened.paths.push(path);
    } else {
      thread.push(adoptSocket(libc, 'unixgram', taken, receiveBufferBytes));
      opened.adoptedPaths.push(...(inherited?.pathsOf(taken) ?? []));
    }
    opened.bound.set(wish, { kind: wish.kind, address: wish.path, port: undefined });
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
