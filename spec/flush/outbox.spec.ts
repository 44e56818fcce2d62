import { expect } from 'chai';
import type { Flush, FlushPoint } from '../../lib/flush/flush.js';
import { Outbox } from '../../lib/flush/outbox.js';
import { lineLogger } from '../../lib/log.js';
import { MetricType } from '../../lib/metric.js';
import { FakeClock } from '../support/fake-clock.js';
import { emptyFlush } from '../support/flushes.js';

const intervalMs = 10_000;
const hour = Date.UTC(2026, 0, 1, 12);

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

function flushOf(index: number, points: number): Flush {
  const timeMs = hour + index * intervalMs;
  const point: FlushPoint = {
    series: { name: 'hits', type: MetricType.Counter, tags: [] },
    timeMs,
    partial: { type: MetricType.Counter, sum: 1, samples: 1 },
  };
  return { ...emptyFlush(timeMs, intervalMs), points: new Array<FlushPoint>(points).fill(point) };
}

async function outboxWith(sizes: readonly number[], maxHeldPoints: number) {
  const clock = new FakeClock(hour);
  const lines: string[] = [];
  const written: number[] = [];
  let broken = true;
  const backend = {
    name: 'store',
    write: async ({ startMs }: Flush) => {
      if (broken) throw new Error('no room');
      written.push((startMs - hour) / intervalMs);
    },
    close: async () => {},
  };
  const logger = lineLogger('info', (line) => lines.push(line), clock.now.bind(clock));
  const outbox = new Outbox({ backend, clock, logger, maxHeld: 100, maxHeldPoints, onDone: () => {} });
  for (const [index, size] of sizes.entries()) {
    outbox.add(flushOf(index, size));
    await settle();
  }
  const repair = () => {
    broken = false;
  };
  return { outbox, lines, written, repair };
}

describe('the outbox of a backend', () => {
  it('gives up the oldest flushes when those that wait have too many points', async () => {
    const { outbox, lines, written, repair } = await outboxWith([400, 400, 400, 400], 1000);
    expect([outbox.waiting, outbox.lostFlushes]).to.deep.equal([2, 2]);
    expect(lines.filter((line) => line.includes('gave up the interval of'))).to.have.length(2);
    repair();
    await outbox.close();
    expect(written).to.deep.equal([2, 3]);
  });

  it('has room again for as many points as were written', async () => {
    const { outbox, written, repair } = await outboxWith([400, 400], 1000);
    repair();
    await outbox.close();
    for (let index = 2; index < 6; index++) {
      outbox.add(flushOf(index, 400));
      await settle();
    }
    expect(outbox.lostFlushes).to.equal(0);
    expect(written).to.deep.equal([0, 1, 2, 3, 4, 5]);
  });

  it('holds two flushes however many points they have', async () => {
    const { outbox, written, repair } = await outboxWith([5000, 5000], 1000);
    expect([outbox.waiting, outbox.lostFlushes]).to.deep.equal([2, 0]);
    repair();
    await outbox.close();
    expect(written).to.deep.equal([0, 1]);
  });
});
