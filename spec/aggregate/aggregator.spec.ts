import { expect } from 'chai';
import { Aggregator, maxFutureMs, maxLateBuckets, type Sealed } from '../../lib/aggregate/aggregator.js';
import type { IntervalPoint } from '../../lib/aggregate/interval.js';
import type { DistributionPartial, SetPartial } from '../../lib/aggregate/partial.js';
import { PlainBucket } from '../../lib/aggregate/plain-bucket.js';
import { MetricType } from '../../lib/metric.js';

const intervalMs = 10_000;
const noon = Date.UTC(2026, 0, 1, 12);

const aggregator = (nowMs = noon) => new Aggregator({ intervalMs, sketch: {} }, new PlainBucket({}), nowMs);

type PlainSealed = Sealed<readonly IntervalPoint[]>;

/** The partials of one series in a sealed interval, those of earlier buckets first. */
function pointsOf(sealed: PlainSealed | undefined, ref: number) {
  if (sealed === undefined) return [];
  const own = sealed.content.map((point) => ({ ...point, timeMs: sealed.startMs }));
  return [...sealed.late, ...own]
    .filter((point) => point.ref === ref)
    .map(({ timeMs, partial }) => ({ timeMs, partial }));
}

describe('the aggregator', () => {
  it('puts a sample at the boundary into the bucket that begins there', () => {
    const agg = aggregator();
    agg.current.counter(1, 1, 1);
    expect(agg.advance(noon + intervalMs - 1)).to.equal(undefined);
    const sealed = agg.advance(noon + intervalMs);
    agg.current.counter(1, 5, 1);
    expect(pointsOf(sealed, 1)).to.deep.equal([
      { timeMs: noon, partial: { type: MetricType.Counter, sum: 1, samples: 1 } },
    ]);
    expect(pointsOf(agg.finish(), 1)).to.deep.equal([
      { timeMs: noon + intervalMs, partial: { type: MetricType.Counter, sum: 5, samples: 1 } },
    ]);
  });

  it('starts buckets at multiples of the interval, whenever it began', () => {
    expect(aggregator(noon + 3_456).openStartMs).to.equal(noon);
  });

  it('adds counters up with their weights, fractions included', () => {
    const agg = aggregator();
    const open = agg.current;
    for (const value of [0.4, 0.4, 0.4]) open.counter(1, value, 1);
    open.counter(2, -3, 10);
    const sealed = agg.finish();
    const [point] = pointsOf(sealed, 1);
    expect((point!.partial as { sum: number }).sum).to.be.closeTo(1.2, 1e-12);
    expect(pointsOf(sealed, 2)[0]!.partial).to.deep.equal({ type: MetricType.Counter, sum: -30, samples: 1 });
  });

  it('leaves no point for a series that was not heard', () => {
    const agg = aggregator();
    agg.current.counter(1, 1, 1);
    agg.advance(noon + intervalMs);
    expect(agg.finish().content).to.deep.equal([]);
  });

  it('applies gauge changes to the value the gauge has, across intervals and restarts', () => {
    const agg = aggregator();
    agg.restoreGauge(1, 100);
    agg.gauge(agg.current, 1, -1, true, noon);
    const first = agg.advance(noon + intervalMs);
    agg.gauge(agg.current, 1, 11, true, noon + intervalMs);
    agg.gauge(agg.current, 1, -30, true, noon + intervalMs + 1);
    expect(pointsOf(first, 1)[0]!.partial).to.include({ last: 99, lastAtMs: noon, samples: 1 });
    expect(pointsOf(agg.finish(), 1)[0]!.partial).to.deep.equal({
      type: MetricType.Gauge,
      last: 80,
      lastAtMs: noon + intervalMs + 1,
      min: 80,
      max: 110,
      sum: 190,
      samples: 2,
    });
  });

  it('takes a change on a gauge never seen for a change from zero', () => {
    const agg = aggregator();
    agg.gauge(agg.current, 1, -5, true, noon);
    expect(pointsOf(agg.finish(), 1)[0]!.partial).to.include({ last: -5 });
  });

  it('weights timers by their sample rate and keeps the number of samples', () => {
    const agg = aggregator();
    const open = agg.current;
    open.distribution(1, MetricType.Timer, 10, 1);
    open.distribution(1, MetricType.Timer, 20, 10);
    const partial = pointsOf(agg.finish(), 1)[0]!.partial as DistributionPartial;
    expect(partial).to.include({ samples: 2, count: 11, sum: 210, min: 10, max: 20 });
    expect(partial.sketch.quantile(0.5)).to.be.closeTo(20, 0.2);
  });

  it('folds more samples than it keeps raw into the sketch, losing none', () => {
    const agg = aggregator();
    const open = agg.current;
    for (let i = 1; i <= 5_000; i++) open.distribution(1, MetricType.Distribution, i, 1);
    const partial = pointsOf(agg.finish(), 1)[0]!.partial as DistributionPartial;
    expect(partial).to.include({ samples: 5_000, count: 5_000, sum: 12_502_500, min: 1, max: 5_000 });
    expect(partial.sketch.count).to.equal(5_000);
    expect(partial.sketch.quantile(0.99)).to.be.closeTo(4_950, 49.5);
  });

  it('counts the distinct members of a set', () => {
    const agg = aggregator();
    const slab = new TextEncoder().encode('annbobann');
    const open = agg.current;
    for (const start of [0, 3, 6]) open.member(1, slab, start, start + 3);
    expect((pointsOf(agg.finish(), 1)[0]!.partial as SetPartial).members.estimate()).to.equal(2);
  });

  it('puts a timestamped sample into the bucket it belongs to', () => {
    const agg = aggregator();
    const late = noon / 1000 - 3_600;
    agg.bucketFor(late + 4, noon)!.counter(1, 2, 1);
    agg.bucketFor(late + 9, noon)!.counter(1, 3, 1);
    agg.bucketFor(noon / 1000 + 1, noon)!.counter(1, 7, 1);
    expect(pointsOf(agg.finish(), 1)).to.deep.equal([
      { timeMs: noon - 3_600_000, partial: { type: MetricType.Counter, sum: 5, samples: 2 } },
      { timeMs: noon, partial: { type: MetricType.Counter, sum: 7, samples: 1 } },
    ]);
  });

  it('does not let an old setting turn back what a gauge is now, nor lose an old change', () => {
    const agg = aggregator();
    agg.gauge(agg.current, 1, 50, false, noon);
    agg.gauge(agg.bucketFor(noon / 1000 - 600, noon)!, 1, 7, false, noon - 600_000);
    agg.gauge(agg.current, 1, 1, true, noon + 1);
    agg.gauge(agg.bucketFor(noon / 1000 - 600, noon)!, 1, 2, true, noon - 600_000);
    agg.gauge(agg.current, 1, 1, true, noon + 2);
    const [past, open] = pointsOf(agg.finish(), 1);
    expect(past!.partial).to.include({ min: 7, last: 53 });
    expect(open!.partial).to.include({ last: 54 });
  });

  it('refuses timestamps far in the future and more past buckets than it may hold', () => {
    const agg = aggregator();
    expect(agg.bucketFor((noon + maxFutureMs) / 1000 + 1, noon)).to.equal(undefined);
    for (let i = 1; i <= maxLateBuckets; i++) agg.bucketFor((noon - i * intervalMs) / 1000, noon);
    expect(agg.bucketFor((noon - (maxLateBuckets + 1) * intervalMs) / 1000, noon)).to.equal(undefined);
    expect(agg.bucketFor((noon - intervalMs) / 1000, noon)).to.not.equal(undefined);
  });

  it('keeps the bucket open when the clock jitters, and changes it when the clock steps back', () => {
    const agg = aggregator();
    expect(agg.advance(noon - 3)).to.equal(undefined);
    agg.current.counter(1, 1, 1);
    const sealed = agg.advance(noon - 60_000);
    expect(sealed!.startMs).to.equal(noon);
    expect(agg.openStartMs).to.equal(noon - 60_000);
  });
});
