import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect } from 'chai';
import { GraphiteBackend } from '../../lib/backends/graphite.js';
import { graphiteSettings } from '../../lib/backends/graphite-settings.js';
import { systemClock } from '../../lib/clock.js';
import { defaultStatsdSettings } from '../../lib/config/statsd-settings.js';
import type { StatsdFlush } from '../../lib/flush/statsd-metrics.js';
import { sampleFlush } from './sample-flush.js';
import { TcpSink } from './tcp-sink.js';

const require = createRequire(import.meta.url);
const startupTime = 1_699_999_990;

interface Module {
  init(startupTime: number, config: object, events: EventEmitter, logger: object): boolean;
}

/** What statsd's own backend sends of a flush. It keeps its settings in the module, which is loaded anew. */
async function sentByStatsd(sink: TcpSink, raw: object, flush: StatsdFlush): Promise<Buffer> {
  const path = require.resolve('statsd/backends/graphite.js');
  delete require.cache[path];
  const events = new EventEmitter();
  const before = sink.ended.length;
  expect((require(path) as Module).init(startupTime, { ...raw }, events, { log: () => {} })).to.equal(true);
  events.emit('flush', flush.timestamp, flush.metrics);
  return sink.received(before);
}

function ours(raw: Readonly<Record<string, unknown>>, intervalMs = 10_000): GraphiteBackend {
  const prefixStats = (raw.prefixStats as string | undefined) ?? 'statsd';
  const settings = graphiteSettings({ ...defaultStatsdSettings, raw, prefixStats });
  return new GraphiteBackend({ settings, clock: systemClock, intervalMs, startupTime });
}

