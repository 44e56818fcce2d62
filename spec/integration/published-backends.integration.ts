import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { Goodall } from '../support/goodall.js';
import { StatsdServer, sendDatagrams } from '../support/statsd-server.js';
import { makeTemporaryFolder } from '../support/temporary.js';
import { Sinks } from './sinks.js';

/** Modules as they are published, with what they need; statsd for its own three, and to compare with. */
const packages = [
  'statsd@0.9.0',
  'statsd-influxdb-backend@0.6.0',
  'statsd-librato-backend@2.0.16',
  'statsd-elasticsearch-backend@0.4.2',
  'statsd-opentsdb-backend@0.1.0',
  'statsd-udpkv-backend@0.2.1',
];

const modules = [
  ...['influxdb', 'librato', 'opentsdb', 'udpkv'].map((name) => `statsd-${name}-backend`),
  'statsd/backends/graphite.js',
  // Last: it writes into the metrics it is given, which in statsd, but not here, those behind it get to see.
  'statsd-elasticsearch-backend',
];

/** One datagram, so that no flush can come between its lines. */
const datagram = [
  'api.hits:1|c\napi.hits:2|c|@0.1\nweb:4|c',
  'api.time:320|ms|@0.5\napi.time:12.25|ms\napi.time:7|ms\nother:1|ms',
  'load:3|g\nload:-1|g\ntemp:20.5|g',
  'users:bob|s\nusers:al|s\nusers:7|s',
].join('\n');

/** Takes out when something was, and the servers' own numbers that tell how long they took. */
function timeless(text: string): string {
  return text
    .replace(/\{[^{}]*(?:processing_time|timestamp_lag|flush_time|flush_length|numStats)[^{}]*\},?/g, '')
    .replace(/^.*(?:processing_time|timestamp_lag|calculationtime|Stats\.|numStats).*\n?/gm, '')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/\b1\d{9}(?:\d{3}|\.\d+)?\b/g, 'TIME')
    .replace(/i-\d{4}\.\d\d\.\d\d/g, 'INDEX');
}

/** What a sink got of the interval with the samples, however often it came. */
const withSamples = (texts: readonly string[]): string[] => {
  const marks = /hits[^\n]*\b(21|2\.1)\b|"?api\.time/;
  return [...new Set(texts.map(timeless))].filter((text) => marks.test(text)).sort();
};

describe('backends as they are published', function () {
  this.timeout(180_000);
  const folder = makeTemporaryFolder();
  let stops: (() => Promise<unknown>)[] = [];

  before(() => {
    folder.write('package.json', '{ "private": true }');
    const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--no-progress', ...packages];
    execFileSync('npm', args, { cwd: folder.path, stdio: ['ignore', 'ignore', 'inherit'] });
  });
  afterEach(async () => {
    for (const stop of stops) await stop();
    stops = [];
  });
  after(() => folder.remove());

  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 50));
  };

  /** Runs both servers with the same backends until each has flushed the datagram. */
  async function run(backends: readonly string[]) {
    const common = { flushInterval: 1000, percentThreshold: [90], debug: false, backends };
    const [theirs, ours] = [new Sinks(), new Sinks()];
    stops.push(
      () => theirs.close(),
      () => ours.close(),
    );
    const script = `${folder.path}/node_modules/statsd/stats.js`;
    const statsd = await StatsdServer.start(folder, { ...common, ...(await theirs.open()) }, script);
    stops.unshift(() => statsd.stop());
    const config = folder.write('goodall.js', `(${JSON.stringify({ ...common, ...(await ours.open()) })})`);
    const goodall = await Goodall.start(folder.file('g.db'), [config]);
    stops.unshift(() => goodall.stop());
    const flushed = ({ received }: Sinks, times: number): boolean => received.graphite.length >= times;
    // After a first flush, which has no lag yet.
    await until(() => flushed(theirs, 2) && flushed(ours, 2));
    await sendDatagrams(statsd.udpPort, [datagram]);
    await sendDatagrams(goodall.udpPort, [datagram]);
    const counts = [theirs.received.graphite.length, ours.received.graphite.length];
    await until(() => flushed(theirs, counts[0]! + 4) && flushed(ours, counts[1]! + 4));
    expect(goodall.program.stderr).to.not.include('ended');
    return { theirs, ours, statsd, goodall };
  }

  it('send from Goodall what they send from statsd', async () => {
    const { theirs, ours } = await run(modules);
    for (const name of Object.keys(theirs.received) as (keyof Sinks['received'])[]) {
      const expected = withSamples(theirs.received[name]);
      expect(expected, `${name} from statsd`).to.not.have.length(0);
      expect(withSamples(ours.received[name]), name).to.deep.equal(expected);
    }
  });

  const own = ['console', 'graphite', 'repeater'];
  for (const [whose, names] of [
    ['Goodall', own.map((name) => `./backends/${name}`)],
    ['statsd', own.map((name) => `statsd/backends/${name}.js`)],
  ] as const) {
    it(`do in Goodall what they do in statsd, when they are the three of ${whose}`, async () => {
      const { theirs, ours, statsd, goodall } = await run(names);
      expect(withSamples(ours.received.graphite)).to.deep.equal(withSamples(theirs.received.graphite));
      expect(theirs.received.udpkv).to.deep.equal([datagram]);
      expect(ours.received.udpkv).to.deep.equal([datagram]);
      const printed = [statsd.stdout, goodall.program.stdout].map((text) =>
        text
          .split(/^Flushing stats at .*$/m)
          .find((flush) => flush.includes("'api.hits': 21"))
          ?.replace(/'statsd.timestamp_lag': \S+/, ''),
      );
      expect(printed[0]).to.include("users: [ '7', 'bob', 'al' ]");
      expect(printed[1]).to.equal(printed[0]);
    });
  }
});
