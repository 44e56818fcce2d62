import { expect } from 'chai';
import { Aggregator } from '../../lib/aggregate/aggregator.js';
import type { IntervalPoint } from '../../lib/aggregate/interval.js';
import { type LiveKind, LookBuilder } from '../../lib/aggregate/look.js';
import { mergePartial, type Partial } from '../../lib/aggregate/partial.js';
import { PlainBucket } from '../../lib/aggregate/plain-bucket.js';
import { KernelBucket } from '../../lib/ingest/kernel-bucket.js';
import { Kernel } from '../../lib/kernel/host.js';
import { SealedReader } from '../../lib/kernel/sealed.js';
import { MetricType } from '../../lib/metric.js';
import { differenceOf } from './comparison.js';
import { Dice } from './traffic.js';

const kinds: readonly LiveKind[] = ['counters', 'gauges', 'timers', 'sets'];
const types = [
  MetricType.Counter,
  MetricType.Gauge,
  MetricType.Timer,
  MetricType.Distribution,
  MetricType.Set,
];

/** A bucket of the kernel and its plain twin, which are given the same. A series' type is its ref's remainder. */
class Buckets {
  readonly kernel: Kernel;
  private readonly fast: KernelBucket;
  private readonly plain = new PlainBucket({});
  private readonly aggregators: readonly Aggregator<unknown>[];
  private readonly refs: number;
  private nowMs = 0;

  constructor(refs: number, maxMemoryBytes: number) {
    const options = { dialect: 'goodall', sketch: {}, slots: 1, receiveBytes: 4096, maxMemoryBytes } as const;
    this.refs = refs;
    this.kernel = new Kernel(options);
    this.fast = new KernelBucket(this.kernel, {}, () => refs);
    const one = { intervalMs: 1000, sketch: {} };
    this.aggregators = [new Aggregator(one, this.fast, 0), new Aggregator(one, this.plain, 0)];
  }

  sample(ref: number, value: number, weight: number, isDelta: boolean): void {
    const type = types[ref % types.length]!;
    this.nowMs += 1;
    const member = Buffer.from(`m${value}`);
    for (const aggregator of this.aggregators) {
      const { current } = aggregator;
      if (type === MetricType.Counter) current.counter(ref, value, weight);
      else if (type === MetricType.Gauge) aggregator.gauge(current, ref, value, isDelta, this.nowMs);
      else if (type === MetricType.Set) current.member(ref, member, 0, member.length);
      else current.distribution(ref, type, value, weight);
    }
  }

  forget(refs: readonly number[]): void {
    for (const aggregator of this.aggregators) aggregator.forget(refs);
  }

  /** Expects that a look at both finds the same. Gauges have no order; what spilt comes last. */
  expectSameLooks(isOrdered: boolean): void {
    for (const kind of kinds) {
      const [fast, plain] = [this.fast, this.plain].map((bucket) => {
        const into = new LookBuilder();
        bucket.look(kind, into);
        const { refs, ends, values } = into.take();
        return Array.from(refs, (ref, i) => [ref, ...values.subarray(ends[i - 1] ?? 0, ends[i])]);
      });
      const byRef = (a: number[], b: number[]): number => a[0]! - b[0]!;
      if (!isOrdered || kind === 'gauges') for (const found of [fast!, plain!]) found.sort(byRef);
      expect(fast, kind).to.deep.equal(plain);
    }
  }

  /** Ends the interval of both, expects the same of it, and returns how many points it had. */
  seal(): number {
    const { list, spilt } = this.fast.seal();
    const read = [...new SealedReader(this.kernel.memory, {}).points(list)];
    expect(new Set(read.map(({ ref }) => ref)).size, 'series listed once').to.equal(read.length);
    while (this.fast.release());
    const fast = byRef([...read, ...spilt]);
    const plain = byRef(this.plain.seal());
    expect([...fast.keys()].sort(), 'series').to.deep.equal([...plain.keys()].sort());
    for (const [ref, partial] of fast)
      expect(differenceOf(partial, plain.get(ref)!), `${ref}`).to.equal(undefined);
    return plain.size;
  }

  /** As a person would: some refs of all, whether they hold anything or not. */
  some(dice: Dice, of: number): number[] {
    return Array.from({ length: this.refs }, (_, ref) => ref).filter(() => dice.once(of));
  }
}

