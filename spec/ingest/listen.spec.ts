import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, createServer, type NetConnectOpts } from 'node:net';
import { expect } from 'chai';
import type { Snapshot } from '../../lib/aggregate/snapshot.js';
import { systemClock } from '../../lib/clock.js';
import { ListenerBindError } from '../../lib/errors.js';
import { type ListenOptions, listen } from '../../lib/ingest/listen.js';
import type { Listener, SocketWish } from '../../lib/ingest/listener.js';
import { MetricType, metricTypeNames } from '../../lib/metric.js';
import { loadLibc } from '../../lib/transport/libc.js';
import { temporaryFolder } from '../support/temporary.js';

const loopback = { address: '127.0.0.1', port: 0 } as const;

function optionsOf(
  transport: ListenOptions['transport'],
  sockets: readonly SocketWish[],
  workers = 1,
): ListenOptions {
  return {
    transport,
    sockets,
    receiveBufferBytes: 1 << 22,
    workers,
    maxMemoryBytes: 2 ** 28,
    clock: systemClock,
    onError: (error) => {
      throw error;
    },
    onTrouble: () => {},
    ingest: {
      sanitizeNames: true,
      maxSeries: 100_000,
      intervalMs: 3_600_000,
      sketch: {},
      gauges: [{ series: { name: 'restored', type: MetricType.Gauge, tags: [] }, last: 40 }],
    },
  };
}

async function datagram(port: number, text: string): Promise<void> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) =>
    socket.send(text, port, '127.0.0.1', (error) => (error === null ? resolve() : reject(error))),
  );
  socket.close();
}

async function stream(to: NetConnectOpts, text: string): Promise<void> {
  const socket = connect(to);
  await once(socket, 'connect');
  socket.end(text);
  await once(socket.resume(), 'close');
}

/** Every series with what it came to: sum of a counter, last of a gauge, count of the rest. */
function values(snapshots: readonly Snapshot[]): Record<string, number> {
  const points = snapshots.flatMap((snapshot) => [...snapshot.points]);
  return Object.fromEntries(
    points.map(({ series, partial }) => {
      const type = metricTypeNames[partial.type];
      const value =
        'last' in partial
          ? partial.last
          : partial.type === MetricType.Counter
            ? partial.sum
            : 'count' in partial
              ? partial.count
              : 0;
      return [`${type} ${series.name}`, value];
    }),
  );
}

const portOf = (listener: Listener, i: number): number => listener.bound[i]!.port!;

function hasLibc(): boolean {
  try {
    loadLibc();
    return true;
  } catch {
    return false;
  }
}

