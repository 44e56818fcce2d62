import { expect } from 'chai';
import type { Config } from '../../lib/config/config.js';
import { type LoadedConfig, loadConfig } from '../../lib/config/load.js';
import { temporaryFolder } from '../support/temporary.js';

/** What a key and value come to, as a part of the configuration. */
type Part = (config: Config) => unknown;

const raw =
  (key: string): Part =>
  ({ statsd }) =>
    statsd.raw[key];

describe('each key of statsd', () => {
  const files = temporaryFolder();
  const load = (text: string): Promise<LoadedConfig> =>
    loadConfig({ flags: {}, env: {}, file: files.write('keys.js', `{ ${text} }`) });

  const rows: readonly (readonly [text: string, part: Part, value: unknown])[] = [
    ["address: '127.0.0.1'", ({ address }) => address, '127.0.0.1'],
    ["address: 'localhost'", ({ address }) => address, '127.0.0.1'],
    ['address_ipv6: true', ({ address }) => address, '::'],
    ['port: 9125', ({ port }) => port, 9125],
    ["port: '9125'", ({ port }) => port, 9125],
    ["mgmt_address: '0.0.0.0'", ({ mgmtAddress }) => mgmtAddress, '0.0.0.0'],
    ['mgmt_port: 9126', ({ mgmtPort }) => mgmtPort, 9126],
    ["title: 'ours'", ({ statsdServer }) => statsdServer.title, 'ours'],
    ['title: false', ({ statsdServer }) => statsdServer.title, undefined],
    ["healthStatus: 'down'", ({ statsdServer }) => statsdServer.healthStatus, 'down'],
    ['debug: true', ({ logLevel }) => logLevel, 'debug'],
    ["debug: true, logLevel: 'warn'", ({ logLevel }) => logLevel, 'warn'],
    ['flushInterval: 2000', ({ flushInterval }) => flushInterval, 2000],
    ['percentThreshold: 95', ({ percentThreshold }) => percentThreshold, [95]],
    ['percentThreshold: [90, -10, 99.9]', ({ statsd }) => statsd.percentThreshold, [90, -10, 99.9]],
    ['percentThreshold: 95', raw('percentThreshold'), 95],
    ['flush_counts: false', raw('flush_counts'), false],
    [
      "keyFlush: { interval: 5000, percent: 10, log: '/tmp/keys' }",
      ({ statsdServer }) => statsdServer.keyFlush,
      { intervalMs: 5000, percent: 10, log: '/tmp/keys' },
    ],
    [
      'keyFlush: { interval: 5000 }',
      ({ statsdServer }) => statsdServer.keyFlush,
      { intervalMs: 5000, percent: 100, log: undefined },
    ],
    ['keyFlush: { percent: 10 }', ({ statsdServer }) => statsdServer.keyFlush, undefined],
    ['deleteIdleStats: true', ({ statsd }) => statsd.deleteTimers && statsd.deleteIdleStats, true],
    ['deleteIdleStats: true, deleteGauges: false', ({ statsd }) => statsd.deleteGauges, false],
    ['deleteGauges: true', ({ statsd }) => [statsd.deleteGauges, statsd.deleteSets], [true, false]],
    ['deleteTimers: true', ({ statsd }) => statsd.deleteTimers, true],
    ['deleteSets: true', ({ statsd }) => statsd.deleteSets, true],
    ['deleteCounters: true', raw('deleteCounters'), true],
    ['gaugesMaxTTL: 5', raw('gaugesMaxTTL'), 5],
    ['gaugesMaxTTL: 0', raw('gaugesMaxTTL'), 1],
    ["prefixStats: 'ours'", ({ statsd }) => statsd.prefixStats, 'ours'],
    ['keyNameSanitize: false', ({ sanitizeNames }) => sanitizeNames, false],
    [
      "calculatedTimerMetrics: ['count', 'upper_percent']",
      ({ statsd }) => statsd.calculatedTimerMetrics,
      ['count', 'upper_percent'],
    ],
    ['calculatedTimerMetrics: []', ({ statsd }) => statsd.calculatedTimerMetrics, undefined],
    ['console: { prettyprint: false }', raw('console'), { prettyprint: false }],
    ["log: { backend: 'stdout', level: 'LOG_INFO' }", raw('log'), { backend: 'stdout', level: 'LOG_INFO' }],
    ["graphiteHost: 'graphite.example.com'", raw('graphiteHost'), 'graphite.example.com'],
    ['graphitePort: 2013', raw('graphitePort'), 2013],
    ['graphitePicklePort: 2014', raw('graphitePicklePort'), 2014],
    ["graphiteProtocol: 'pickle'", raw('graphiteProtocol'), 'pickle'],
    [
      "graphite: { legacyNamespace: false, globalPrefix: '', globalSuffix: 'a' }",
      raw('graphite'),
      { legacyNamespace: false, globalPrefix: '', globalSuffix: 'a' },
    ],
    [
      "graphite: { prefixCounter: 'c', prefixTimer: 't', prefixGauge: 'g', prefixSet: 's' }",
      raw('graphite'),
      { prefixCounter: 'c', prefixTimer: 't', prefixGauge: 'g', prefixSet: 's' },
    ],
    ["repeater: [{ host: '10.0.0.1', port: 8125 }]", raw('repeater'), [{ host: '10.0.0.1', port: 8125 }]],
    ["repeaterProtocol: 'tcp'", raw('repeaterProtocol'), 'tcp'],
    [
      "histogram: [{ metric: '', bins: [10, 1e3, 'inf'] }]",
      ({ statsd }) => statsd.histogram,
      [{ metric: '', bins: [10, 1000, 'inf'] }],
    ],
    ['dumpMessages: true', ({ statsdServer }) => statsdServer.dumpMessages, true],
    ['automaticConfigReload: false', ({ statsdServer }) => statsdServer.automaticConfigReload, false],
    [
      "backends: ['./backends/console', './backends/repeater.js', './mine', 'npm-backend']",
      ({ backends }) => backends,
      ['console', 'repeater', './mine', 'npm-backend'],
    ],
  ];
  for (const [text, part, value] of rows) {
    it(`is followed: ${text}`, async () => {
      const { config, warnings } = await load(text);
      expect(part(config)).to.deep.equal(value);
      expect(warnings).to.deep.equal([]);
    });
  }

  const unfollowed: readonly (readonly [text: string, key: string, reason: RegExp])[] = [
    [
      "log: { backend: 'syslog' }",
      'log',
      /Goodall logs to standard error, which systemd and logger\(1\) take/,
    ],
  ];
  for (const [text, key, reason] of unfollowed) {
    it(`is named with the reason when it is not followed: ${text}`, async () => {
      const { warnings } = await load(text);
      expect(warnings).to.have.length(1);
      expect(warnings[0])
        .to.match(reason)
        .and.to.match(new RegExp(`^${key} \\(from .*, line 1\\) is not followed: `));
    });
  }

  const wrong: readonly (readonly [text: string, message: string])[] = [
    ['port: "a"', 'port: a (FILE) is not a port: a whole number from 0 to 65535'],
    ['mgmt_port: 70000', 'mgmt-port: 70000 (FILE) is not a port'],
    ['flushInterval: "soon"', 'flush-interval: soon (FILE) is not a flush interval'],
    ['percentThreshold: [90, "x"]', 'percent-threshold: x (FILE) is not a percentage'],
    ['title: 5', 'title: 5 (FILE) is not a title: text, or false for none'],
    ['healthStatus: "sick"', 'healthStatus: sick (FILE) is not a health status: up or down'],
    ['deleteIdleStats: "never"', 'deleteIdleStats: never (FILE) is not a switch'],
    ['gaugesMaxTTL: -1', 'gaugesMaxTTL: -1 (FILE) is not a number of flushes'],
    ['keyFlush: 5', 'keyFlush: 5 (FILE) is not an object'],
    ['keyFlush: { percent: 101 }', 'keyFlush.percent: 101 (FILE) is not a percentage'],
    ['graphite: { globalPrefix: 5 }', 'graphite.globalPrefix: 5 (FILE) is not text'],
    ['graphitePort: [1]', 'graphitePort: a list (FILE) is not a port'],
    ['graphiteHost: 5', 'graphiteHost: 5 (FILE) is not a host'],
    ['graphiteProtocol: "udp"', 'graphiteProtocol: udp (FILE) is not a protocol: text or pickle'],
    ['console: true', 'console: true (FILE) is not an object'],
    ['log: { backend: "file" }', 'log.backend: file (FILE) is not a place to log to: stdout or syslog'],
    ['repeater: { host: "a", port: 1 }', 'repeater: a mapping (FILE) is not a list of hosts'],
    ['repeater: [{ host: "a" }]', 'repeater: a list (FILE) is not a list of hosts'],
    ['histogram: [{ metric: "a", bins: [2, 1] }]', 'histogram: a list (FILE) is not a list of histograms'],
    ['calculatedTimerMetrics: "count"', 'calculatedTimerMetrics: count (FILE) is not a list of texts'],
    ['backends: [5]', 'backends: 5 (FILE) is not a name of a backend'],
    ['mgmt_port: 1, mgmtPort: 2', 'mgmtPort: 2 (FILE) repeats line 1; keep one of them'],
  ];
  for (const [text, message] of wrong) {
    it(`is refused in one line: ${text}`, async () => {
      const fault = await load(text).then(
        () => 'loaded',
        (error: Error) => error.message,
      );
      expect(fault).to.include(message.replace('FILE', `from ${files.file('keys.js')}, line 1`));
      expect(fault).to.not.match(/\n/);
    });
  }
});