function byRef(points: readonly IntervalPoint[]): Map<number, Partial> {
  const found = new Map<number, Partial>();
  for (const { ref, partial } of points) {
    const known = found.get(ref);
    if (known === undefined) found.set(ref, partial);
    else mergePartial(known, partial);
  }
  return found;
}

describe('a look at the open half, and what is forgotten of it', () => {
  for (const seed of [1, 2, 3, 4]) {
    it(`are the plain bucket's, whatever comes between: ${seed}`, () => {
      const dice = new Dice(seed);
      const buckets = new Buckets(300, 2 ** 24);
      let points = 0;
      for (let turn = 0; turn < 60; turn += 1) {
        for (let i = 0; i < 400; i += 1) {
          // A few series have most of the samples: their timers become sketches, their sets registers.
          const ref = dice.once(2) ? dice.roll(10) : dice.roll(300);
          buckets.sample(ref, dice.roll(5000), dice.once(4) ? 2 : 1, dice.once(3));
        }
        if (dice.once(2)) buckets.forget(buckets.some(dice, 1 + dice.roll(5)));
        buckets.expectSameLooks(true);
        if (dice.once(8)) points += buckets.seal();
      }
      expect(points).to.be.above(100);
    });
  }

  it('are the same where samples spill for want of memory', () => {
    const dice = new Dice(5);
    const buckets = new Buckets(20_000, 2 ** 20);
    for (let turn = 0; turn < 6; turn += 1) {
      for (let i = 0; i < 20_000; i += 1) {
        // One sample a timer and interval: one in two places would be looked at as two.
        const ref = i % types.length === 1 ? dice.roll(20_000) : i;
        buckets.sample(ref, dice.roll(5000), 1, false);
      }
      expect(buckets.kernel.seriesCount).to.be.within(1000, 19_000);
      buckets.forget(buckets.some(dice, 3));
      for (let ref = 0; ref < 20_000; ref += 5) buckets.sample(ref, 7, 1, false);
      buckets.seal();
    }
  });
});

describe('the list of the open half', () => {
  const counters = Array.from({ length: 5000 }, (_, i) => i * types.length);
  const isThird = (_: number, i: number): boolean => i % 3 === 0;
  const fill = (buckets: Buckets): void => {
    for (const ref of counters) buckets.sample(ref, 1, 1, false);
  };

  for (const [what, forgotten] of [
    ['some', counters.filter(isThird)],
    ['the first', counters.slice(0, 3000)],
    ['the last', counters.slice(2000)],
    ['all but one', counters.slice(1)],
    ['all', counters],
    ['none', []],
  ] as const) {
    it(`names a series once, after ${what} of it was forgotten and came back`, () => {
      const buckets = new Buckets(25_000, 2 ** 24);
      for (let turn = 0; turn < 3; turn += 1) {
        fill(buckets);
        buckets.forget(forgotten);
        buckets.expectSameLooks(true);
        fill(buckets);
        buckets.expectSameLooks(true);
        expect(buckets.seal()).to.equal(counters.length);
      }
    });
  }

  it('has room for every series while the sealed half holds as many, however often they are forgotten', () => {
    const kernel = new Kernel({
      dialect: 'goodall',
      sketch: {},
      slots: 1,
      receiveBytes: 4096,
      maxMemoryBytes: 2 ** 24,
    });
    const heard = (): void => {
      for (const ref of counters) kernel.counter(ref, 1, 1);
    };
    heard();
    const sealed = kernel.seal()!;
    for (let turn = 0; turn < 5; turn += 1) {
      heard();
      kernel.forget(turn % 2 === 0 ? counters : counters.filter(isThird));
      heard();
    }
    const used = kernel.usedBytes;
    const read = (list: number): number[] =>
      [...new SealedReader(kernel.memory, {}).points(list)].map(({ ref }) => ref);
    expect(read(sealed)).to.deep.equal(counters);
    while (kernel.release());
    const again = read(kernel.seal()!);
    expect(again.sort((a, b) => a - b)).to.deep.equal(counters);
    expect(kernel.usedBytes).to.equal(used);
  });

  it('is left alone by what was never heard', () => {
    const buckets = new Buckets(100, 2 ** 24);
    buckets.forget([3, 99, 50_000]);
    buckets.sample(0, 1, 1, false);
    buckets.forget([5, 0]);
    expect(buckets.seal()).to.equal(0);
  });
});
