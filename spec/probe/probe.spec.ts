import { hostname } from 'node:os';
import { expect } from 'chai';
import { systemClock } from '../../lib/clock.js';
import { nextTick, Probe, type ProbeOptions } from '../../lib/probe/probe.js';
import { level, type Source } from '../../lib/probe/reading.js';
import { FakeClock } from '../support/fake-clock.js';
import { lineOf, Receiver } from './receiver.js';

const silent = { error() {}, warn() {}, info() {}, debug() {} };
const source = (name: string, read: Source['read']): Source => ({ name, read });
const steady = (name: string): Source => source(name, async () => [level(name, 1)]);

/** Lets time pass in small steps, with room for what each of them sets off, until the condition holds. */
async function advanceUntil(clock: FakeClock, stepMs: number, condition: () => boolean): Promise<void> {
  while (!condition()) {
    clock.advance(stepMs);
    await new Promise(setImmediate);
  }
}

describe('the probe', () => {
  let receiver: Receiver;
  let probe: Probe;
  const make = (options: Partial<ProbeOptions>): Probe =>
    new Probe({
      host: '127.0.0.1',
      port: receiver.port,
      intervalMs: 10_000,
      prefix: '',
      tags: [],
      clock: systemClock,
      logger: silent,
      sources: [],
      ...options,
    });

  beforeEach(async () => {
    receiver = await Receiver.open();
  });
  afterEach(async () => {
    await probe.stop();
    receiver.close();
  });

  it('sends one sample of every source, with the host’s name', async () => {
    probe = make({ sources: [steady('a'), steady('b')] });
    await probe.sampleOnce();
    await receiver.until(({ lines }) => lines.length >= 2);
    expect(lineOf(receiver.lines, 'a')).to.deep.equal({
      value: '1',
      type: 'g',
      tags: [`host:${hostname()}`],
    });
    expect(lineOf(receiver.lines, 'b')?.value).to.equal('1');
  });

  it('takes the host’s name from the tags when it is there', async () => {
    probe = make({ sources: [steady('a')], tags: [{ key: 'host', value: 'db1' }] });
    await probe.sampleOnce();
    await receiver.until(({ lines }) => lines.length >= 1);
    expect(receiver.lines).to.deep.equal(['a:1|g|#host:db1']);
  });

  it('sends what the other sources say, and an error count, when one fails', async () => {
    const broken = source('broken', () => Promise.reject(new Error('no')));
    probe = make({ sources: [steady('a'), broken, steady('b')] });
    await probe.sampleOnce();
    await receiver.until(({ lines }) => lines.length >= 3);
    expect(lineOf(receiver.lines, 'probe_errors')).to.deep.include({ value: '1', type: 'c' });
    expect(lineOf(receiver.lines, 'probe_errors')?.tags).to.include('source:broken');
    expect(lineOf(receiver.lines, 'b')?.value).to.equal('1');
  });

  it('samples at the start, then a little before each multiple of the interval', async () => {
    const clock = new FakeClock(Date.UTC(2026, 0, 1, 0, 0, 3));
    const readAt: number[] = [];
    const noting = source('noting', async () => {
      readAt.push(clock.now() - Date.UTC(2026, 0, 1));
      return [];
    });
    probe = make({ clock, sources: [noting] });
    await probe.start();
    await advanceUntil(clock, 100, () => readAt.length === 4);
    expect(readAt).to.deep.equal([3000, 9500, 19_500, 29_500]);
  });

  it('keeps to the wall clock when that is set back or forward', async () => {
    const clock = new FakeClock();
    const phases: number[] = [];
    const noting = source('noting', async () => {
      phases.push(clock.now() % 10_000);
      return [];
    });
    probe = make({ clock, sources: [noting] });
    await probe.start();
    await advanceUntil(clock, 100, () => phases.length === 2);
    for (const stepMs of [-3_600_000, 7_200_000]) {
      clock.step(stepMs + 1200);
      const before = phases.length;
      // The timer that was under way ends off the beat; from there on the beat is the clock's again.
      await advanceUntil(clock, 100, () => phases.length === before + 3);
      expect(phases.slice(-2)).to.deep.equal([9500, 9500]);
    }
  });

  it('does not begin a sample while one is under way', async () => {
    const clock = new FakeClock();
    let quickReads = 0;
    let hangingReads = 0;
    const quick = source('quick', async () => {
      quickReads++;
      return [];
    });
    const hanging = source('hanging', () => {
      hangingReads++;
      return new Promise(() => {});
    });
    probe = make({ clock, intervalMs: 1000, sources: [quick, hanging] });
    await probe.start();
    await advanceUntil(clock, 100, () => clock.monotonic() >= 4900);
    expect(quickReads).to.equal(1);
    await advanceUntil(clock, 100, () => quickReads === 4);
    expect(hangingReads).to.equal(1);
    expect(lineOf(receiver.lines, 'probe_errors')?.tags).to.include('source:hanging');
  });

  it('sends what is there after a fifth of a second when one source is slow', async () => {
    const clock = new FakeClock();
    const hanging = source('hanging', () => new Promise(() => {}));
    probe = make({ clock, sources: [steady('a'), hanging] });
    await probe.start();
    await advanceUntil(clock, 100, () => clock.monotonic() >= 200);
    await receiver.until(({ lines }) => lines.length >= 1);
    expect(receiver.lines.map((line) => line.split('|')[0])).to.deep.equal(['a:1']);
  });

  it('stops without waiting for a source that hangs, and sends nothing afterwards', async () => {
    let answer: (value: never[]) => void = () => {};
    const hanging = source('hanging', () => new Promise((resolve) => (answer = resolve)));
    probe = make({ sources: [steady('a'), hanging] });
    await probe.start();
    await new Promise(setImmediate);
    await probe.stop();
    answer([]);
    await receiver.until(({ lines }) => lines.length >= 1);
    expect(receiver.lines.map((line) => line.split('|')[0])).to.deep.equal(['a:1']);
  });

  it('can be stopped while it starts', async () => {
    const clock = new FakeClock();
    let reads = 0;
    const counting = source('counting', async () => {
      reads++;
      return [];
    });
    probe = make({ clock, sources: [counting] });
    const started = probe.start();
    await probe.stop();
    await started;
    expect(reads).to.equal(0);
  });
});

describe('the next tick', () => {
  it('is a twentieth of the interval before its end, half a second at most', () => {
    expect(nextTick(0, 10_000)).to.equal(9500);
    expect(nextTick(9499, 10_000)).to.equal(9500);
    expect(nextTick(9500, 10_000)).to.equal(19_500);
    expect(nextTick(0, 1000)).to.equal(950);
    expect(nextTick(0, 3_600_000)).to.equal(3_599_500);
  });
});
