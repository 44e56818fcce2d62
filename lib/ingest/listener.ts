import type { LiveView } from '../aggregate/live-view.js';
import type { Snapshot } from '../aggregate/snapshot.js';
import type { Seen } from './counts.js';
import type { PacketSink } from './packets.js';

/** Where datagrams are received and made into aggregates, by whatever transport. */
export interface Listener {
  /** What was bound. */
  readonly address: string;
  readonly port: number;
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
  /** Takes what has reached the system already, and gives away the open interval too. Nothing is received after it. */
  finish(): Promise<readonly Snapshot[]>;
  /** Datagrams that the system dropped for want of room, since the start; undefined where it does not tell. */
  dropped(): Promise<number | undefined>;
  close(): Promise<void>;
}

export interface ListenOptions {
  /** IPv4 or IPv6 address, `::` for both. */
  readonly address: string;
  /** 0 lets the system pick one. */
  readonly port: number;
  /** Bytes asked of the system for each receive buffer. */
  readonly receiveBufferBytes: number;
  /** Gets copies of all packets that are received; undefined when nobody wants them. */
  readonly onPackets?: PacketSink | undefined;
}
