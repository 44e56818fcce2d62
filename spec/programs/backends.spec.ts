import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { ask } from '../admin/console-client.js';
import { Goodall } from '../support/goodall.js';
import { Program } from '../support/program.js';
import { freeTcpPort, StatsdServer, sendDatagrams } from '../support/statsd-server.js';
import { temporaryFolder } from '../support/temporary.js';

/** A module for statsd that writes down, a line of JSON each, what it gets. */
const recorder = `
  const { appendFileSync } = require('node:fs');
  exports.init = (startupTime, config, events, logger) => {
    const write = (what) => appendFileSync(config.recorderFile || process.env.RECORDER_FILE, JSON.stringify(what) + '\\n');
    write({ init: [typeof startupTime, config.flushInterval, typeof logger.log] });
    events.on('flush', (timestamp, metrics) => {
      const sets = Object.entries(metrics.sets).map(([name, set]) => [name, set.values(), set.size()]);
      write({ flush: [timestamp, { ...metrics, sets }] });
    });
    events.on('packet', (packet, { address, family, size }) => {
      write({ packet: [Buffer.isBuffer(packet), packet.toString(), address, family, size] });
    });
    events.on('status', (callback) => callback(null, 'recorder', 'last_record', startupTime));
    return true;
  };`;

const datagrams = [
  'api.hits:1|c\napi.hits:2.5|c|@0.1\nweb:4|c',
  'api.time:320|ms|@0.5\napi.time:12.25|ms\napi.time:7|ms\nother:1|ms',
  'load:3|g\nload:-1|g\ntemp:20.5|g',
  'users:bob|s\nusers:al|s\nusers:bob|s\nusers:7|s',
  'nonsense\nalso:bad\ntagged:1|c|#zone:b\nx/y z:1|h',
];

interface Flushed {
  readonly timestamp: number;
  readonly metrics: Record<string, unknown> & { readonly counters: Record<string, number> };
}

function recorded(file: string): Record<string, unknown[]>[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

function flushesIn(file: string): Flushed[] {
  return recorded(file)
    .filter(({ flush }) => flush !== undefined)
    .map(({ flush }) => ({ timestamp: flush![0], metrics: flush![1] }) as Flushed);
}

/** The flush that all packets came in, and the next one; sends again until they came in one. */
async function afterSending(port: number, file: string, packetsCounter: string): Promise<Flushed[]> {
  for (;;) {
    const before = flushesIn(file).length;
    await sendDatagrams(port, datagrams);
    let flushes: Flushed[] = [];
    const heard = (): number =>
      flushes.reduce((sum, { metrics }) => sum + (metrics.counters[packetsCounter] ?? 0), 0);
    const last = (): number => flushes.at(-1)?.metrics.counters[packetsCounter] ?? 1;
    while (heard() < datagrams.length || last() > 0) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      flushes = flushesIn(file).slice(before);
    }
    const index = flushes.findIndex(({ metrics }) => metrics.counters[packetsCounter] === datagrams.length);
    if (index >= 0) return flushes.slice(index, index + 2);
  }
}

/** What two servers must agree on: not the time it took, and how late it was. */
function timeless({ metrics }: Flushed): object {
  const { statsd_metrics: own, gauges, ...rest } = metrics;
  const { 'statsd.timestamp_lag': _, ...others } = gauges as Record<string, number>;
  return { ...rest, gauges: others, own: Object.keys(own as object) };
}

