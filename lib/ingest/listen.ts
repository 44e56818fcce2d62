import type { Clock } from '../clock.js';
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
  /** What to bind; all threads receive from the first UDP socket. Sockets of one dialect share series and gauges. */
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
}

/**
 * Binds what is asked for and starts receiving.
 *
 * @throws UdpBindError or ListenerBindError when something cannot be bound, and then nothing is; LibcUnavailableError
 * when recvmmsg was asked for and does not work here
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
  const collectors: Collector[] = [];
  const streams: StreamReceiver[] = [];
  const opened: Opened = { bound: new Map(), paths: [] };
  const { bound, paths } = opened;
  try {
    for (const dialect of new Set(options.sockets.map((wish) => wish.dialect))) {
      const wishes = options.sockets.filter((wish) => wish.dialect === dialect);
      const collector = await opener.collector(dialect, wishes, opened);
      collectors.push(collector);
      const feed = new LineFeed((pieces) => {
        tellOf(pieces, options.onPackets);
        return collector.take(pieces);
      });
      for (const wish of wishes) {
        if (wish.kind !== 'tcp' && wish.kind !== 'unix') continue;
        const stream = await openStream(wish, opener, feed, options.onTrouble);
        streams.push(stream);
        bound.set(wish, boundStream(wish, stream));
      }
    }
  } catch (error) {
    for (const stream of streams) await stream.close();
    for (const collector of collectors) await collector.finish();
    for (const path of paths) path.remove();
    throw error;
  }
  const inOrder = options.sockets.map((wish) => bound.get(wish)!);
  return new SharedListener({ collectors, streams, paths, bound: inOrder });
}

/** Whole lines of a stream that came together are a packet to whoever wants packets. */
function tellOf(pieces: readonly Piece[], onPackets: PacketSink | undefined): void {
  if (onPackets === undefined) return;
  for (const { bytes, sender, broken } of pieces) {
    if (broken === undefined) onPackets(batchOfOne(bytes, sender, 0));
  }
}

function openStream(
  wish: StreamWish,
  { libc }: Opener,
  feed: LineFeed,
  onTrouble: (message: string) => void,
): Promise<StreamReceiver> {
  return wish.kind === 'unix'
    ? StreamReceiver.listenOnUnix(libc, wish, feed, onTrouble)
    : StreamReceiver.listenOnTcp(wish, feed, onTrouble);
}

function boundStream(wish: StreamWish, { bound }: StreamReceiver): BoundSocket {
  if (wish.kind === 'unix') return { kind: wish.kind, address: wish.path, port: undefined };
  return { kind: wish.kind, address: bound?.address ?? wish.address, port: bound?.port };
}
