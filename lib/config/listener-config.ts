import type { Dialect } from '../protocol/dialect.js';

/** A socket to receive on beside the UDP port: `tcp://127.0.0.1:8125`, `unix:/run/x.sock?dialect=dogstatsd`. */
export type ListenerConfig = InternetListenerConfig | UnixListenerConfig;

export interface InternetListenerConfig {
  readonly kind: 'udp' | 'tcp';
  readonly address: string;
  /** 0 lets the system pick one. */
  readonly port: number;
  /** Undefined for the server's. */
  readonly dialect: Dialect | undefined;
}

/** `unix` is a stream of lines, `unixgram` takes datagrams. */
export interface UnixListenerConfig {
  readonly kind: 'unix' | 'unixgram';
  readonly path: string;
  /** File mode of the socket, such as 0o666; undefined leaves it to the umask. */
  readonly mode: number | undefined;
  readonly dialect: Dialect | undefined;
}