describe('a server with backends', () => {
  const folder = temporaryFolder();
  const stops: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  it('hands a module what statsd hands it: flushes, idle series, packets', async function () {
    this.timeout(60_000);
    const module = folder.write('recorder.js', recorder);
    const [theirs, ours] = [folder.file('statsd.jsonl'), folder.file('goodall.jsonl')];
    const statsd = await StatsdServer.start(folder, {
      ...{ backends: [module], flushInterval: 1000, percentThreshold: [90, 50, -10], recorderFile: theirs },
    });
    stops.push(() => statsd.stop());
    const thresholds = ['90', '50', '-10'].map((threshold) => `--percent-threshold=${threshold}`);
    const options = ['--backends', module, ...thresholds, '--flush-interval', '1000', '--dialect', 'statsd'];
    const env = { RECORDER_FILE: ours };
    const goodall = await Goodall.start(folder.file('g.db'), options, { env });
    stops.push(() => goodall.stop());
    const expected = await afterSending(statsd.udpPort, theirs, 'statsd.packets_received');
    const got = await afterSending(goodall.udpPort, ours, 'statsd.packets_received');
    expect(got.map(timeless)).to.deep.equal(expected.map(timeless));
    expect(got.map((flush) => JSON.stringify(timeless(flush)))).to.deep.equal(
      expected.map((flush) => JSON.stringify(timeless(flush))),
    );
    const packets = (file: string): unknown[] =>
      recorded(file)
        .flatMap(({ packet }) => (packet === undefined ? [] : [packet]))
        .slice(0, datagrams.length);
    expect(packets(ours)).to.deep.equal(packets(theirs));
    expect(recorded(ours)[0]).to.deep.equal(recorded(theirs)[0]);
  });

  it('prints flushes on the console, shows the lines of all backends, and outlives one that fails', async function () {
    this.timeout(60_000);
    const recording = folder.write('recorder.js', recorder);
    const failing = folder.write(
      'failing.js',
      'exports.init = (t, c, e) => { e.on("flush", () => setTimeout(() => { throw new Error("broken"); })); return true; };',
    );
    const names = ['console', recording, failing, 'graphite'].flatMap((name) => ['--backends', name]);
    const options = [...names, '--flush-interval', '500', '--http-port', String(await freeTcpPort())];
    const env = { RECORDER_FILE: folder.file('r.jsonl') };
    const goodall = await Goodall.start(folder.file('g.db'), options, { env });
    stops.push(() => goodall.stop());
    await sendDatagrams(goodall.udpPort, ['hello:3|c']);
    await goodall.program.waitFor(/Flushing stats at {2}.*\n\{\n {2}counters: \{[^}]*hello: 3\n/);
    while (!/ended: broken; it is started again/.test(goodall.program.stderr)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const health = (await (await fetch(`http://127.0.0.1:${goodall.httpPort}/healthz`)).json()) as {
      readonly status: string;
      readonly backends: readonly { readonly name: string; readonly problem: string | null }[];
    };
    expect(health.status).to.equal('up');
    expect(health.backends.map(({ name }) => name)).to.deep.equal([
      'console',
      recording,
      failing,
      'graphite',
    ]);
    expect(health.backends.find(({ name }) => name === failing)?.problem).to.equal('broken');
    expect(goodall.program.stderr).to.include('graphite gets nothing, as there is no graphiteHost');
  });

  it('shows the lines that backends add to stats, as statsd does', async function () {
    this.timeout(60_000);
    const module = folder.write('recorder.js', recorder);
    const backends = ['console', module, 'graphite'];
    const statsd = await StatsdServer.start(folder, {
      backends: ['./backends/console', module, './backends/graphite'],
      recorderFile: folder.file('statsd.jsonl'),
    });
    stops.push(() => statsd.stop());
    const names = backends.flatMap((name) => ['--backends', name]);
    const env = { RECORDER_FILE: folder.file('r.jsonl') };
    const goodall = await Goodall.start(
      folder.file('g.db'),
      [...names, '--mgmt-port', String(await freeTcpPort())],
      { env },
    );
    stops.push(() => goodall.stop());
    const shown = async (port: number): Promise<string[]> =>
      (await ask(port, 'stats\n')).split('\n').map((line) => line.split(':')[0]!);
    const own = (await shown(goodall.mgmtPort)).filter((name) => name !== 'sqlite.last_flush');
    expect(own).to.deep.equal(await shown(statsd.mgmtPort));
  });

  it('ends at once when a module is not there, and says what to do', async () => {
    const program = new Program('goodall', ['--db', folder.file('g.db'), '--backends', './no-such-module']);
    const { code, stderr } = await program.finished;
    expect(code).to.equal(12);
    expect(stderr).to.include(
      '"./no-such-module" is not console, graphite or repeater, and no module of that name',
    );
    expect(existsSync(folder.file('g.db'))).to.equal(false);
  });
});
