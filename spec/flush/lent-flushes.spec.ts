import { createSocket } from 'node:dgram';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Partial } from '../../lib/aggregate/partial.js';
import { systemClock } from '../../lib/clock.js';
import type { Backend, Flush } from '../../lib/flush/flush.js';
import { Flusher } from '../../lib/flush/flusher.js';
import { listen } from '../../lib/ingest/listen.js';
import type { Listener } from '../../lib/ingest/listener.js';
import { lineLogger } from '../../lib/log.js';
import { metricTypeNames } from '../../lib/metric.js';
import { loadLibc } from '../../lib/transport/libc.js';
import { emptyFlush } from '../support/flushes.js';

const intervalMs = 100;
const senders = 8;
const series = 40;

/** Adds to the total of a series what a point says: sum of a counter, sum and samples of a timer. */
function addTo(totals: Map<string, number>, name: string, partial: Partial): void {
  const add = (key: string, value: number) => totals.set(key, (totals.get(key) ?? 0) + value);
  const type = metricTypeNames[partial.type];
  if ('sum' in partial) add(`${type} ${name} sum`, partial.sum);
  if ('samples' in partial) add(`${type} ${name} samples`, partial.samples);
  if ('sketch' in partial) add(`${type} ${name} sketched`, partial.sketch.count);
}

/** Reads slowly, so that points are moved out of its way meanwhile; while it is broken, half of them for nothing. */
class SlowBackend implements Backend {
  readonly totals = new Map<string, number>();
  readonly ids: string[] = [];
  filled = 0;

  constructor(
    readonly name: string,
    public isBroken: boolean,
    readonly coarserMs: readonly number[],
  ) {}

  async write({ id, points }: Readonly<Flush>): Promise<void> {
    const read: [string, Partial][] = [];
    for (let i = 0; i < points.length; i += 1) {
      const { series, partial } = points.at(i)!;
      read.push([series.name, partial]);
      if (i % 20 === 0) await nextTurn();
      if (this.isBroken && i > points.length / 2) throw new Error('no room');
    }
    if (this.isBroken) throw new Error('no room');
    for (const [name, partial] of read) addTo(this.totals, name, partial);
    this.ids.push(id);
    if (points.length > 0) this.filled += 1;
  }

  async close(): Promise<void> {}
}

/** Sends until it is stopped; returns what the totals must be. */
async function sendUntil(isOver: () => boolean, ports: readonly number[]): Promise<Map<string, number>> {
  const sockets = Array.from({ length: senders }, () => createSocket('udp4'));
  const sent = new Map<string, number>();
  const add = (key: string, value: number) => sent.set(key, (sent.get(key) ?? 0) + value);
  for (let round = 0; !isOver(); round += 1) {
    for (const [i, socket] of sockets.entries()) {
      const lines = Array.from({ length: series }, (_, k) => `c${k}:${round % 7}|c\nt${k}:${i}:${k}|ms`);
      for (let k = 0; k < series; k += 1) {
        for (const [part, value] of Object.entries({ sum: i + k, samples: 2, sketched: 2 })) {
          add(`timer t${k} ${part}`, value);
        }
        for (const [part, value] of Object.entries({ sum: round % 7, samples: 1 })) {
          add(`counter c${k} ${part}`, value);
        }
      }
      await new Promise((resolve) =>
        socket.send(lines.join('\n'), ports[i % ports.length]!, '127.0.0.1', resolve),
      );
    }
    await sleep(5);
  }
  await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(resolve))));
  return sent;
}

describe('flushes that are lent', () => {
  before(function () {
    try {
      loadLibc();
    } catch {
      // Not Linux, or a C library that is not glibc: there are no threads there.
      this.skip();
    }
  });

  const open = (): Promise<Listener> =>
    listen({
      transport: 'recvmmsg',
      sockets: (['goodall', 'dogstatsd'] as const).map((dialect) => ({
        kind: 'udp',
        address: '127.0.0.1',
        port: 0,
        dialect,
      })),
      receiveBufferBytes: 1 << 22,
      workers: 2,
      maxMemoryBytes: 2 ** 26,
      clock: systemClock,
      onError: (error) => expect.fail(error.message),
      onTrouble: (message) => expect.fail(message),
      ingest: { sanitizeNames: true, maxSeries: 100_000, intervalMs, sketch: {}, gauges: [] },
    });

  it('lose nothing of several threads while a backend fails, and do not keep the next interval open', async () => {
    const listener = await open();
    const good = new SlowBackend('good', false, []);
    const bad = new SlowBackend('bad', true, [1000, 10_000]);
    const flusher = new Flusher({
      clock: systemClock,
      logger: lineLogger('error', () => {}, Date.now),
      intervalMs,
      backends: [bad, good],
      maxHeldPoints: 2000,
      collect: async (last) => {
        const snapshots = last ? await listener.finish() : await listener.collect();
        return snapshots.map(({ startMs, points }) => ({ ...emptyFlush(startMs, intervalMs), points }));
      },
    });
    flusher.start();
    const repairAt = 25;
    const sent = await sendUntil(
      () => {
        bad.isBroken &&= good.filled < repairAt;
        return good.filled >= repairAt + 5;
      },
      listener.bound.map(({ port }) => port!),
    );
    bad.isBroken = false;
    await flusher.stop();
    expect(await listener.dropped()).to.equal(0);
    await listener.close();
    expect(flusher.outboxes.map(({ waiting, lostFlushes }) => [waiting, lostFlushes])).to.deep.equal([
      [0, 0],
      [0, 0],
    ]);
    expect(bad.ids.filter((id) => id.includes('+'))).to.have.length.above(0);
    expect(good.totals).to.deep.equal(sent);
    expect(bad.totals).to.deep.equal(sent);
  });
});
