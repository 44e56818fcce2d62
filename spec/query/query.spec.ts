import { expect } from 'chai';
import { MetricType } from '../../lib/metric.js';
import { rowDocument } from '../../lib/query/contract.js';
import { parsePercentiles } from '../../lib/query/percentile.js';
import { type Answer, type Query, runQuery } from '../../lib/query/query.js';
import type { Row } from '../../lib/query/row.js';
import { equalSteps } from '../../lib/query/steps.js';
import { MemoryReader } from './memory-reader.js';
import { buckets, type FlushOptions, flushesOf, type Sample, seriesOf } from './samples.js';

const start = Date.UTC(2026, 10, 24, 12);
const intervalMs = 10_000;
const ten: FlushOptions = { intervalMs };

function readerOf(samples: readonly Sample[], starts: readonly number[], options = ten): MemoryReader {
  const reader = new MemoryReader();
  for (const flush of flushesOf(samples, starts, options)) reader.write(flush);
  return reader;
}

function ask(readers: readonly MemoryReader[], query: Partial<Query> = {}): Promise<Answer> {
  return runQuery(readers, {
    selector: {},
    window: { sinceMs: start, untilMs: start + 60_000 },
    percentiles: parsePercentiles('0,50,100'),
    nowMs: start + 3_600_000,
    ...query,
  });
}

/** Samples of one series at seconds from the start. */
function at(
  series: Sample['series'],
  ...list: readonly (readonly [second: number, value: number])[]
): Sample[] {
  return list.map(([second, value]) => ({ series, timeMs: start + second * 1000, value }));
}

/** An answer as it is written: how its rows lie in memory is their own matter. */
function written(answer: Answer): unknown {
  return { ...answer, rows: answer.rows.map((row) => rowDocument(row, parsePercentiles('0,50,100'))) };
}

function only(answer: Answer): Row {
  expect(answer.rows).to.have.length(1);
  const { trust, lastAtMs, flaw, ...figures } = answer.rows[0] as Row;
  return figures;
}

const minute = buckets(start, 6, intervalMs);

describe('a counter in a report', () => {
  const hits = seriesOf('hits', MetricType.Counter);

  it('has sums over the running time, and percentiles over the rates of its buckets', async () => {
    const samples = [
      ...at(hits, [1, 5], [2, 5], [11, 30], [55, 1]),
      { series: hits, timeMs: start + 56_000, value: 1, sampleRate: 0.1 },
    ];
    const row = only(await ask([readerOf(samples, minute)]));
    expect(row).to.deep.equal({
      name: 'hits',
      type: 'counter',
      tags: [],
      count: 5,
      sum: 51,
      rate: 51 / 60,
      min: 1,
      mean: (1 + 3 + 1.1) / 3,
      max: 3,
      percentiles: [1, 1.1, 3],
    });
  });

  it('adds the rates of one bucket up over the series of a group', async () => {
    const a = seriesOf('hits', MetricType.Counter, 'host:a');
    const b = seriesOf('hits', MetricType.Counter, 'host:b');
    const samples = [...at(a, [1, 10], [11, 20]), ...at(b, [2, 30], [21, 40])];
    const row = only(await ask([readerOf(samples, minute)], { groupBy: [] }));
    expect(row.percentiles).to.deep.equal([2, 4, 4]);
    expect(row.mean).to.equal(10 / 3);
    expect(row.sum).to.equal(100);
  });

  it('adds up what several stores hold of the same bucket', async () => {
    const first = readerOf(at(hits, [1, 10], [11, 10]), minute);
    const second = readerOf(at(hits, [2, 30]), minute);
    const row = only(await ask([first, second]));
    expect(row).to.include({ count: 3, sum: 50, rate: 50 / 60, min: 1, max: 4, mean: 2.5 });
  });

  it('merges parts of one bucket that one store holds', async () => {
    const reader = readerOf(at(hits, [1, 10]), [start]);
    for (const flush of flushesOf(at(hits, [5, 20]), [start], { ...ten, source: 'late' }))
      reader.write(flush);
    expect(only(await ask([reader]))).to.include({ count: 2, sum: 30, min: 3, max: 3 });
  });

  it('divides by the time in which a server was running', async () => {
    const row = only(await ask([readerOf(at(hits, [1, 60]), [start, start + 10_000])]));
    expect(row.rate).to.equal(3);
  });

  it('counts a back-filled bucket as running time of its own row', async () => {
    const reader = readerOf(at(hits, [41, 60]), [start]);
    const [late] = flushesOf(at(hits, [1, 20]), [start], ten);
    if (late === undefined) throw new Error('no flush');
    const point = { ...late.points.at(0)!, timeMs: start - 100_000 };
    reader.write({ ...late, points: [point] });
    const row = only(await ask([reader], { window: { sinceMs: start - 200_000, untilMs: start + 60_000 } }));
    expect(row.rate).to.equal(20 / 20);
  });

  it('divides by the window where no server is on record', async () => {
    const reader = readerOf(at(hits, [1, 60]), [start]);
    reader.ingest = async () => [];
    const answer = await ask([reader]);
    expect(only(answer).rate).to.equal(1);
    expect(answer.coverage).to.deep.equal({
      coveredMs: 0,
      gaps: [{ sinceMs: start, untilMs: start + 60_000 }],
    });
  });
});

