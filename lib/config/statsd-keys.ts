import { decimal, durationMs, type Kind, oneOf, onOff, path, port, wholeNumber } from './kinds.js';
import type { OptionKey } from './options.js';
import { histograms, host, hosts, type Mapping, mapping, text, textOrFalse, texts } from './statsd-kinds.js';

/** A key of statsd's configuration that is no option of Goodall under another name. */
export interface StatsdKey {
  readonly kind: Kind<unknown>;
  /** Of an object, the kinds of its parts; others are passed on to backends. */
  readonly parts?: Readonly<Record<string, Kind<unknown>>>;
  /** Says why a value is not followed; undefined when it is. */
  readonly unfollowed?: (value: unknown) => string | undefined;
}

/** The options that statsd has too, by its names for them. */
export const statsdOptions: ReadonlyMap<string, OptionKey> = new Map<string, OptionKey>([
  ['port', 'port'],
  ['address', 'address'],
  ['mgmt_port', 'mgmtPort'],
  ['mgmt_address', 'mgmtAddress'],
  ['keyNameSanitize', 'sanitizeNames'],
  ['flushInterval', 'flushInterval'],
  ['percentThreshold', 'percentThreshold'],
  ['backends', 'backends'],
]);

/** The keys that say what is listened on, beside `address` and `port`. */
export const serverKeys: readonly string[] = ['servers', 'server', 'address_ipv6', 'socket', 'socket_mod'];

const graphiteParts: StatsdKey['parts'] = {
  legacyNamespace: onOff,
  globalPrefix: text,
  prefixCounter: text,
  prefixTimer: text,
  prefixGauge: text,
  prefixSet: text,
  globalSuffix: text,
};

/** Every other key that statsd documents. */
export const statsdKeys: ReadonlyMap<string, StatsdKey> = new Map<string, StatsdKey>([
  ['debug', { kind: onOff }],
  ['title', { kind: textOrFalse }],
  ['healthStatus', { kind: oneOf('a health status', ['up', 'down']) }],
  ['dumpMessages', { kind: onOff }],
  ['flush_counts', { kind: onOff }],
  [
    'keyFlush',
    {
      kind: mapping,
      parts: {
        interval: durationMs('an interval', 0, 2_147_483_647),
        percent: decimal('a percentage', 0, 100),
        log: path,
      },
    },
  ],
  ['deleteIdleStats', { kind: onOff }],
  ['deleteGauges', { kind: onOff }],
  ['deleteTimers', { kind: onOff }],
  ['deleteSets', { kind: onOff }],
  ['deleteCounters', { kind: onOff }],
  ['gaugesMaxTTL', { kind: wholeNumber('a number of flushes', 0, 1_000_000_000) }],
  ['prefixStats', { kind: text }],
  ['calculatedTimerMetrics', { kind: texts }],
  ['histogram', { kind: histograms }],
  ['console', { kind: mapping, parts: { prettyprint: onOff } }],
  [
    'log',
    {
      kind: mapping,
      parts: { backend: oneOf('a place to log to', ['stdout', 'syslog']), application: text, level: text },
      unfollowed: loggingIsElsewhere,
    },
  ],
  ['graphiteHost', { kind: host }],
  ['graphitePort', { kind: port }],
  ['graphitePicklePort', { kind: port }],
  ['graphiteProtocol', { kind: oneOf('a protocol', ['text', 'pickle']) }],
  ['graphite', { kind: mapping, parts: graphiteParts }],
  ['repeater', { kind: hosts }],
  ['repeaterProtocol', { kind: oneOf('a protocol', ['udp4', 'udp6', 'tcp']) }],
  ['automaticConfigReload', { kind: onOff }],
]);

function loggingIsElsewhere(value: unknown): string | undefined {
  return (value as Mapping).backend === 'syslog'
    ? 'Goodall logs to standard error, which systemd and logger(1) take to syslog'
    : undefined;
}
