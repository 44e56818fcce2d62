import { expect } from 'chai';
import type { Flush, FlushPoint } from '../../lib/flush/flush.js';
import { Outbox } from '../../lib/flush/outbox.js';
import { lineLogger } from '../../lib/log.js';
import { MetricType, type SeriesKey } from '../../lib/metric.js';
import { FakeClock } from '../support/fake-clock.js';
import { emptyFlush } from '../support/flushes.js';

const intervalMs = 10_000;
const hour = Date.UTC(2026, 0, 1, 12);

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

const keys: SeriesKey[] = Array.from({ length: 400 }, (_, i) => ({
  name: `hits.${i}`,
  type: MetricType.Counter,
  tags: [],
}));

/** One of a counter each, for as many series as are asked for. */
function flushOf(index: number, points: number): Flush {
  const timeMs = hour + index * intervalMs;
  const all: FlushPoint[] = keys.slice(0, points).map((series) => ({
    series,
    timeMs,
    partial: { type: MetricType.Counter, sum: 1, samples: 1 },
  }));
  return { ...emptyFlush(timeMs, intervalMs), points: all };
}

function outboxWith(maxHeldPoints: number, coarserMs?: readonly number[]) {
  const clock = new FakeClock(hour);
  const lines: string[] = [];
  const written: Flush[] = [];
  const done: Flush[] = [];
  let broken = true;
  const backend = {
    name: 'store',
    ...(coarserMs === undefined ? {} : { coarserMs }),
    write: async (flush: Flush) => {
      if (broken) throw new Error('no room');
      // It is only lent until this is over.
      written.push(Array.isArray(flush.points) ? flush : { ...flush, points: [...flush.points] });
    },
    close: async () => {},
  };
  const logger = lineLogger('info', (line) => lines.push(line), clock.now.bind(clock));
  const outbox = new Outbox({ backend, clock, logger, maxHeldPoints, onDone: (flush) => done.push(flush) });
  const add = async (flushes: readonly Flush[]) => {
    for (const flush of flushes) {
      outbox.add(flush);
      await settle();
    }
  };
  const repair = () => {
    broken = false;
  };
  return { outbox, lines, written, done, repair, add };
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const indexOf = ({ startMs }: Flush): number => (startMs - hour) / intervalMs;
const total = (flushes: readonly Flush[]): number =>
  flushes
    .flatMap(({ points }) => [...points])
    .reduce((sum, { partial }) => sum + (partial as { sum: number }).sum, 0);

/** In the order of their time, however they were let go. */
const inOrder = (flushes: readonly Flush[]): readonly Flush[] =>
  flushes.toSorted((a, b) => a.startMs - b.startMs);

describe('the outbox of a backend that takes only flushes as they are', () => {
  it('gives up the oldest when those that wait have too many points', async () => {
    const { outbox, lines, written, repair, add } = outboxWith(1100);
    await add(range(4).map((i) => flushOf(i, 400)));
    expect([outbox.waiting, outbox.lostFlushes]).to.deep.equal([2, 2]);
    expect(lines.filter((line) => line.includes('gave up the interval of'))).to.have.length(2);
    repair();
    await outbox.close();
    expect(written.map(indexOf)).to.deep.equal([2, 3]);
  });

  it('says how many wait, and how many are lost in the end', async () => {
    const { outbox, lines, add } = outboxWith(1100);
    await add([flushOf(0, 1)]);
    expect(lines[0]).to.match(/WARN store: cannot write: no room; 1 flush waits\n$/);
    expect(outbox.trouble).to.equal('1 flush waits for it and would be lost (no room)');
    await add([flushOf(1, 1)]);
    expect(outbox.trouble).to.equal('2 flushes wait for it and would be lost (no room)');
    await outbox.close();
    expect(lines.at(-1)).to.match(/ERROR store: 2 flushes could not be written: no room\n$/);
  });

  it('has room again for as many points as were written', async () => {
    const { outbox, written, repair, add } = outboxWith(1100);
    await add(range(2).map((i) => flushOf(i, 400)));
    repair();
    await outbox.close();
    await add(range(4).map((i) => flushOf(i + 2, 400)));
    expect(outbox.lostFlushes).to.equal(0);
    expect(written.map(indexOf)).to.deep.equal([0, 1, 2, 3, 4, 5]);
  });

  it('says once of each that it is done with it: written, given up, or left at the end', async () => {
    const { outbox, done, repair, add } = outboxWith(1100);
    const flushes = range(6).map((i) => flushOf(i, 400));
    await add(flushes.slice(0, 4));
    expect(inOrder(done)).to.deep.equal(flushes.slice(0, 2));
    await outbox.close();
    expect(inOrder(done)).to.deep.equal(flushes.slice(0, 4));
    repair();
    await add(flushes.slice(4));
    await outbox.close();
    expect(inOrder(done)).to.deep.equal(flushes);
  });

  it('holds two flushes however many points they have', async () => {
    const { outbox, written, repair, add } = outboxWith(100);
    await add(range(2).map((i) => flushOf(i, 400)));
    expect([outbox.waiting, outbox.lostFlushes]).to.deep.equal([2, 0]);
    repair();
    await outbox.close();
    expect(written.map(indexOf)).to.deep.equal([0, 1]);
  });
});

describe('the outbox of a backend that takes longer buckets', () => {
  const minute = 60_000;

  it('merges those of a minute before anything is lost, and says so once', async () => {
    const { outbox, lines, written, repair, add } = outboxWith(4000, [minute]);
    const flushes = range(24).map((i) => flushOf(i, 300));
    await add(flushes);
    expect(outbox.lostFlushes).to.equal(0);
    expect(outbox.coarsestMs).to.equal(minute);
    expect(lines.filter((line) => line.includes('merged into stretches of 60 s'))).to.have.length(1);
    repair();
    await outbox.close();
    expect(total(written)).to.equal(total(flushes));
    expect(outbox.coarsestMs).to.equal(0);
    const merged = written.filter(({ heard }) => heard !== undefined);
    expect(merged).to.have.length.above(2);
    for (const { heard, startMs, points } of merged) {
      expect(Math.floor(heard!.sinceMs / minute)).to.equal(Math.floor((heard!.untilMs - 1) / minute));
      expect(points).to.have.length(300);
      expect(new Set(Array.from(points, ({ timeMs }) => timeMs))).to.deep.equal(new Set([startMs]));
    }
    const ids = written.map(({ id }) => id);
    expect(new Set(ids).size).to.equal(ids.length);
  });

  it('says once of each that it is done with it, be it merged into another twice', async () => {
    const { outbox, written, done, repair, add } = outboxWith(2500, [minute, 10 * minute]);
    const flushes = range(180).map((i) => flushOf(i, 300));
    await add(flushes);
    expect(done).to.have.length.within(150, 179);
    repair();
    await outbox.close();
    expect(inOrder(done)).to.deep.equal(flushes);
    expect(total(written)).to.equal(total(flushes));
  });

  it('leaves a flush that may have been taken under its own name', async () => {
    const { outbox, written, repair, add } = outboxWith(2000, [minute, 60 * minute]);
    const flushes = range(12).map((i) => flushOf(i, 300));
    await add(flushes);
    repair();
    await outbox.close();
    expect(written[0]).to.equal(flushes[0]);
    expect(total(written)).to.equal(total(flushes));
  });

  it('goes on to the next longer stretches, and loses something only when those are too many too', async () => {
    const { outbox, written, repair, add } = outboxWith(2500, [minute, 10 * minute]);
    const flushes = range(180).map((i) => flushOf(i, 300));
    await add(flushes);
    expect(outbox.coarsestMs).to.equal(10 * minute);
    expect(outbox.lostFlushes).to.equal(0);
    await add(range(600).map((i) => flushOf(180 + i, 300)));
    expect(outbox.lostFlushes).to.be.above(0);
    repair();
    await outbox.close();
    const spans = written.map(({ heard }) => (heard === undefined ? 0 : heard.untilMs - heard.sinceMs));
    expect(Math.max(...spans)).to.equal(10 * minute);
  });

  it('keeps a gap between flushes', async () => {
    const { outbox, written, repair, add } = outboxWith(1500, [minute]);
    await add([0, 1, 2, 4, 5].map((i) => flushOf(i, 300)));
    repair();
    await outbox.close();
    const heard = written.map(
      ({ heard, startMs }) => heard ?? { sinceMs: startMs, untilMs: startMs + intervalMs },
    );
    const inGap = hour + 3.5 * intervalMs;
    expect(heard.filter(({ sinceMs, untilMs }) => sinceMs <= inGap && inGap < untilMs)).to.deep.equal([]);
    expect(total(written)).to.equal(1500);
    expect(written.length).to.be.below(5);
  });

  it('loses none that is added while it merges, and none that is taken meanwhile', async () => {
    const { outbox, written, repair } = outboxWith(3000, [minute, 60 * minute]);
    const flushes = range(60).map((i) => flushOf(i, 400));
    for (const [i, flush] of flushes.entries()) {
      outbox.add(flush);
      if (i === 30) repair();
      if (i % 7 === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    }
    await outbox.close();
    expect(outbox.lostFlushes).to.equal(0);
    expect(total(written)).to.equal(total(flushes));
  });
});
