import type { LiveView } from '../aggregate/live-view.js';
import type { Snapshot } from '../aggregate/snapshot.js';
import type { Dialect } from '../protocol/dialect.js';
import type { Seen } from './counts.js';
import type { Piece } from './line-feed.js';
import type { ThreadSnapshot } from './merge.js';
import type { LiveSource } from './merged-view.js';

/** Where lines are received and made into aggregates, by whatever transport. */
export interface Listener {
  /** What was bound, in the order in which it was asked for. */
  readonly bound: readonly BoundSocket[];
  /** How datagrams are received, for a person: `recvmmsg, 1 thread`, `dgram (recvmmsg is a Linux call ...)`. */
  readonly transport: string;
  /** What the system granted for receive buffers, in bytes of datagrams and its own bookkeeping. */
  readonly grantedBufferBytes: number;
  /** What is being collected this moment. */
  readonly view: LiveView;
  /** What was received so far. */
  seen(): Promise<Seen>;
  /** The intervals that are over, oldest first. */
  collect(): Promise<readonly Snapshot[]>;
  /**
   * Takes what has reached the system already, and gives away the open interval too. Nothing is received after
   * it.
   */
  finish(): Promise<readonly Snapshot[]>;
  /** Datagrams that the system dropped for want of room, since the start; undefined where it does not tell. */
  dropped(): Promise<number | undefined>;
  close(): Promise<void>;
  /**
   * Descriptors of the sockets, for another process to go on with; those that the system does not tell are
   * missing.
   */
  readonly descriptors: readonly number[];
  /** Resolves when the sockets are closed here, which `finish` begins with. */
  readonly stopped: Promise<unknown>;
  /** Leaves the paths of unix sockets to another process: `finish` does not remove them. */
  releasePaths(): void;
}

export interface BoundSocket {
  readonly kind: SocketWish['kind'];
  /** Of a unix socket, its path. */
  readonly address: string;
  /** Undefined for a unix socket. */
  readonly port: number | undefined;
}

/** A socket to receive on. */
export type SocketWish = DatagramWish | StreamWish;
export type DatagramWish = InternetWish<'udp'> | UnixWish<'unixgram'>;
/** One that brings lines, each with its line feed. */
export type StreamWish = InternetWish<'tcp'> | UnixWish<'unix'>;

export interface InternetWish<Kind> {
  readonly kind: Kind;
  /** IPv4 or IPv6 address, `::` for both. */
  readonly address: string;
  /** 0 lets the system pick one. */
  readonly port: number;
  readonly dialect: Dialect;
}

export interface UnixWish<Kind> {
  readonly kind: Kind;
  readonly path: string;
  /** File mode of the socket, such as 0o666; undefined leaves it to the umask. */
  readonly mode: number | undefined;
  readonly dialect: Dialect;
}

/** Lines of one dialect, from any number of sockets, made into aggregates in one place. */
export interface Collector extends Pick<Listener, 'seen' | 'dropped' | 'close' | 'descriptors' | 'stopped'> {
  readonly transport: string;
  /** 0 when it has no socket of its own. */
  readonly grantedBufferBytes: number;
  readonly sources: readonly LiveSource[];
  /** Takes lines of streams; resolves when it has. */
  take(pieces: readonly Piece[]): Promise<void>;
  /** As `Listener.collect`. What was lent before is moved out of the way first. */
  collect(): Promise<readonly ThreadSnapshot[]>;
  /** As `Listener.finish`; lines of streams must have been taken before. */
  finish(): Promise<readonly ThreadSnapshot[]>;
}
