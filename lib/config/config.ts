import type { LogLevel } from '../log.js';
import type { Dialect } from '../protocol/dialect.js';
import type { Transport } from '../transport/transports.js';
import type { Retention } from './retention.js';

/**
 * What the server runs with: validated, complete, frozen. Field names are the flags' in camel case;
 * `options.ts` has the default and the limits of each.
 */
export interface Config {
  /** UDP port; 0 lets the system pick one. */
  readonly port: number;
  readonly address: string;
  /** Path of the SQLite file. */
  readonly db: string;
  /** How long points are kept, and in which steps; the first is the flush interval. */
  readonly retention: Retention;
  /** Milliseconds; buckets start at its multiples of wall-clock time. */
  readonly flushInterval: number;
  /** Whether the server sends itself its host's numbers. */
  readonly probe: boolean;
  /** Milliseconds between two looks at the host. */
  readonly probeInterval: number;
  /** 0 disables HTTP. */
  readonly httpPort: number;
  readonly httpAddress: string;
  /** 0 disables the management console. */
  readonly mgmtPort: number;
  readonly mgmtAddress: string;
  readonly dialect: Dialect;
  readonly sanitizeNames: boolean;
  /** Relative accuracy of sketches, from 0.001 to 0.1. */
  readonly relativeAccuracy: number;
  /** Most series held in memory at once. */
  readonly maxSeries: number;
  /** Bytes asked of the system for the receive buffer. */
  readonly receiveBuffer: number;
  /** Name of this server in its database: tells servers apart that write to one store. */
  readonly source: string;
  /** How datagrams are received. */
  readonly transport: Transport;
  /** Receiving threads, with recvmmsg. */
  readonly workers: number;
  readonly logLevel: LogLevel;
}