describe('the beginning of all in a report', () => {
  const hits = seriesOf('hits', MetricType.Counter);
  const begun = [start + 30_000, start + 40_000, start + 50_000];
  const beginsMs = start + 30_000;

  it('is the end of the first gap, also where the first bucket begins before it', async () => {
    const reader = readerOf(at(hits, [31, 1]), begun);
    expect((await ask([reader])).coverage).to.include({ beginsMs });
    reader.extent = async () => ({ sinceMs: start - 1_800_000, untilMs: start + 60_000 });
    expect((await ask([reader])).coverage).to.include({ beginsMs });
  });

  it('is not there when a server ran before the window, even in another store', async () => {
    const reader = readerOf(at(hits, [31, 1]), begun);
    const older = readerOf(at(hits, [-40, 1]), [start - 40_000]);
    expect((await ask([reader, older])).coverage).to.not.have.property('beginsMs');
    const long = readerOf(at(hits, [-90_000, 1], [31, 1]), [start - 90_000_000, ...begun]);
    expect((await ask([long])).coverage).to.not.have.property('beginsMs');
  });

  it('is not there when servers ran from the start of the window on, or never in it', async () => {
    expect((await ask([readerOf(at(hits, [31, 1]), minute)])).coverage).to.not.have.property('beginsMs');
    const later = readerOf(at(hits, [61, 1]), [start + 60_000]);
    expect((await ask([later])).coverage).to.not.have.property('beginsMs');
  });
});

describe('a gauge in a report', () => {
  const depth = seriesOf('depth', MetricType.Gauge);

  it('has percentiles over the last values of its buckets, and no sum or rate', async () => {
    const samples = at(depth, [1, 100], [9, 5], [11, 7], [21, -3], [22, 9]);
    expect(only(await ask([readerOf(samples, minute)]))).to.deep.equal({
      name: 'depth',
      type: 'gauge',
      tags: [],
      count: 5,
      min: -3,
      mean: 118 / 5,
      max: 100,
      last: 9,
      percentiles: [5, 7, 9],
    });
  });

  it('takes every series of a group as population, and the latest of all as last', async () => {
    const a = seriesOf('depth', MetricType.Gauge, 'queue:a');
    const b = seriesOf('depth', MetricType.Gauge, 'queue:b');
    const samples = [...at(a, [1, 1], [31, 3]), ...at(b, [2, 10], [12, 20])];
    const row = only(await ask([readerOf(samples, minute)], { groupBy: [] }));
    expect(row).to.include({ count: 4, last: 3, min: 1, max: 20 });
    expect(row.percentiles).to.deep.equal([1, 3, 20]);
  });

  it('takes the later value of a bucket that several stores hold', async () => {
    const first = readerOf(at(depth, [9, 50], [11, 1]), minute);
    const second = readerOf(at(depth, [8, 40], [12, 2]), minute);
    for (const readers of [
      [first, second],
      [second, first],
    ]) {
      const row = only(await ask(readers));
      expect(row.percentiles).to.deep.equal([2, 2, 50]);
      expect(row).to.include({ count: 4, last: 2 });
    }
  });

  it('merges parts of one bucket that one store holds', async () => {
    const reader = readerOf(at(depth, [9, 50]), [start]);
    for (const flush of flushesOf(at(depth, [5, 20]), [start], { ...ten, source: 'late' }))
      reader.write(flush);
    expect(only(await ask([reader])).percentiles).to.deep.equal([50, 50, 50]);
  });
});

describe('a timer in a report', () => {
  const latency = seriesOf('latency', MetricType.Timer);

  it('has weighted counts and sums, and percentiles of weighted samples within the extremes', async () => {
    const samples = [
      ...at(latency, [1, 1], [2, 2], [11, 3]),
      { series: latency, timeMs: start + 12_000, value: 100, sampleRate: 0.125 },
    ];
    const answer = await ask([readerOf(samples, minute)]);
    const row = only(answer);
    expect(row).to.include({ count: 11, sum: 806, rate: 11 / 60, min: 1, mean: 806 / 11, max: 100 });
    expect(row.last).to.equal(undefined);
    const [lowest, median, highest] = row.percentiles ?? [];
    expect([lowest, highest]).to.deep.equal([1, 100]);
    expect(median).to.be.within(99, 100);
    expect(answer.relativeAccuracy).to.equal(0.01);
  });

  it('says the accuracy of the sketches that were read', async () => {
    const reader = readerOf(at(latency, [1, 1]), minute, { ...ten, relativeAccuracy: 0.05 });
    expect((await ask([reader])).relativeAccuracy).to.be.closeTo(0.05, 1e-9);
  });

  it('leaves the stored sketches alone', async () => {
    const reader = readerOf(at(latency, [1, 1], [11, 2]), minute);
    const [first, second] = [await ask([reader]), await ask([reader])];
    expect(second.rows).to.deep.equal(first.rows);
  });
});

