import type { Routes } from './routes.js';

/** Receives, and sends on to the nodes. */
export interface Forwarder {
  /** What was bound, for a person: `udp 127.0.0.1:8125 (recvmmsg)`. */
  readonly listener: string;
  /** Sends what comes from now on to these nodes. */
  use(routes: Routes): void;
  /** Datagrams that the system dropped for want of room, since the start; undefined where it does not tell. */
  dropped(): Promise<number | undefined>;
  /** Takes what has reached the system already, sends it on, and receives no more. */
  finish(): Promise<void>;
}

export interface ForwarderOptions {
  /** IPv4 or IPv6 address to listen on, `::` for both. */
  readonly address: string;
  /** 0 lets the system pick one. */
  readonly port: number;
  /** Bytes asked of the system for the receive buffer. */
  readonly receiveBufferBytes: number;
  /** Most names whose node is remembered. */
  readonly cacheSize: number;
}
