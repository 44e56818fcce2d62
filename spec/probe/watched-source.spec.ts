import { expect } from 'chai';
import type { Logger } from '../../lib/log.js';
import { level, type Reading, total } from '../../lib/probe/reading.js';
import { WatchedSource } from '../../lib/probe/watched-source.js';
import { FakeClock } from '../support/fake-clock.js';

/** A source under the spec's hand: each read takes the next of the given answers. */
function watched(...answers: (() => Promise<readonly Reading[]>)[]) {
  const clock = new FakeClock();
  const log: string[] = [];
  const write = (message: string) => log.push(message);
  const logger: Logger = { error: write, warn: write, info: write, debug: write };
  const source = { name: 'disks', read: () => answers.shift()!() };
  return { clock, log, source: new WatchedSource(source, { timeoutMs: 5000, clock, logger }) };
}

const answer =
  (...readings: Reading[]) =>
  () =>
    Promise.resolve(readings);
const failure = () => Promise.reject(new Error('EIO'));

/** A promise to be settled from outside. */
function open<T>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

describe('a watched source', () => {
  it('turns what fails into nothing, a count and a line of log', async () => {
    const { source, log } = watched(failure);
    expect(await source.collect()).to.deep.equal([]);
    expect(source.takeFailures()).to.equal(1);
    expect(source.takeFailures()).to.equal(0);
    expect(log).to.deep.equal(['probe: source disks failed: EIO']);
  });

  it('survives a read that throws before it is a promise', async () => {
    const { source } = watched(() => {
      throw new Error('at once');
    });
    expect(await source.collect()).to.deep.equal([]);
    expect(source.takeFailures()).to.equal(1);
  });

  it('asks again after one that threw at once', async () => {
    const { source } = watched(
      () => {
        throw new Error('at once');
      },
      answer(level('a', 1)),
    );
    await source.collect();
    expect(await source.collect()).to.have.lengthOf(1);
  });

  it('logs ever more rarely while it goes on failing, and once when it ends', async () => {
    const { source, log } = watched(...Array(100).fill(failure), answer());
    for (let i = 0; i < 101; i++) await source.collect();
    expect(log).to.deep.equal([
      'probe: source disks failed: EIO',
      'probe: source disks failed 10 times in a row: EIO',
      'probe: source disks failed 100 times in a row: EIO',
      'probe: source disks answers again after 100 failures',
    ]);
  });

  it('gives up what takes too long', async () => {
    const { source, clock, log } = watched(() => new Promise(() => {}));
    const collected = source.collect();
    clock.advance(5000);
    expect(await collected).to.deep.equal([]);
    expect(log).to.deep.equal(['probe: source disks failed: no answer within 5000 ms']);
  });

  it('is not asked again before it has answered', async () => {
    const late = open<Reading[]>();
    const { source, clock } = watched(() => late.promise, answer(level('a', 1)));
    const collected = source.collect();
    clock.advance(5000);
    await collected;
    expect(await source.collect()).to.deep.equal([]);
    expect(source.takeFailures()).to.equal(2);
    late.resolve([level('a', 0)]);
    await late.promise;
    await new Promise(setImmediate);
    expect(await source.collect()).to.deep.equal([{ name: 'a', kind: 'gauge', value: 1, tags: [] }]);
  });

  it('loses nothing of a running total to a reading that came too late', async () => {
    const late = open<Reading[]>();
    const { source, clock } = watched(answer(total('a', 10)), () => late.promise, answer(total('a', 17)));
    await source.collect();
    const collected = source.collect();
    clock.advance(5000);
    await collected;
    late.resolve([total('a', 12)]);
    await new Promise(setImmediate);
    expect((await source.collect())[0]?.value).to.equal(7);
  });

  it('sends the numbers and counts a failure when one of the readings is no number', async () => {
    const { source, log } = watched(answer(level('good', 1), level('bad', Number.NaN)));
    expect((await source.collect()).map(({ name }) => name)).to.deep.equal(['good']);
    expect(log).to.deep.equal(['probe: source disks failed: no number for bad']);
  });
});
