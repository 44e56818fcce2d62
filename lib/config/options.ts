import { hostname } from 'node:os';
import { logLevels } from '../log.js';
import { dialects } from '../protocol/dialect.js';
import { transports } from '../transport/transports.js';
import type { Config } from './config.js';
import {
  address,
  backendName,
  dayDivisorMs,
  decimal,
  durationMs,
  listOf,
  nameOf,
  oneOf,
  onOff,
  path,
  port,
  retention,
  wholeNumber,
} from './kinds.js';
import { listener } from './listener.js';
import type { Option } from './option.js';
import { defaultRetention } from './retention.js';
import { defaultStatsdSettings } from './statsd-settings.js';

/** statsd's settings have no flags: their keys stand in a file. */
export type OptionKey = Exclude<keyof Config, 'statsd' | 'statsdServer'>;

/** Every option of the server. The compiler holds this table to the fields of `Config`. */
export const options: { readonly [K in OptionKey]: Option<Config[K]> } = {
  udp: {
    group: 'Listening',
    kind: onOff,
    fallback: true,
    meaning: 'receive statsd datagrams on the UDP port',
  },
  port: {
    group: 'Listening',
    kind: port,
    fallback: 8125,
    meaning: 'UDP port for statsd datagrams; 0 lets the system pick one',
  },
  address: {
    group: 'Listening',
    kind: address,
    fallback: '0.0.0.0',
    meaning: 'address to receive datagrams on; :: takes IPv6 and IPv4',
  },
  listen: {
    group: 'Listening',
    kind: listOf('a list of listeners', listener),
    fallback: [],
    fallbackText: 'none',
    meaning: 'a further socket to receive on; may be given several times',
  },
  dialect: {
    group: 'Listening',
    kind: oneOf('a dialect', dialects),
    fallback: 'goodall',
    meaning: 'how lines are read where servers contradict each other: goodall, statsd or dogstatsd',
  },
  sanitizeNames: {
    group: 'Listening',
    kind: onOff,
    fallback: true,
    meaning: 'clean metric names as statsd does (not in the dogstatsd dialect)',
  },
  receiveBuffer: {
    group: 'Listening',
    kind: wholeNumber('a number of bytes', 4096, 1_073_741_823),
    fallback: 16 * 1024 * 1024,
    meaning: 'bytes of receive buffer to ask for; the system may grant less',
  },
  transport: {
    group: 'Listening',
    kind: oneOf('a transport', transports),
    fallback: 'auto',
    meaning: 'how datagrams are received: recvmmsg (Linux), dgram (anywhere), or auto, which picks',
  },
  workers: {
    group: 'Listening',
    kind: wholeNumber('a number of threads', 1, 64),
    fallback: 1,
    meaning: 'threads that receive, with recvmmsg; each has a socket on the one port',
  },
  takeOver: {
    group: 'Listening',
    kind: onOff,
    fallback: false,
    meaning: 'take over from the server that writes the same database, losing nothing; it ends then',
  },
  httpPort: {
    group: 'Listening',
    kind: port,
    fallback: 8080,
    meaning: 'TCP port of the HTTP listener; 0 disables it',
  },
  httpAddress: {
    group: 'Listening',
    kind: address,
    fallback: '127.0.0.1',
    meaning: 'address of the HTTP listener',
  },
  mgmtPort: {
    group: 'Listening',
    kind: port,
    fallback: 8126,
    meaning: 'TCP port of the management console; 0 disables it',
  },
  mgmtAddress: {
    group: 'Listening',
    kind: address,
    fallback: '127.0.0.1',
    meaning: 'address of the management console; whoever reaches it may delete metrics',
  },
  flushInterval: {
    group: 'Aggregation',
    kind: dayDivisorMs('a flush interval', 100, 3_600_000),
    fallback: 10_000,
    meaning: 'milliseconds a bucket lasts, and between two writes to the database',
  },
  relativeAccuracy: {
    group: 'Aggregation',
    kind: decimal('a relative accuracy', 0.001, 0.1),
    fallback: 0.01,
    meaning: 'error bound of percentiles, as a fraction of the value',
  },
  maxSeries: {
    group: 'Aggregation',
    kind: wholeNumber('a number of series', 1, 100_000_000),
    fallback: 1_000_000,
    meaning: 'most series held at once; samples of further ones go to overflow series',
  },
  maxSeriesPerName: {
    group: 'Aggregation',
    kind: wholeNumber('a number of series', 0, 100_000_000),
    fallback: 0,
    meaning: 'most series with tags that one name may have at once; 0: half of max-series',
  },
  idleSeries: {
    group: 'Aggregation',
    kind: durationMs('a time', 0, 2_592_000_000),
    fallback: 3_600_000,
    meaning: 'milliseconds after which a series that is not heard leaves memory; 0: never',
  },
  db: {
    group: 'Database',
    kind: path,
    fallback: 'goodall.db',
    meaning: 'SQLite file to write; created when it is not there',
  },
  dbRecover: {
    group: 'Database',
    kind: onOff,
    fallback: false,
    meaning: 'look for damage at the start; move a damaged file aside and start a new one',
  },
  maxWaiting: {
    group: 'Database',
    kind: wholeNumber('a number of points', 1000, 1_000_000_000),
    fallback: 2_000_000,
    meaning: 'most points held in memory while the database cannot be written',
  },
  retention: {
    group: 'Database',
    kind: retention,
    fallback: defaultRetention(10_000),
    fallbackText: '10s:24h,1m:30d,1h:2y, its first step being the flush interval',
    meaning: 'how long points are kept, and in which steps: the first step is the flush interval',
  },
  source: {
    group: 'Database',
    kind: nameOf('a name of a server', 255),
    fallback: hostname() || 'localhost',
    fallbackText: "the host's name",
    meaning: 'name of this server in the database',
  },
  backends: {
    group: 'Backends',
    kind: listOf('a list of backends', backendName),
    fallback: [],
    fallbackText: 'none',
    meaning: 'where flushes go beside the database: console, graphite, repeater or a module',
  },
  percentThreshold: {
    group: 'Backends',
    kind: listOf('a list of percentages', decimal('a percentage', -100, 100)),
    fallback: defaultStatsdSettings.percentThreshold,
    meaning: 'percentiles of timers for the backends, in per cent; a negative one is the top',
  },
  probe: {
    group: 'Host probe',
    kind: onOff,
    fallback: true,
    meaning: "record the numbers of the server's own host",
  },
  probeInterval: {
    group: 'Host probe',
    kind: durationMs('a probe interval', 100, 3_600_000),
    fallback: 10_000,
    meaning: 'milliseconds between two looks at the host',
  },
  logLevel: {
    group: 'Logging',
    kind: oneOf('a log level', logLevels),
    fallback: 'info',
    meaning: 'least severe kind of line to log: error, warn, info or debug',
  },
};

export const optionKeys = Object.keys(options) as readonly OptionKey[];

/** `flushInterval` as `flush-interval`: the flag without its dashes, and the word used in messages. */
export function flagName(key: OptionKey): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export const environmentPrefix = 'GOODALL_';

/** `flushInterval` as `GOODALL_FLUSH_INTERVAL`. */
export function environmentName(key: OptionKey): string {
  return `${environmentPrefix}${flagName(key).replaceAll('-', '_').toUpperCase()}`;
}

/** Whether the option takes no value on the command line, only `--x` and `--no-x`. */
export function isSwitch(key: OptionKey): boolean {
  return options[key].kind === onOff;
}

/** Whether each time that the option is given adds to it. */
export function isList(key: OptionKey): boolean {
  return options[key].kind.item !== undefined;
}

/** The default as a person reads it. */
export function fallbackText(key: OptionKey): string {
  const option = options[key];
  return option.fallbackText ?? (isSwitch(key) ? (option.fallback ? 'on' : 'off') : String(option.fallback));
}