describe('a set in a report', () => {
  it('has the number of distinct members over window, group and stores', async () => {
    const set = (tags: string, ...members: string[]): Sample[] =>
      members.map((value, i) => ({
        series: seriesOf('users', MetricType.Set, tags),
        timeMs: start + i * 9_000,
        value,
      }));
    const readers = [
      readerOf([...set('h:1', 'a', 'b', 'a'), ...set('h:2', 'b', 'c')], minute),
      readerOf(set('h:1', 'd', 'a'), minute),
    ];
    const one = { name: 'users', type: 'set' };
    expect((await ask(readers)).rows).to.deep.equal([
      { ...one, tags: [{ key: 'h', value: '1' }], count: 3 },
      { ...one, tags: [{ key: 'h', value: '2' }], count: 2 },
    ]);
    expect(only(await ask(readers, { groupBy: [] })).count).to.equal(4);
  });
});

describe('runQuery', () => {
  const hits = seriesOf('hits', MetricType.Counter);

  it('counts a bucket in the window, and in the step, in which it starts', async () => {
    const samples = at(hits, [1, 1], [11, 10], [21, 100], [31, 1000]);
    const reader = readerOf(samples, minute);
    const window = { sinceMs: start + 5_000, untilMs: start + 25_000 };
    expect(only(await ask([reader], { window }))).to.include({ sum: 110, rate: 5.5 });
    const steps = equalSteps(15_000);
    const { rows } = await ask([reader], { steps });
    expect(rows.map(({ timeMs, sum, rate }) => [timeMs, sum, rate])).to.deep.equal([
      [start, 11, 11 / 20],
      [start + 15_000, 100, 100 / 10],
      [start + 30_000, 1000, 1000 / 20],
    ]);
  });

  it('gives rates in steps that are finer than the buckets', async () => {
    const { rows } = await ask([readerOf(at(hits, [1, 20], [11, 40]), minute)], { steps: equalSteps(1_000) });
    expect(rows.map(({ rate }) => rate)).to.deep.equal([2, 4]);
  });

  it('answers the same however little memory it may take', async () => {
    const samples: Sample[] = [];
    for (let i = 0; i < 400; i++) {
      const series = seriesOf(
        `s${i % 3}`,
        ([MetricType.Counter, MetricType.Gauge, MetricType.Timer] as const)[i % 3] ?? 0,
        `host:${i % 7},az:${i % 2}`,
      );
      samples.push({ series, timeMs: start + ((i * 7919) % 60_000), value: (i * 31) % 97 });
    }
    const readers = [0, 1, 2].map((part) =>
      readerOf(
        samples.filter((_, i) => i % 3 !== part),
        minute,
      ),
    );
    for (const shape of [{}, { groupBy: ['az'] }, { groupBy: [], steps: equalSteps(20_000) }]) {
      const generous = await ask(readers, shape);
      const frugal = await ask(readers, { ...shape, budgetBytes: 1 });
      expect(written(frugal)).to.deep.equal(written(generous));
      expect(generous.seriesCount).to.equal(42);
    }
  });

  it('asks for many series at once, not one by one', async () => {
    const samples = Array.from({ length: 100 }, (_, i) =>
      at(seriesOf(`c${i}`, MetricType.Counter), [1, i]),
    ).flat();
    const reader = readerOf(samples, minute);
    expect((await ask([reader])).rows).to.have.length(100);
    expect(reader.asked.map(({ seriesCount }) => seriesCount)).to.deep.equal([100]);
  });

  it('adds up what was lost, and says when that is not known', async () => {
    const some = (datagramsDropped: number | undefined): MemoryReader =>
      readerOf(at(hits, [1, 1]), minute, { ...ten, datagrams: 100, datagramsDropped });
    expect((await ask([some(2), some(0)])).loss).to.deep.equal({
      datagramsReceived: 1200,
      datagramsDropped: 12,
    });
    expect((await ask([some(2), some(undefined)])).loss.datagramsDropped).to.equal(12);
    expect((await ask([some(undefined)])).loss.datagramsDropped).to.equal(undefined);
  });

  it('knows the lengths of the buckets and the span that the stores hold', async () => {
    const answer = await ask([
      readerOf(at(hits, [1, 1]), minute),
      readerOf(at(hits, [1, 1]), buckets(start - 60_000, 2, 60_000), { intervalMs: 60_000, source: 'b' }),
    ]);
    expect(answer.resolution).to.deep.equal({ minMs: 10_000, maxMs: 60_000 });
    expect(answer.extent).to.deep.equal({ sinceMs: start, untilMs: start + 60_000 });
  });

  it('answers without rows when nothing matches', async () => {
    const answer = await ask([readerOf(at(hits, [1, 1]), minute)], { selector: { patterns: ['nope'] } });
    expect(answer).to.include({ seriesCount: 0, resolution: undefined, relativeAccuracy: 0.01 });
    expect(answer.rows).to.deep.equal([]);
  });
});
