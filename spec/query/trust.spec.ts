import { expect } from 'chai';
import { MetricType } from '../../lib/metric.js';
import { parsePercentiles } from '../../lib/query/percentile.js';
import { type Query, runQuery } from '../../lib/query/query.js';
import type { Row } from '../../lib/query/row.js';
import { equalSteps } from '../../lib/query/steps.js';
import { EffectiveSize, isUncertain } from '../../lib/query/trust.js';
import { MemoryReader } from './memory-reader.js';
import { buckets, flushesOf, type Sample, seriesOf } from './samples.js';

const start = Date.UTC(2026, 10, 24, 12);
const latency = seriesOf('latency', MetricType.Timer);

describe('a percentile', () => {
  for (const [percent, least] of [
    [50, 20],
    [90, 100],
    [99, 1_000],
    [99.9, 10_000],
    [99.99, 100_000],
    [1, 1_000],
  ] as const) {
    it(`is certain from ${least} samples on for p${percent}`, () => {
      expect(isUncertain(percent, least)).to.equal(false);
      expect(isUncertain(percent, least - 1)).to.equal(true);
    });
  }

  it('is certain where it is the least or the greatest value', () => {
    expect([isUncertain(0, 1), isUncertain(100, 1)]).to.deep.equal([false, false]);
  });
});

describe('the effective sample size', () => {
  it('is the number of samples where all weigh the same', () => {
    const size = new EffectiveSize();
    size.add(30, 300);
    size.add(70, 700);
    expect(size.value).to.equal(100);
  });

  it('is the square of the sum of weights over the sum of their squares', () => {
    const size = new EffectiveSize();
    size.add(100, 100);
    size.add(10, 1_000);
    const weights = [...new Array(100).fill(1), ...new Array(10).fill(100)];
    const sum = weights.reduce((a, b) => a + b);
    const squares = weights.reduce((a, b) => a + b * b, 0);
    expect(size.value).to.be.closeTo(sum ** 2 / squares, 1e-9);
  });
});

describe('a row of a report', () => {
  const starts = buckets(start, 6, 10_000);

  async function rows(samples: readonly Sample[], query: Partial<Query> = {}): Promise<readonly Row[]> {
    const reader = new MemoryReader();
    for (const flush of flushesOf(samples, starts.toSpliced(3, 1), { intervalMs: 10_000 })) {
      const lossy = flush.startMs === start + 10_000;
      reader.write(lossy ? { ...flush, ingest: { ...flush.ingest, datagramsDropped: 7 } } : flush);
    }
    const window = { sinceMs: start, untilMs: start + 60_000 };
    const percentiles = parsePercentiles('50,90,99');
    return (
      await runQuery([reader], { selector: {}, window, percentiles, nowMs: start + 3_600_000, ...query })
    ).rows;
  }

  it('rests on the samples that arrived, not on what they stand for', async () => {
    const samples = Array.from({ length: 100 }, (_, i) => ({
      series: latency,
      timeMs: start + i,
      value: i + 1,
      sampleRate: 0.01,
    }));
    const [row] = await rows(samples);
    expect(row?.count).to.be.closeTo(10_000, 1e-6);
    expect(row?.trust?.effectiveSamples).to.be.closeTo(100, 1e-9);
    expect(row?.trust?.uncertain).to.deep.equal([false, false, true]);
  });

  it('counts buckets where its percentiles are of buckets', async () => {
    const hits = seriesOf('hits', MetricType.Counter);
    const samples = starts.map((timeMs) => ({ series: hits, timeMs, value: 5 }));
    const [row] = await rows([...samples, ...samples]);
    expect(row?.trust).to.deep.equal({ effectiveSamples: 5, uncertain: [true, true, true], collapsed: 0 });
  });

  it('says what its step lost, and how long no server ran', async () => {
    const samples = starts.map((timeMs) => ({ series: latency, timeMs, value: 5 }));
    const stepped = await rows(samples, { steps: equalSteps(20_000) });
    expect(stepped.map(({ flaw }) => flaw)).to.deep.equal([
      { datagramsDropped: 7, missingMs: 0 },
      { datagramsDropped: 0, missingMs: 10_000 },
      undefined,
    ]);
  });

  it('carries its shape when that is asked for', async () => {
    const samples = [1, 2, 4].map((value) => ({ series: latency, timeMs: start, value }));
    const [row] = await rows(samples, { shapes: true });
    expect(row?.shape).to.include({ count: 3, min: 1, max: 4, effectiveSamples: 3 });
    expect([...(row?.shape?.bins() ?? [])].map(({ weight }) => weight)).to.deep.equal([1, 1, 1]);
    expect((await rows(samples))[0]).not.to.have.property('shape');
  });
});