for (const transport of ['recvmmsg', 'dgram'] as const) {
  describe(`the listeners of a server, by ${transport}`, () => {
    const folder = temporaryFolder();

    before(function () {
      if (transport === 'recvmmsg' && !hasLibc()) this.skip();
    });

    it('feed the same series, whatever socket they come by', async () => {
      const path = folder.file('lines.sock');
      const listener = await listen(
        optionsOf(transport, [
          { kind: 'udp', ...loopback, dialect: 'goodall' },
          { kind: 'udp', ...loopback, dialect: 'goodall' },
          { kind: 'tcp', ...loopback, dialect: 'goodall' },
          { kind: 'unix', path, mode: undefined, dialect: 'goodall' },
        ]),
      );
      expect(listener.bound.map(({ kind }) => kind)).to.deep.equal(['udp', 'udp', 'tcp', 'unix']);
      expect(listener.bound[3]).to.deep.include({ address: path, port: undefined });
      await datagram(portOf(listener, 0), 'hits:1|c\nlevel:10|g\nbad');
      await datagram(portOf(listener, 1), 'hits:2|c');
      await stream({ port: portOf(listener, 2), host: '127.0.0.1' }, 'hits:4|c\nworse\nrestored:+2|g');
      await stream({ path }, 'hits:8|c\nworst');
      const snapshots = await listener.finish();
      expect(values(snapshots)).to.deep.equal({
        'counter hits': 15,
        'gauge level': 10,
        'gauge restored': 42,
      });
      const [snapshot] = snapshots;
      expect(snapshot!.counts).to.deep.include({ lines: 9, badLines: { no_value: 3 }, datagrams: 6 });
      expect(new Map(snapshot!.badLines.map(({ sender, count }) => [sender, count]))).to.deep.equal(
        new Map([
          ['127.0.0.1', 2],
          [`unix:${path}`, 1],
        ]),
      );
      expect(existsSync(path)).to.equal(false);
      await listener.close();
    });

    it('read lines in the dialect of the socket, and make one snapshot of all', async () => {
      const listener = await listen(
        optionsOf(transport, [
          { kind: 'udp', ...loopback, dialect: 'goodall' },
          { kind: 'udp', ...loopback, dialect: 'statsd' },
          { kind: 'tcp', ...loopback, dialect: 'dogstatsd' },
        ]),
      );
      await datagram(portOf(listener, 0), 'n:1|h\nboth:1|c');
      await datagram(portOf(listener, 1), 'n:5|h\nboth:1|c');
      await stream({ port: portOf(listener, 2), host: '127.0.0.1' }, 'restored:+1|g\nboth:1|c');
      const snapshots = await listener.finish();
      expect(snapshots).to.have.length(1);
      expect(values(snapshots)).to.deep.equal({
        'distribution n': 1,
        'counter n': 5,
        'counter both': 3,
        'gauge restored': 1,
      });
      expect(await listener.dropped()).to.equal(0);
      await listener.close();
    });

    it('are seen as one', async () => {
      const listener = await listen(
        optionsOf(transport, [
          { kind: 'udp', ...loopback, dialect: 'goodall' },
          { kind: 'tcp', ...loopback, dialect: 'statsd' },
        ]),
      );
      await datagram(portOf(listener, 0), 'both:1|c\nbad');
      await stream({ port: portOf(listener, 1), host: '127.0.0.1' }, 'both:2|c\nbad');
      while ((await listener.view.counters()).get('both') !== 3) await new Promise(setImmediate);
      expect((await listener.seen()).badLines).to.equal(2);
      expect(await listener.view.delete('counters', ['both'])).to.deep.equal([['both']]);
      expect((await listener.view.counters()).size).to.equal(0);
      await listener.finish();
      await listener.close();
    });

    it('count lines that do not come whole', async () => {
      const listener = await listen(optionsOf(transport, [{ kind: 'tcp', ...loopback, dialect: 'goodall' }]));
      const to = { port: portOf(listener, 0), host: '127.0.0.1' };
      await stream(to, `${'x'.repeat(100_000)}\na:1|c`);
      const open = connect(to);
      await once(open, 'connect');
      await new Promise<void>((resolve) => {
        open.write('a:1|c\nhalf', () => resolve());
      });
      const [snapshot] = await listener.finish();
      expect(snapshot!.counts).to.deep.include({ lines: 4, badLines: { too_long: 1, unfinished: 1 } });
      const unfinished = snapshot!.badLines.find(({ reason }) => reason === 'unfinished');
      expect(unfinished).to.include({ sample: 'half', sender: '127.0.0.1' });
      open.destroy();
      await listener.close();
    });

    it('are all closed again when one cannot be bound', async () => {
      const other = createServer().listen(0, '127.0.0.1');
      await once(other, 'listening');
      const { port } = other.address() as { readonly port: number };
      const path = folder.file('lines.sock');
      const udp = createSocket('udp4').bind(0, '127.0.0.1');
      await once(udp, 'listening');
      const free = udp.address().port;
      await new Promise<void>((resolve) => udp.close(resolve));
      const sockets: SocketWish[] = [
        { kind: 'udp', address: '127.0.0.1', port: free, dialect: 'goodall' },
        { kind: 'unix', path, mode: undefined, dialect: 'goodall' },
        { kind: 'tcp', address: '127.0.0.1', port, dialect: 'statsd' },
      ];
      const error = await listen(optionsOf(transport, sockets)).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(ListenerBindError);
      expect((error as Error).message).to.include(String(port));
      expect(existsSync(path)).to.equal(false);
      const again = await listen(optionsOf(transport, sockets.slice(0, 2)));
      await again.finish();
      await again.close();
      other.close();
    });
  });
}

describe('a unix socket for datagrams', () => {
  const folder = temporaryFolder();

  it('is refused where there is no recvmmsg, with a way out', async () => {
    const path = folder.file('datagrams.sock');
    const wish = { kind: 'unixgram', path, mode: undefined, dialect: 'goodall' } as const;
    const error = await listen(optionsOf('dgram', [wish])).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(ListenerBindError);
    expect((error as Error).message)
      .to.include(path)
      .and.include('recvmmsg')
      .and.include(`unix:${path}`);
  });
});
