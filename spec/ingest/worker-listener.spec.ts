import { createSocket } from 'node:dgram';
import { expect } from 'chai';
import type { Snapshot } from '../../lib/aggregate/snapshot.js';
import { systemClock } from '../../lib/clock.js';
import { listen } from '../../lib/ingest/listen.js';
import { MetricType } from '../../lib/metric.js';
import { loadLibc } from '../../lib/transport/libc.js';

/** Sends the datagrams one by one from a socket of its own, in order. */
async function send(port: number, datagrams: readonly string[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const datagram of datagrams) {
    await new Promise<void>((resolve, reject) =>
      socket.send(datagram, port, '127.0.0.1', (error) => (error === null ? resolve() : reject(error))),
    );
  }
  await new Promise<void>((resolve) => socket.close(resolve));
}

/** Sum of every counter over all snapshots, by name. */
function sums(snapshots: readonly Snapshot[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const { points } of snapshots) {
    for (const { series, partial } of points) {
      if (partial.type === MetricType.Counter) total[series.name] = (total[series.name] ?? 0) + partial.sum;
    }
  }
  return total;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('the receiving threads', () => {
  const failures: Error[] = [];

  before(function () {
    try {
      loadLibc();
    } catch {
      // Not Linux, or a C library that is not glibc: the portable path is used there.
      this.skip();
    }
  });

  const open = async (options: { workers?: number; intervalMs?: number } = {}) => {
    const listener = await listen({
      transport: 'recvmmsg',
      sockets: [{ kind: 'udp', address: '127.0.0.1', port: 0, dialect: 'goodall' }],
      receiveBufferBytes: 1 << 22,
      workers: options.workers ?? 1,
      maxMemoryBytes: 2 ** 28,
      clock: systemClock,
      onError: (error) => failures.push(error),
      onTrouble: (message) => failures.push(new Error(message)),
      ingest: {
        sanitizeNames: true,
        maxSeries: 100_000,
        intervalMs: options.intervalMs ?? 3_600_000,
        sketch: {},
        gauges: [{ series: { name: 'restored', type: MetricType.Gauge, tags: [] }, last: 40 }],
      },
    });
    return Object.assign(listener, { port: listener.bound[0]!.port! });
  };

  afterEach(() => expect(failures).to.deep.equal([]));

  it('give away everything that had reached the system when they were stopped', async () => {
    const listener = await open();
    await send(listener.port, Array(5000).fill('a:1|c\nb:2|c\nbad\n_e{1,1}:a|b'));
    const snapshots = await listener.finish();
    expect(await listener.dropped()).to.equal(0);
    await listener.close();
    expect(sums(snapshots)).to.deep.equal({ a: 5000, b: 10_000 });
    expect(snapshots[0]!.counts).to.include({ datagrams: 5000, lines: 20_000, seriesLive: 3 });
    expect(snapshots[0]!.badLines).to.have.length(1);
    expect(snapshots[0]!.badLines[0]).to.include({ sender: '127.0.0.1', sample: 'bad', count: 5000 });
    expect(snapshots[0]!.events).to.have.length(5000);
  });

  it('lose and double nothing while intervals end under load', async () => {
    const listener = await open({ intervalMs: 100 });
    const collected: Snapshot[] = [];
    let sending = true;
    const sender = send(
      listener.port,
      Array.from({ length: 20_000 }, (_, i) => `s${i % 500}:1|c\nt${i % 50}:${i}|ms`),
    ).then(() => {
      sending = false;
    });
    while (sending) {
      collected.push(...(await listener.collect()));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await sender;
    collected.push(...(await listener.finish()));
    const dropped = await listener.dropped();
    await listener.close();
    const datagrams = collected.reduce((sum, { counts }) => sum + counts.datagrams, 0);
    expect(datagrams + dropped!).to.equal(20_000);
    expect(Object.values(sums(collected)).reduce((a, b) => a + b)).to.equal(datagrams);
    expect(new Set(collected.map(({ startMs }) => startMs)).size).to.be.greaterThan(1);
    expect(collected.every(({ startMs }) => startMs % 100 === 0)).to.equal(true);
  });

  it('give away an interval whole that ended before they were asked for it', async () => {
    const listener = await open({ intervalMs: 200 });
    let heard = 0;
    // An interval may end before it is looked at.
    do {
      await send(listener.port, ['a:1|c']);
      heard += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
    } while (!(await listener.view.counters()).has('a'));
    // A datagram of a later interval ends the one before.
    for (let sent = 1; (await listener.view.counters()).has('a'); sent++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      await send(listener.port, [`b:${sent}|c`]);
    }
    const collected = [...(await listener.collect()), ...(await listener.finish())];
    await listener.close();
    expect(sums(collected)).to.include({ a: heard });
  });

  it('go on from what gauges were before the restart', async () => {
    const listener = await open();
    await send(listener.port, ['restored:+2|g']);
    const [snapshot] = await listener.finish();
    await listener.close();
    expect(snapshot!.points.at(0)!.partial).to.include({ last: 42, samples: 1 });
  });

  it('make one series of what several threads heard of it', async () => {
    const listener = await open({ workers: 3 });
    // Every sender has a port of its own, which decides the thread.
    for (let sender = 0; sender < 24; sender++) {
      await send(listener.port, [`hits:1|c\nlatency:${sender}|ms\nusers:u${sender % 5}|s`]);
    }
    const snapshots = await listener.finish();
    await listener.close();
    expect(snapshots).to.have.length(1);
    const points = [...snapshots[0]!.points];
    expect(points.map(({ series }) => series.name).sort()).to.deep.equal(['hits', 'latency', 'users']);
    const partialOf = (name: string) => points.find(({ series }) => series.name === name)!.partial;
    expect(partialOf('hits')).to.include({ sum: 24, samples: 24 });
    expect(partialOf('latency')).to.include({ count: 24, sum: (23 * 24) / 2, min: 0, max: 23 });
    const users = partialOf('users');
    expect('members' in users && users.members.estimate()).to.equal(5);
    expect(snapshots[0]!.counts.datagrams).to.equal(24);
  });

  it('carry late samples and events over to their owner', async () => {
    const listener = await open({ intervalMs: 10_000 });
    const past = Math.floor(Date.now() / 1000) - 3600;
    await send(listener.port, [`late:5|ms|T${past}`, `late:7|ms|T${past}`, '_sc|db|1|m:slow']);
    const snapshots = await listener.finish();
    await listener.close();
    const late = snapshots.flatMap(({ points }) => [...points]).find(({ series }) => series.name === 'late');
    expect(late!.timeMs).to.equal(Math.floor(past / 10) * 10_000);
    expect(late!.partial).to.include({ samples: 2, sum: 12, min: 5, max: 7 });
    const checks = snapshots.flatMap((snapshot) => snapshot.checks);
    expect(checks[0]).to.include({ name: 'db', status: 1, message: 'slow' });
  });

  it('show what they are collecting, and what came when', async () => {
    const before = Date.now();
    const listener = await open();
    await send(listener.port, ['a:1|c\nb:2|c\nt:3:4|ms\nu:x|s\nu:y|s\ng:5|g\nbad\na:1|c|@0.5\nworse']);
    // A worker answers between two batches: what was sent before is either in the one or awaited.
    await until(async () => (await listener.seen()).badLines === 2);
    expect([...(await listener.view.counters())]).to.deep.equal([
      ['a', 3],
      ['b', 2],
    ]);
    expect([...(await listener.view.timers())]).to.deep.equal([['t', Float64Array.of(3, 4)]]);
    expect([...(await listener.view.sets())]).to.deep.equal([['u', 2]]);
    expect(Object.fromEntries(await listener.view.gauges())).to.deep.equal({ restored: 40, g: 5 });
    expect((await listener.seen()).lastMs).to.be.within(before, Date.now());
    await listener.finish();
    await listener.close();
  });

  it('are one view, whoever heard what, and delete alike', async () => {
    const listener = await open({ workers: 3 });
    for (let sender = 0; sender < 24; sender++) {
      await send(listener.port, [
        `hits:1|c\nfolder.${sender}:1|c\nlatency:${sender}|ms\nrestored:${sender}|g`,
      ]);
    }
    const { view } = listener;
    await until(async () => (await view.counters()).get('hits') === 24);
    expect([...(await view.timers()).get('latency')!].sort((a, b) => a - b)).to.deep.equal([
      ...Array(24).keys(),
    ]);
    expect((await view.gauges()).get('restored'), 'the gauge of the thread that was told last').to.be.above(
      0,
    );
    const [folder, hits, none] = await view.delete('counters', ['folder.*', 'hits', 'hits']);
    expect([folder!.length, hits, none]).to.deep.equal([24, ['hits'], []]);
    expect(await view.delete('gauges', ['restored'])).to.deep.equal([['restored']]);
    expect([(await view.counters()).size, (await view.gauges()).size]).to.deep.equal([0, 0]);
    await send(listener.port, ['restored:+2|g']);
    await until(async () => (await view.gauges()).size === 1);
    expect((await view.gauges()).get('restored')).to.equal(2);
    const [snapshot] = await listener.finish();
    await listener.close();
    expect(Array.from(snapshot!.points, ({ series }) => series.name).sort()).to.deep.equal([
      'latency',
      'restored',
    ]);
  });

  it('answer many questions at once, while intervals end and datagrams come', async () => {
    const listener = await open({ intervalMs: 100 });
    const collected: Snapshot[] = [];
    let sending = true;
    const sender = send(
      listener.port,
      Array.from({ length: 5000 }, (_, i) => `s${i % 500}:1|c\ndoomed.${i % 50}:1|c`),
    ).then(() => {
      sending = false;
    });
    while (sending) {
      const { view } = listener;
      const looks = Promise.all([view.counters(), view.gauges(), view.delete('counters', ['doomed.*'])]);
      collected.push(...(await listener.collect()));
      const [counters, gauges] = await looks;
      expect([...counters.keys()].every((name) => /^(s|doomed\.)\d+$/.test(name))).to.equal(true);
      expect([...gauges]).to.deep.equal([['restored', 40]]);
    }
    await sender;
    collected.push(...(await listener.finish()));
    const dropped = await listener.dropped();
    await listener.close();
    const kept = Object.entries(sums(collected)).filter(([name]) => name.startsWith('s'));
    expect(kept.reduce((sum, [, value]) => sum + value, 0) + dropped!).to.equal(5000);
  });

  it('reject what is asked of them once they have ended', async () => {
    const listener = await open();
    await listener.finish();
    await listener.close();
    const fault = await listener.view.counters().catch((error: Error) => error);
    expect(fault).to.have.property('message', 'the receiving thread has ended');
  });
});
