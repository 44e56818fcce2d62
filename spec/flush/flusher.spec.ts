import { expect } from 'chai';
import type { Backend, Flush, FlushPoint } from '../../lib/flush/flush.js';
import { Flusher } from '../../lib/flush/flusher.js';
import { lineLogger } from '../../lib/log.js';
import { FakeClock } from '../support/fake-clock.js';
import { emptyFlush } from '../support/flushes.js';

/** Lets every promise that can settle do so. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

class MemoryBackend implements Backend {
  readonly name: string;
  readonly written: Flush[] = [];
  broken = false;
  closed = false;

  constructor(name: string) {
    this.name = name;
  }

  async write(flush: Flush): Promise<void> {
    if (this.broken) throw new Error('no room');
    this.written.push(flush);
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

class LentPoints extends Array<FlushPoint> {
  releases = 0;

  release(): void {
    this.releases += 1;
  }
}

function setUp(startMs: number, intervalMs: number, maxHeldPoints?: number) {
  const clock = new FakeClock(startMs);
  const lines: string[] = [];
  const logger = lineLogger(
    'info',
    (line) => lines.push(line),
    () => clock.now(),
  );
  const good = new MemoryBackend('good');
  const bad = new MemoryBackend('bad');
  const ticks: number[] = [];
  const lent: LentPoints[] = [];
  const flusher = new Flusher({
    clock,
    logger,
    intervalMs,
    backends: [bad, good],
    ...(maxHeldPoints === undefined ? {} : { maxHeldPoints }),
    collect: async () => {
      ticks.push(clock.now());
      const points = new LentPoints();
      lent.push(points);
      return [{ ...emptyFlush(clock.now() - intervalMs, intervalMs), points }];
    },
  });
  const pass = async (ms: number, stepMs = 100) => {
    for (let passed = 0; passed < ms; passed += stepMs) {
      clock.advance(Math.min(stepMs, ms - passed));
      await settle();
    }
  };
  return { clock, lines, good, bad, ticks, lent, flusher, pass };
}

describe('the flusher', () => {
  const hour = Date.UTC(2026, 0, 1, 12);

  it('ticks at multiples of the interval, whenever the server started', async () => {
    const { flusher, ticks, pass } = setUp(hour + 3_700, 10_000);
    flusher.start();
    await pass(30_000);
    expect(ticks).to.deep.equal([hour + 10_000, hour + 20_000, hour + 30_000]);
    await flusher.stop();
  });

  it('finds back to the boundary after the clock stepped, forward and back', async () => {
    const { flusher, ticks, clock, pass } = setUp(hour, 10_000);
    flusher.start();
    await pass(4_000);
    clock.step(3_600_000 + 2_500);
    await pass(20_000);
    clock.step(-7_200_000);
    await pass(20_000);
    // One tick after each step comes when the old wait is over; all others are on a boundary.
    expect(ticks.filter((at) => at % 10_000 !== 0)).to.have.length(1);
    expect(ticks.at(-1)).to.equal(hour - 3_600_000 + 40_000);
    await flusher.stop();
  });

  it('changes its backends while flushes wait: they are written where they were meant to go', async () => {
    const { flusher, good, bad, pass } = setUp(hour, 10_000);
    const next = new MemoryBackend('next');
    bad.broken = true;
    good.broken = true;
    flusher.start();
    await pass(10_000);
    good.broken = false;
    await flusher.exchange([bad, next]);
    expect([good.written.length, good.closed]).to.deep.equal([1, true]);
    expect(flusher.outboxes.map(({ name, waiting }) => [name, waiting])).to.deep.equal([
      ['bad', 1],
      ['next', 0],
    ]);
    bad.broken = false;
    await pass(10_000);
    expect([good, bad, next].map(({ written }) => written.length)).to.deep.equal([1, 2, 1]);
    await flusher.stop();
    expect([bad.closed, next.closed]).to.deep.equal([true, true]);
  });

  it('gives points back once, when the last backend has taken them or does without', async () => {
    const { flusher, good, bad, lent, pass } = setUp(hour, 10_000);
    bad.broken = true;
    flusher.start();
    await pass(20_000);
    expect(good.written).to.have.length(2);
    expect(lent.map(({ releases }) => releases)).to.deep.equal([0, 0]);
    await flusher.exchange([good]);
    expect(lent.map(({ releases }) => releases)).to.deep.equal([1, 1]);
    await pass(10_000);
    await flusher.exchange([]);
    await pass(10_000);
    await flusher.stop();
    expect(lent.map(({ releases }) => releases)).to.deep.equal([1, 1, 1, 1, 1]);
  });

  it('writes to one backend while another fails, and catches up when that one works again', async () => {
    const { flusher, good, bad, lines, pass } = setUp(hour, 10_000);
    bad.broken = true;
    flusher.start();
    await pass(30_000);
    expect(good.written).to.have.length(3);
    expect(bad.written).to.have.length(0);
    expect(flusher.outboxes[0]!.waiting).to.equal(3);
    expect(flusher.outboxes[0]!.lastFailure).to.equal('no room');
    bad.broken = false;
    await pass(30_000);
    expect(bad.written.map((flush) => flush.startMs)).to.deep.equal(
      good.written.map((flush) => flush.startMs),
    );
    expect(flusher.outboxes[0]!.lastFailure).to.equal(undefined);
    expect(lines.filter((line) => line.includes('bad: cannot write: no room'))).to.have.length(1);
    expect(lines.some((line) => line.includes('bad: writes again'))).to.equal(true);
    await flusher.stop();
  });

  it('gives up the oldest flush, aloud and counted, when too much waits for a backend', async () => {
    const { flusher, bad, lines, pass } = setUp(hour, 10_000, 6_000);
    bad.broken = true;
    flusher.start();
    await pass(70 * 10_000);
    expect(flusher.outboxes[0]!.waiting).to.equal(60);
    expect(flusher.outboxes[0]!.lostFlushes).to.equal(10);
    expect(lines.filter((line) => line.includes('gave up the interval of'))).to.have.length(10);
    bad.broken = false;
    await flusher.stop();
    // The final flush pushed out one more.
    expect(bad.written).to.have.length(60);
  });

  it('holds hours of flushes with little in them', async () => {
    const { flusher, bad, pass } = setUp(hour, 10_000);
    bad.broken = true;
    flusher.start();
    await pass(3 * 3_600_000, 10_000);
    expect(flusher.outboxes[0]!.lostFlushes).to.equal(0);
    bad.broken = false;
    await flusher.stop();
    expect(bad.written).to.have.length(3 * 360 + 1);
  });

  it('flushes once more when it is stopped, and closes every backend', async () => {
    const { flusher, good, bad, pass } = setUp(hour, 10_000);
    flusher.start();
    await pass(14_000);
    await flusher.stop();
    expect(good.written).to.have.length(2);
    expect([good.closed, bad.closed]).to.deep.equal([true, true]);
  });

  it('tries what waits a last time when it is stopped', async () => {
    const { flusher, bad, lines, pass } = setUp(hour, 10_000);
    bad.broken = true;
    flusher.start();
    await pass(20_000);
    await flusher.stop();
    expect(lines.some((line) => line.includes('bad: 3 flushes could not be written: no room'))).to.equal(
      true,
    );
  });

  it('goes on after a collection that failed', async () => {
    const clock = new FakeClock(hour);
    const lines: string[] = [];
    const good = new MemoryBackend('good');
    let calls = 0;
    const flusher = new Flusher({
      clock,
      logger: lineLogger(
        'info',
        (line) => lines.push(line),
        () => clock.now(),
      ),
      intervalMs: 1000,
      backends: [good],
      collect: async () => {
        calls += 1;
        if (calls === 1) throw new Error('broken once');
        return [emptyFlush(clock.now() - 1000, 1000)];
      },
    });
    flusher.start();
    for (let i = 0; i < 3; i++) {
      clock.advance(1000);
      await settle();
    }
    expect(good.written).to.have.length(2);
    expect(lines.some((line) => line.includes('flush failed: broken once'))).to.equal(true);
    await flusher.stop();
  });
});
