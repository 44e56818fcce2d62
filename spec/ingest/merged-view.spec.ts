import { expect } from 'chai';
import { Aggregator } from '../../lib/aggregate/aggregator.js';
import { maxRawSamples } from '../../lib/aggregate/condensing.js';
import { PlainBucket } from '../../lib/aggregate/plain-bucket.js';
import { KernelBucket } from '../../lib/ingest/kernel-bucket.js';
import { localSource, MergedView } from '../../lib/ingest/merged-view.js';
import { Kernel } from '../../lib/kernel/host.js';
import { MetricType } from '../../lib/metric.js';
import { KeyList } from '../../lib/series/numbering.js';
import { SeriesTable } from '../../lib/series/table.js';
import { Recorder } from '../support/recorder.js';

const intervalMs = 10_000;
const noon = Date.UTC(2026, 0, 1, 12);

/** A place where samples are collected, and what to do when an interval of it is read. */
interface Collected {
  readonly table: SeriesTable;
  readonly aggregator: Aggregator<unknown>;
}

function plain(): Collected {
  const aggregator = new Aggregator({ intervalMs, sketch: {} }, new PlainBucket({}), noon);
  return { table: new SeriesTable({ maxSeries: 1000 }), aggregator };
}

/** @param maxMemoryBytes the least there is has room for few samples; the others spill */
function kernel(maxMemoryBytes: number): Collected {
  const kernel = new Kernel({ dialect: 'goodall', sketch: {}, slots: 1, receiveBytes: 4096, maxMemoryBytes });
  const table = new SeriesTable({ maxSeries: 1000 });
  const bucket = new KernelBucket(kernel, {}, () => table.size);
  return { table, aggregator: new Aggregator({ intervalMs, sketch: {} }, bucket, noon) };
}

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

const places: Readonly<Record<string, () => Collected>> = {
  'a plain bucket': plain,
  'the kernel': () => kernel(2 ** 22),
};

