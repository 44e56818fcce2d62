import type { Clock } from '../clock.js';
import type { Dialect } from '../protocol/dialect.js';
import type { Inheritance, InheritedWish } from '../transport/inheritance.js';
import { LibcUnavailableError, loadLibc } from '../transport/libc.js';
import { StreamReceiver } from '../transport/stream-receiver.js';
import type { Transport } from '../transport/transports.js';
import { LineFeed, type Piece } from './line-feed.js';
import type { BoundSocket, Collector, Listener, SocketWish, StreamWish } from './listener.js';
import { NativeOpener, type Opened, type Opener, PortableOpener } from './openers.js';
import type { IngestOptions } from './options.js';
import { batchOfOne, type PacketSink } from './packets.js';
import { SharedListener } from './shared-listener.js';

export interface ListenOptions {
  readonly transport: Transport;
  /**
   * What to bind; all threads receive from the first UDP socket. Sockets of one dialect share series and
   * gauges.
   */
  readonly sockets: readonly SocketWish[];
  /** Bytes asked of the system for each receive buffer. */
  readonly receiveBufferBytes: number;
  /** Threads that receive from the first UDP socket, with recvmmsg. */
  readonly workers: number;
  /** Most memory for the aggregates of a thread, in bytes. */
  readonly maxMemoryBytes: number;
  readonly clock: Clock;
  readonly ingest: Omit<IngestOptions, 'dialect'>;
  /** What to do when a thread fails: nothing is received any more. */
  readonly onError: (error: Error) => void;
  /** Gets copies of all packets that are received; undefined when nobody wants them. */
  readonly onPackets?: PacketSink | undefined;
  /** Told, in words, of clients that are refused. */
  readonly onTrouble: (message: string) => void;
  /** Sockets that others have bound, to be used where they are what is asked for. */
  readonly inherited?: Inheritance;
}

/**
 * Binds what is asked for and starts receiving.
 *
 * @throws UdpBindError or ListenerBindError when something cannot be bound, and then nothing is;
 *   LibcUnavailableError when recvmmsg was asked for and does not work here
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  if (options.transport === 'dgram') return openAll(options, new PortableOpener(options, 'as asked'));
  try {
    return await openAll(options, new NativeOpener(options, loadLibc()));
  } catch (error) {
    if (options.transport === 'recvmmsg' || !(error instanceof LibcUnavailableError)) throw error;
    return openAll(options, new PortableOpener(options, error.message));
  }
}

async function openAll(options: ListenOptions, opener: Opener): Promise<Listener> {
  const opening = new Opening(options, opener);
  try {
    await opening.openDatagrams();
    await opening.openStreams();
  } catch (error) {
    await opening.abandon((collector) => collector.finish());
    throw error;
  }
  return opening.listener();
}

/** Whole lines of a stream that came together are a packet to whoever wants packets. */
function tellOf(pieces: readonly Piece[], onPackets: PacketSink | undefined): void {
  if (onPackets === undefined) return;
  for (const { bytes, sender, broken } of pieces) {
    if (broken === undefined) onPackets(batchOfOne(bytes, sender, 0));
  }
}

/** The sockets of one server, as they are opened. */
export class Opening<Made extends Collector> {
  readonly collectors: Made[] = [];
  private readonly byDialect = new Map<Dialect, Made>();
  private readonly streams: StreamReceiver[] = [];
  private readonly opened: Opened = { bound: new Map(), paths: [], adoptedPaths: [] };

  constructor(
    private readonly options: ListenOptions,
    private readonly opener: Opener<Made>,
  ) {}

  async openDatagrams(): Promise<void> {
    const { sockets } = this.options;
    for (const dialect of new Set(sockets.map((wish) => wish.dialect))) {
      const wishes = sockets.filter((wish) => wish.dialect === dialect);
      const collector = await this.opener.collector(dialect, wishes, this.opened);
      this.collectors.push(collector);
      this.byDialect.set(dialect, collector);
    }
  }

  async openStreams(): Promise<void> {
    const feeds = new Map(
      Array.from(this.byDialect, ([dialect, collector]) => [dialect, this.feedOf(collector)]),
    );
    for (const wish of this.options.sockets) {
      if (!isStream(wish)) continue;
      const stream = await this.openStream(wish, feeds.get(wish.dialect)!);
      this.streams.push(stream);
      this.opened.bound.set(wish, boundStream(wish, stream));
    }
  }

  /**
   * Binds the streams that nobody hands over, and lets go of them.
   *
   * @throws ListenerBindError
   */
  async tryStreams(): Promise<void> {
    for (const wish of this.options.sockets) {
      if (!isStream(wish) || this.options.inherited?.has(inheritedWish(wish))) continue;
      const feed = this.feedOf(this.byDialect.get(wish.dialect)!);
      await (await this.openStream(wish, feed)).close();
    }
  }

  listener(): Listener {
    const { collectors, streams, opened, options } = this;
    const bound = options.sockets.map((wish) => opened.bound.get(wish)!);
    const paths = [...opened.paths, ...opened.adoptedPaths];
    return new SharedListener({ collectors, streams, paths, bound });
  }

  /** @param end ends what collects */
  async abandon(end: (collector: Made) => Promise<unknown>): Promise<void> {
    for (const stream of this.streams) await stream.close();
    for (const collector of this.collectors) await end(collector);
    for (const path of this.opened.paths) path.remove();
  }

  private feedOf(collector: Collector): LineFeed {
    return new LineFeed((pieces) => {
      tellOf(pieces, this.options.onPackets);
      return collector.take(pieces);
    });
  }

  private openStream(wish: StreamWish, feed: LineFeed): Promise<StreamReceiver> {
    const { inherited, onTrouble } = this.options;
    const [taken] = inherited?.take(inheritedWish(wish)) ?? [];
    if (taken !== undefined)
      return StreamReceiver.adopt(taken, inherited?.pathsOf(taken)[0], feed, onTrouble);
    return wish.kind === 'unix'
      ? StreamReceiver.listenOnUnix(this.opener.libc, wish, feed, onTrouble)
      : StreamReceiver.listenOnTcp(wish, feed, onTrouble);
  }
}

function isStream(wish: SocketWish): wish is StreamWish {
  return wish.kind === 'tcp' || wish.kind === 'unix';
}

function inheritedWish(wish: StreamWish): InheritedWish {
  return wish.kind === 'unix' ? { kind: wish.kind, address: wish.path, port: 0 } : wish;
}

function boundStream(wish: StreamWish, { bound }: StreamReceiver): BoundSocket {
  if (wish.kind === 'unix') return { kind: wish.kind, address: wish.path, port: undefined };
  return { kind: wish.kind, address: bound?.address ?? wish.address, port: bound?.port };
}
