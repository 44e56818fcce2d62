import type { LogLevel } from '../log.js';
import type { Dialect } from '../protocol/dialect.js';
import type { Transport } from '../transport/transports.js';
import type { ListenerConfig } from './listener-config.js';
import type { Retention } from './retention.js';
import type { StatsdServerSettings, StatsdSettings } from './statsd-settings.js';

/**
 * What the server runs with: validated, complete, frozen. Field names are the flags' in camel case;
 * `options.ts` has the default and the limits of each, but of the last two.
 */
export interface Config {
  /** Whether datagrams are received on `address` and `port`. */
  readonly udp: boolean;
  /** UDP port; 0 lets the system pick one. */
  readonly port: number;
  readonly address: string;
  /** Sockets to receive on beside the UDP port. */
  readonly listen: readonly ListenerConfig[];
  /** Whether to go on with the sockets of the server that writes the same database, if there is one. */
  readonly takeOver: boolean;
  /** Path of the SQLite file. */
  readonly db: string;
  /** Whether a damaged database is moved aside and a new one started. */
  readonly dbRecover: boolean;
  /** Most points that wait in memory while the database cannot be written. */
  readonly maxWaiting: number;
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
  /** Most series with tags of one name; 0 is half of `maxSeries`. */
  readonly maxSeriesPerName: number;
  /** Milliseconds after which a series that is not heard leaves memory; 0 for never. */
  readonly idleSeries: number;
  /** Bytes asked of the system for the receive buffer. */
  readonly receiveBuffer: number;
  /** Name of this server in its database: tells servers apart that write to one store. */
  readonly source: string;
  /** How datagrams are received. */
  readonly transport: Transport;
  /** Receiving threads, with recvmmsg. */
  readonly workers: number;
  /** Where flushes go beside the database: `console`, `graphite`, `repeater`, or a module of statsd's interface. */
  readonly backends: readonly string[];
  /** Percentiles that backends get, in per cent; a negative one is the share at the top. */
  readonly percentThreshold: readonly number[];
  readonly logLevel: LogLevel;
  /** What only a config file can say, under statsd's names; `percentThreshold` is the same as above. */
  readonly statsd: StatsdSettings;
  readonly statsdServer: StatsdServerSettings;
}