for (const [place, collected] of Object.entries(places)) {
  describe(`the live view of ${place}`, () => {
    function setUp() {
      const { table, aggregator } = collected();
      return {
        aggregator,
        record: new Recorder(table, aggregator),
        view: new MergedView([localSource(aggregator, table, new KeyList(), () => () => {})]),
      };
    }

    it('shows what the open interval holds of each kind, in the order it was first heard', async () => {
      const { record, view } = setUp();
      record.counter('b', 1);
      record.counter('a', 2);
      record.counter('b', 0.5);
      record.timer('t', [3, 1, 2]);
      record.timer('d', [-4], MetricType.Distribution);
      record.set('s', ['x', 'y', 'x']);
      record.gauge('g', 5);
      expect([...(await view.counters())]).to.deep.equal([
        ['b', 1.5],
        ['a', 2],
      ]);
      expect([...(await view.timers())]).to.deep.equal([
        ['t', Float64Array.of(3, 1, 2)],
        ['d', Float64Array.of(-4)],
      ]);
      expect([...(await view.sets())]).to.deep.equal([['s', 2]]);
      expect([...(await view.gauges())]).to.deep.equal([['g', 5]]);
    });

    it('forgets counters, timers and sets with the interval, but no gauge', async () => {
      const { aggregator, record, view } = setUp();
      record.counter('c', 1);
      record.timer('t', [1]);
      record.set('s', ['x']);
      record.gauge('g', 5);
      aggregator.advance(noon + intervalMs);
      expect([
        (await view.counters()).size,
        (await view.timers()).size,
        (await view.sets()).size,
      ]).to.deep.equal([0, 0, 0]);
      expect([...(await view.gauges())]).to.deep.equal([['g', 5]]);
    });

    it('gives copies that later samples do not change', async () => {
      const { record, view } = setUp();
      record.counter('c', 1);
      record.timer('t', numbers(0, maxRawSamples));
      record.gauge('g', 1);
      const [counters, timers, gauges] = [await view.counters(), await view.timers(), await view.gauges()];
      record.counter('c', 1);
      // Takes the room of the first one.
      record.timer('t', [-1]);
      record.gauge('g', 2);
      expect([counters.get('c'), timers.get('t')?.[0], gauges.get('g')]).to.deep.equal([1, 0, 1]);
    });

    it('spells tags as statsd does', async () => {
      const { record, view } = setUp();
      record.counter('n', 1, [
        { key: 'a', value: '1' },
        { key: 'flag', value: '' },
      ]);
      expect([...(await view.counters()).keys()]).to.deep.equal(['n;a=1;flag']);
    });

    it('adds up series that statsd could not tell apart', async () => {
      const { record, view } = setUp();
      record.timer('t', [1, 2]);
      record.timer('t', [3], MetricType.Distribution);
      record.counter('n', 1, [{ key: 'a=1', value: '' }]);
      record.counter('n', 2, [{ key: 'a', value: '1' }]);
      expect([...(await view.timers())]).to.deep.equal([['t', Float64Array.of(1, 2, 3)]]);
      expect([...(await view.counters())]).to.deep.equal([['n;a=1', 3]]);
      expect(await view.delete('counters', ['n;a=1'])).to.deep.equal([['n;a=1']]);
      expect((await view.counters()).size).to.equal(0);
    });

    it('shows no samples of a series that has so many that they are a sketch', async () => {
      const { record, view } = setUp();
      record.timer('t', numbers(0, maxRawSamples));
      expect((await view.timers()).get('t')).to.deep.equal(Float64Array.from(numbers(0, maxRawSamples)));
      record.timer('t', [7, 8]);
      expect([...(await view.timers())]).to.deep.equal([['t', Float64Array.of()]]);
    });

    it('shows a whole number of members when it is an estimate', async () => {
      const { record, view } = setUp();
      record.set(
        's',
        numbers(0, 3000).map((i) => `member ${i}`),
      );
      const count = (await view.sets()).get('s')!;
      expect(Number.isInteger(count)).to.equal(true);
      expect(count).to.be.closeTo(3000, 150);
    });

    it('deletes what the open interval holds, so that no point of it is left', async () => {
      const { record, view } = setUp();
      record.counter('x', 1);
      record.timer('x', [1]);
      record.timer('y', [1], MetricType.Distribution);
      record.gauge('x', 1);
      expect(await view.delete('counters', ['x', 'x'])).to.deep.equal([['x'], []]);
      expect(await view.delete('timers', ['x', 'y'])).to.deep.equal([['x'], ['y']]);
      expect((await view.gauges()).get('x')).to.equal(1);
      expect([...(await view.counters()), ...(await view.timers())]).to.deep.equal([]);
    });

    it('deletes a gauge with its value, so that a change starts from zero', async () => {
      const { aggregator, record, view } = setUp();
      record.gauge('g', 100);
      aggregator.advance(noon + intervalMs);
      expect(await view.delete('gauges', ['g'])).to.deep.equal([['g']]);
      expect((await view.gauges()).size).to.equal(0);
      record.gauge('g', 3, true);
      expect([...(await view.gauges())]).to.deep.equal([['g', 3]]);
    });

    it('deletes folders, which a dot ends', async () => {
      const { record, view } = setUp();
      for (const name of ['a', 'a.b', 'a.c.d', 'ab', 'b.a.c', 'a.*']) record.counter(name, 1);
      expect(await view.delete('counters', ['c.*', '.*', 'a.*', 'a.b'])).to.deep.equal([
        [],
        [],
        ['a.b', 'a.c.d', 'a.*'],
        [],
      ]);
      expect([...(await view.counters()).keys()]).to.deep.equal(['a', 'ab', 'b.a.c']);
    });

    it('shows and deletes late samples with those of the open interval', async () => {
      const { aggregator, record, view } = setUp();
      record.counter('x', 1);
      record.timer('t', [1]);
      const past = aggregator.bucketFor(noon / 1000 - 60, noon)!;
      past.counter(0, 10, 1);
      past.distribution(1, MetricType.Timer, 2, 1);
      expect([...(await view.counters())]).to.deep.equal([['x', 11]]);
      expect([...(await view.timers())]).to.deep.equal([['t', Float64Array.of(1, 2)]]);
      await view.delete('counters', ['x']);
      expect(aggregator.finish().late.map(({ ref }) => ref)).to.deep.equal([1]);
    });

    it('goes on to record what was deleted', async () => {
      const { record, view } = setUp();
      record.counter('x', 1);
      await view.delete('counters', ['x']);
      record.counter('x', 5);
      expect([...(await view.counters())]).to.deep.equal([['x', 5]]);
    });
  });
}