/** Takes away what tells when it was sent and how long that took. */
function timeless(sent: Buffer): string {
  return sent
    .toString()
    .replace(/(calculationtime\S* )\d+/, '$1T')
    .replace(/(graphiteStats\.(?:last|flush)_\S* \d+) \d+/g, '$1 T')
    .replace(/(calculationtime[^']*'\n\(L\d+L\nS)'\d+'/, "$1'T'")
    .replace(/(graphiteStats\.(?:last|flush)_[^']*'\n\(L)\d+/g, '$1T');
}

const variants: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'by default': {},
  'without counts': { flush_counts: false },
  'with a suffix and a prefix for its own numbers': {
    graphite: { globalSuffix: 'host1' },
    prefixStats: 'own',
  },
  'in the new namespace': { graphite: { legacyNamespace: false } },
  'in the new namespace, with everything renamed': {
    graphite: {
      ...{
        legacyNamespace: false,
        globalPrefix: 'g',
        prefixCounter: 'c',
        prefixTimer: '',
        prefixGauge: 'ga',
      },
      ...{ prefixSet: 'se', globalSuffix: 'suf' },
    },
    prefixStats: 'own.numbers',
  },
  'in the new namespace, with no global prefix and no counts': {
    graphite: { legacyNamespace: false, globalPrefix: '' },
    flush_counts: false,
  },
};

describe('the Graphite backend', () => {
  let sink: TcpSink;
  let port: number;
  beforeEach(async () => {
    sink = new TcpSink();
    port = await sink.listen();
  });
  afterEach(() => sink.close());

  for (const [title, raw] of Object.entries(variants)) {
    it(`sends the lines that statsd sends, ${title}`, async () => {
      const config = { ...raw, graphiteHost: '127.0.0.1', graphitePort: port };
      const expected = await sentByStatsd(sink, config, sampleFlush());
      await ours(config).flush(sampleFlush());
      expect(timeless(sink.ended[1]!)).to.equal(timeless(expected));
    });

    it(`sends the pickles that statsd sends, ${title}`, async () => {
      const addresses = { graphiteHost: '127.0.0.1', graphitePicklePort: port, graphiteProtocol: 'pickle' };
      const config = { ...raw, ...addresses };
      const expected = await sentByStatsd(sink, config, sampleFlush());
      await ours(config).flush(sampleFlush());
      const [theirs, own] = [expected, sink.ended[1]!];
      expect(own.readUInt32BE(0)).to.equal(own.length - 4);
      expect(timeless(own.subarray(4))).to.equal(timeless(theirs.subarray(4)));
    });
  }

  it('cleans names that were let in as they were sent, so that none can end its line', async () => {
    const config = { graphiteHost: '127.0.0.1', graphitePort: port };
    const flush = sampleFlush();
    const odd = { 'a b/c é;k=x y\n2 3 4': 1 };
    await ours(config).flush({ ...flush, metrics: { ...flush.metrics, gauges: odd } });
    expect(sink.ended[0]!.toString()).to.include('\nstats.gauges.a_b-c_;k=x_y_2_3_4 1 1700000000\n');
  });

  it('cuts pickles where Carbon would refuse a longer one', async () => {
    const flush = sampleFlush();
    const gauges = Object.fromEntries(Array.from({ length: 40_000 }, (_, i) => [`gauge.number.${i}`, i]));
    await ours({ graphiteHost: '127.0.0.1', graphitePicklePort: port, graphiteProtocol: 'pickle' }).flush({
      ...flush,
      metrics: { ...flush.metrics, gauges },
    });
    const sent = sink.ended[0]!;
    const frames: Buffer[] = [];
    for (let at = 0; at < sent.length; at += 4 + sent.readUInt32BE(at)) {
      frames.push(sent.subarray(at + 4, at + 4 + sent.readUInt32BE(at)));
    }
    expect(frames.length).to.be.greaterThan(1);
    expect(frames.every((frame) => frame.length <= 2 ** 20 && frame.toString().startsWith('(l('))).to.equal(
      true,
    );
    const names = frames.flatMap(
      (frame) => frame.toString().match(/stats\.gauges\.gauge\.number\.\d+/g) ?? [],
    );
    expect(new Set(names).size).to.equal(40_000);
  });

  it('tells the console when it last flushed, how long it took and how much it was', async () => {
    const backend = ours({ graphiteHost: '127.0.0.1', graphitePort: port });
    const shown = async () => (await backend.status()).map(({ group, name, value }) => [group, name, value]);
    expect(await shown()).to.deep.equal([
      ['graphite', 'last_flush', startupTime],
      ['graphite', 'last_exception', 0],
      ['graphite', 'flush_time', 0],
      ['graphite', 'flush_length', 0],
    ]);
    await backend.flush(sampleFlush());
    const after = new Map((await shown()).map(([, name, value]) => [name, value]));
    expect(after.get('last_flush')).to.be.greaterThan(startupTime);
    expect(after.get('flush_length')).to.equal(sink.ended[0]!.length);
    expect(after.get('last_exception')).to.equal(0);
  });

  it('throws flushes away when no host is named, as statsd does', async () => {
    await ours({}).flush(sampleFlush());
    expect(sink.ended).to.have.length(0);
  });
});

describe('the Graphite backend, when its receiver fails', () => {
  const failed = async (backend: GraphiteBackend): Promise<string> =>
    backend.flush(sampleFlush()).then(
      () => 'taken',
      (error: Error) => error.message,
    );

  it('does not take the flush when nobody answers, and says when', async () => {
    const sink = new TcpSink();
    const port = await sink.listen();
    await sink.close();
    const backend = ours({ graphiteHost: '127.0.0.1', graphitePort: port });
    expect(await failed(backend)).to.include('ECONNREFUSED');
    const status = await backend.status();
    expect(status.find(({ name }) => name === 'last_exception')?.value).to.be.greaterThan(startupTime);
    expect(status.find(({ name }) => name === 'last_flush')?.value).to.equal(startupTime);
    const again = new TcpSink();
    await again.listen(port);
    await backend.flush(sampleFlush());
    expect(again.ended).to.have.length(1);
    await again.close();
  });

  it('does not take the flush when the connection is reset', async () => {
    const sink = new TcpSink((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const port = await sink.listen();
    const gauges = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`g${i}`, i]));
    const backend = ours({ graphiteHost: '127.0.0.1', graphitePort: port });
    const flush = sampleFlush();
    let error = '';
    await backend.flush({ ...flush, metrics: { ...flush.metrics, gauges } }).catch((thrown: Error) => {
      error = thrown.message;
    });
    expect(error).to.match(/ECONNRESET|EPIPE/);
    await sink.close();
  });

  it('does not take the flush when the receiver closes before it has everything', async () => {
    const sink = new TcpSink((socket) => socket.once('data', () => socket.end()));
    const port = await sink.listen();
    const gauges = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`g${i}`, i]));
    const backend = ours({ graphiteHost: '127.0.0.1', graphitePort: port });
    const flush = sampleFlush();
    let error = '';
    await backend.flush({ ...flush, metrics: { ...flush.metrics, gauges } }).catch((thrown: Error) => {
      error = thrown.message;
    });
    expect(error).to.match(/closed the connection too early|ECONNRESET|EPIPE/);
    await sink.close();
  });

  it('takes the flush as taken when the receiver has it and merely keeps its side open', async () => {
    const sink = new TcpSink((socket) => {
      socket.allowHalfOpen = true;
    });
    const port = await sink.listen();
    await ours({ graphiteHost: '127.0.0.1', graphitePort: port }).flush(sampleFlush());
    expect(sink.ended[0]!.toString()).to.match(/flush_length 0 \d+\n$/);
    await sink.close();
  });

  it('has not waited for long when the next flush is due', async () => {
    const connected: Socket[] = [];
    // Takes connections and reads nothing, so that it never learns that they have ended.
    const deaf = createServer({ pauseOnConnect: true }, (socket) => connected.push(socket));
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
    const { port } = deaf.address() as AddressInfo;
    const graphite = ours({ graphiteHost: '127.0.0.1', graphitePort: port }, 200);
    for (let i = 0; i < 3; i++) await graphite.flush(sampleFlush());
    expect(connected).to.have.lengthOf(3);
    for (const socket of connected) socket.destroy();
    deaf.close();
  });
});
