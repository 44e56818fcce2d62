import { createSocket, type Socket } from 'node:dgram';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { CounterPartial } from '../../lib/aggregate/partial.js';
import type { Snapshot } from '../../lib/aggregate/snapshot.js';
import { systemClock } from '../../lib/clock.js';
import type { Flush } from '../../lib/flush/flush.js';
import { mergeFlushes } from '../../lib/flush/merge-flushes.js';
import { type ListenOptions, listen } from '../../lib/ingest/listen.js';
import type { Listener } from '../../lib/ingest/listener.js';
import { SqliteStore } from '../../lib/storage/sqlite/store.js';
import { loadLibc } from '../../lib/transport/libc.js';
import { readAll } from '../contract/flushes.js';
import { FakeClock } from '../support/fake-clock.js';
import { temporaryFolder } from '../support/temporary.js';

const intervalMs = 100;
let flushes = 0;

function flushOf({ counts, ...rest }: Snapshot): Flush {
  flushes += 1;
  const ingest = { ...counts, datagramsDropped: 0, flushDurationMs: 0 };
  return { ...rest, id: `${flushes}`, source: 'spec', intervalMs, ingest };
}

/** A listener of two dialects, so that its series have a common numbering, too. */
function open(transport: ListenOptions['transport'], clock: ListenOptions['clock']): Promise<Listener> {
  return listen({
    transport,
    clock,
    sockets: (['goodall', 'dogstatsd'] as const).map((dialect) => ({
      ...{ kind: 'udp', address: '127.0.0.1', port: 0, dialect },
    })),
    receiveBufferBytes: 1 << 22,
    workers: 2,
    maxMemoryBytes: 2 ** 26,
    onError: (error) => expect.fail(error.message),
    onTrouble: (message) => expect.fail(message),
    ingest: {
      ...{ sanitizeNames: true, maxSeries: 100_000, intervalMs, sketch: {}, gauges: [] },
      idleMs: intervalMs,
    },
  });
}

class Sender {
  private readonly socket: Socket = createSocket('udp4');

  constructor(private readonly listener: Listener) {}

  /** Sends a datagram to each socket. */
  async send(text: string): Promise<void> {
    for (const { port } of this.listener.bound) {
      await new Promise((resolve) => this.socket.send(text, port!, '127.0.0.1', resolve));
    }
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.socket.close(resolve));
  }
}

for (const transport of ['dgram', 'recvmmsg'] as const)
  describe(`idle series of a listener with ${transport}`, () => {
    const folder = temporaryFolder();

    before(function () {
      if (transport === 'dgram') return;
      try {
        loadLibc();
      } catch {
        this.skip();
      }
    });

    it('come and go without a sample in the wrong series of the database', async () => {
      const listener = await open(transport, systemClock);
      const sender = new Sender(listener);
      const store = await SqliteStore.open(folder.file('x.db'));
      const expected = new Map<string, number>();
      let live = 0;
      const write = async (snapshots: readonly Snapshot[]): Promise<void> => {
        for (const snapshot of snapshots) {
          const flush = flushOf(snapshot);
          await store.write(flush);
          flush.points.release?.();
          if (snapshot.counts.lines > 0) live = snapshot.counts.seriesLive;
        }
      };
      for (let round = 0; round < 25; round += 1) {
        // Some come back when they have left.
        const names = Array.from({ length: 40 }, (_, i) => `n${i < 5 ? i + (round % 9) : 40 * round + i}`);
        await sender.send(names.map((name) => `${name}:1|c|#k:v\n`).join(''));
        for (const name of names) expected.set(name, (expected.get(name) ?? 0) + 2);
        for (let isOver = false; !isOver; ) {
          await sleep(20);
          const snapshots = await listener.collect();
          isOver = snapshots.length > 0;
          await write(snapshots);
        }
      }
      await write(await listener.finish());
      await listener.close();
      await sender.close();
      const found = new Map<string, number>();
      for (const { name, partial } of await readAll(store)) {
        found.set(name, (found.get(name) ?? 0) + (partial as CounterPartial).sum);
      }
      await store.close();
      expect(Object.fromEntries(found)).to.deep.equal(Object.fromEntries(expected));
      expect(live).to.be.below(expected.size);
    }).timeout(60_000);
  });

describe('series whose flush somebody holds', () => {
  let clock: FakeClock;
  let listener: Listener;
  let sender: Sender;

  beforeEach(async () => {
    clock = new FakeClock();
    listener = await open('dgram', clock);
    sender = new Sender(listener);
  });
  afterEach(async () => {
    await sender.close();
    await listener.close();
  });

  /** The interval of a datagram that has come. */
  async function interval(text: string): Promise<Snapshot> {
    const { lastMs } = await listener.seen();
    clock.advance(intervalMs);
    await listener.collect().then((over) => {
      for (const { points } of over) points.release?.();
    });
    await sender.send(text);
    while ((await listener.seen()).lastMs === lastMs) await sleep(1);
    for (let lines = 0; ; ) {
      await sleep(2);
      clock.advance(intervalMs);
      const [snapshot] = await listener.collect();
      lines += snapshot?.counts.lines ?? 0;
      if (lines >= 2) return snapshot!;
      snapshot?.points.release?.();
    }
  }

  async function others(count: number): Promise<number> {
    let live = 0;
    for (let i = 0; i < count; i += 1) {
      const { points, counts } = await interval(`other${i}:1|c\n`);
      points.release?.();
      live = counts.seriesLive;
    }
    return live;
  }

  const namesOf = ({ points }: Pick<Snapshot, 'points'>): string[] =>
    Array.from(points, ({ series }) => series.name).sort();

  it('keep their places, and leave when it is let go', async () => {
    const held = await interval('a:1|c\nb:1|c\n');
    await others(12);
    expect(namesOf(held)).to.deep.equal(['a', 'b']);
    held.points.release?.();
    expect(await others(12)).to.be.at.most(2 * 6);
  }).timeout(60_000);

  it('are those of a merged flush, which is all that is left of several', async () => {
    const held = [await interval('a:1|c\n'), await interval('b:1|c\n')].map(flushOf);
    const merged = await mergeFlushes(held, 60_000);
    for (const { points } of held) points.release?.();
    await others(12);
    expect(namesOf(merged)).to.deep.equal(['a', 'b']);
    merged.points.release?.();
    expect(await others(12)).to.be.at.most(2 * 6);
  }).timeout(60_000);

  it('are not taken away from somebody who looks at them', async () => {
    const perDatagram = 2000;
    const lines = Array.from({ length: 10 * perDatagram }, (_, i) => `g${i}:${i}|g\n`);
    for (let i = perDatagram; i < lines.length; i += perDatagram) {
      await sender.send(lines.slice(i, i + perDatagram).join(''));
    }
    (await interval(lines.slice(0, perDatagram).join(''))).points.release?.();
    await others(1);
    const looking = listener.view.gauges();
    let isLooking = true;
    const looked = looking.finally(() => {
      isLooking = false;
    });
    while (isLooking) {
      await nextTurn();
      clock.advance(intervalMs);
      for (const { points } of await listener.collect()) points.release?.();
    }
    const gauges = await looked;
    expect(gauges.size).to.be.above(0);
    for (const [name, value] of gauges) expect(name).to.equal(`g${value}`);
    await others(4);
    expect((await listener.view.gauges()).size).to.equal(0);
  }).timeout(60_000);
});
