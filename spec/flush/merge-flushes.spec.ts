import { expect } from 'chai';
import { mergePartial, type Partial } from '../../lib/aggregate/partial.js';
import { mergeFlushes } from '../../lib/flush/merge-flushes.js';
import { MetricType, type SeriesKey } from '../../lib/metric.js';
import { HyperLogLog } from '../../lib/sketch/hyperloglog.js';
import { counter, distribution, flushOf, gauge, noIngest, point, stepMs, t0 } from '../contract/flushes.js';

const key = (name: string, type: SeriesKey['type']): SeriesKey => ({ name, type, tags: [] });
const hits = key('hits', MetricType.Counter);
const level = key('level', MetricType.Gauge);
const latency = key('latency', MetricType.Timer);
const users = key('users', MetricType.Set);

function setOf(...hashes: number[]): Partial {
  const members = new HyperLogLog();
  for (const hash of hashes) members.addHash(hash, hash);
  return { type: MetricType.Set, members };
}

const partialsAt = (i: number): [SeriesKey, Partial][] => [
  [hits, counter(i + 0.5, 2)],
  [level, gauge(t0 + i * stepMs + 7, i, -i)],
  [latency, distribution(MetricType.Timer, i, 2 * i, -1)],
  [users, setOf(1, i + 2)],
];

const flushAt = (i: number) =>
  flushOf({
    startMs: t0 + i * stepMs,
    points: partialsAt(i).map(([series, partial]) => point(series, partial, t0 + i * stepMs)),
    events: [],
    badLines: [
      { reason: 'bad_value', sender: '::1', sample: `${i}`, count: 1 + i, firstSeenMs: 5 - i, lastSeenMs: i },
    ],
    ingest: { ...noIngest, datagrams: 10, lines: 20, badLines: { bad_value: 1 + i }, seriesLive: i },
  });

describe('merging flushes', () => {
  const numbers = [0, 1, 2, 3, 4, 5];

  it('makes of every series the partial of all its samples, and leaves the flushes as they were', async () => {
    const flushes = numbers.map(flushAt);
    const merged = await mergeFlushes(flushes, 60_000);
    const expected = partialsAt(0);
    for (const i of numbers.slice(1)) {
      for (const [place, [, partial]] of partialsAt(i).entries()) mergePartial(expected[place]![1], partial);
    }
    expect([...merged.points]).to.deep.equal(
      expected.map(([series, partial]) => ({ series, timeMs: t0, partial })),
    );
    expect(flushes.map(({ points }) => points)).to.deep.equal(numbers.map((i) => flushAt(i).points));
  });

  it('adds up what was received, and says of which time', async () => {
    const merged = await mergeFlushes(numbers.map(flushAt), 60_000);
    expect(merged.heard).to.deep.equal({ sinceMs: t0, untilMs: t0 + 60_000 });
    expect(merged.intervalMs).to.equal(stepMs);
    expect(merged.ingest).to.include({ datagrams: 60, lines: 120, seriesLive: 5 });
    expect(merged.ingest.badLines).to.deep.equal({ bad_value: 21 });
    expect(merged.badLines).to.deep.equal([
      { reason: 'bad_value', sender: '::1', sample: '5', count: 21, firstSeenMs: 0, lastSeenMs: 5 },
    ]);
  });

  it('can be repeated, with longer stretches', async () => {
    const minutes = await Promise.all(
      [0, 1].map((m) =>
        mergeFlushes(
          numbers.map((i) => flushAt(6 * m + i)),
          60_000,
        ),
      ),
    );
    const merged = await mergeFlushes(minutes, 3_600_000);
    const [point] = [...merged.points].filter(({ series }) => series.name === hits.name);
    expect(point).to.deep.equal({ series: hits, timeMs: t0, partial: counter(66 + 6, 24) });
    expect(merged.heard).to.deep.equal({ sinceMs: t0, untilMs: t0 + 120_000 });
  });

  it('keeps late samples in a stretch of their own, and puts none before the first flush', async () => {
    const late = {
      ...flushAt(4),
      points: [point(hits, counter(9), t0 - 70_000), point(hits, counter(1), t0)],
    };
    const merged = await mergeFlushes([flushAt(3), late], 60_000);
    expect([...merged.points].filter(({ series }) => series.name === hits.name)).to.deep.equal([
      { series: hits, timeMs: t0 + 3 * stepMs, partial: counter(4.5, 3) },
      { series: hits, timeMs: t0 - 120_000, partial: counter(9) },
    ]);
  });

  it('joins what one flush brings of a series and stretch, though the others are silent', async () => {
    const points = [point(hits, counter(9), t0 - 70_000), point(hits, counter(1), t0 - 80_000)];
    const silent = { ...flushAt(5), points: [] };
    const merged = await mergeFlushes([{ ...flushAt(4), points }, silent], 60_000);
    expect([...merged.points]).to.deep.equal([
      { series: hits, timeMs: t0 - 120_000, partial: counter(10, 2) },
    ]);
  });

  it('takes as many flushes as an hour has, of several numberings', async () => {
    const flushes = Array.from({ length: 360 }, (_, i) => flushAt(i));
    const [first, ...others] = flushes;
    const merged = await mergeFlushes([first!, await mergeFlushes(others, 60_000)], 3_600_000);
    const atOnce = await mergeFlushes(flushes, 3_600_000);
    const sum = counter((360 * 359) / 2 + 180, 720);
    for (const { points } of [merged, atOnce]) {
      expect(points).to.have.length(4);
      expect(points.at(0)).to.deep.equal({ series: hits, timeMs: t0, partial: sum });
    }
  });
});
