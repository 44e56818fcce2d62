import { expect } from 'chai';
import { command as histogram } from '../../../lib/cli/report/histogram.js';
import { command as percentiles } from '../../../lib/cli/report/percentiles.js';
import { NothingToReportError, UsageError } from '../../../lib/errors.js';
import { MetricType } from '../../../lib/metric.js';
import type { PercentileLine } from '../../../lib/report/percentile-table.js';
import { buckets, type Sample, seriesOf } from '../../query/samples.js';
import { temporaryFolder } from '../../support/temporary.js';
import { database, randomNumbers, runCommand, sharedDatabase } from './paper.js';

const start = Date.UTC(2026, 10, 24, 12);
const nowMs = start + 600_000;
const starts = buckets(start, 60, 10_000);
const gamma = 1.01 / 0.99;

const random = randomNumbers(7);
const latencies = Array.from({ length: 3_000 }, () =>
  Math.exp(3 + 4 * (random() + random() + random() - 1.5)),
);
const depths = Array.from({ length: 60 }, () => Math.floor(random() * 40));

const samples: Sample[] = [
  ...latencies.map((value, i) => ({
    series: seriesOf('latency', MetricType.Timer, `host:${i % 2 ? 'a' : 'b'}`),
    timeMs: start + i * 200,
    value,
  })),
  ...depths.map((value, i) => ({
    series: seriesOf('depth', MetricType.Gauge),
    timeMs: start + i * 10_000,
    value,
  })),
  ...Array.from({ length: 100 }, (_, i) => ({
    series: seriesOf('sampled', MetricType.Timer),
    timeMs: start + i,
    value: i + 1,
    sampleRate: 0.1,
  })),
  { series: seriesOf('users', MetricType.Set), timeMs: start, value: 'x' },
];

/** Weights below each edge lie between the counts of values that are surely below it and that may be. */
function expectCounts(edges: readonly number[], counts: readonly number[], values: readonly number[]): void {
  let below = 0;
  for (const [i, edge] of edges.slice(1).entries()) {
    below += counts[i] ?? 0;
    expect(below, `up to ${edge}`).to.be.at.least(values.filter((value) => value * gamma < edge).length);
    expect(below, `up to ${edge}`).to.be.at.most(values.filter((value) => value / gamma < edge).length);
  }
  expect(below).to.equal(values.length);
}

/** The same without the server from the second to the third minute. */
async function databaseWithGap(path: string): Promise<string> {
  await database(path, samples, starts.toSpliced(12, 6));
  return path;
}

describe('goodall-report histogram', () => {
  const folder = temporaryFolder();
  const file = sharedDatabase(samples, starts);
  const options = (): { db: string; format: string } => ({ db: file.path, format: 'json' });

  it('counts what lies between its edges, as an exact count does but for the bound at the edges', async () => {
    const { text } = await runCommand(histogram, ['latency'], { ...options(), 'group-by': '' }, nowMs);
    const [series] = JSON.parse(text).series;
    expect(series).to.include({ name: 'latency', scale: 'log', relativeAccuracy: 0.01 });
    expectCounts(series.edges, series.counts, latencies);
    expect(series.counts.length).to.be.within(8, 20);
  });

  it('counts the values of a gauge exactly, in equal steps', async () => {
    const { text } = await runCommand(histogram, ['depth'], { ...options(), buckets: '8' }, nowMs);
    const [series] = JSON.parse(text).series;
    expect(series).to.include({ scale: 'linear', relativeAccuracy: 0 });
    const edges = series.edges as number[];
    const exact = edges
      .slice(1)
      .map((edge, i) => depths.filter((depth) => depth >= (edges[i] ?? 0) && depth < edge).length);
    expect(series.counts).to.deep.equal(exact);
    expect(edges).to.deep.equal([0, 5, 10, 15, 20, 25, 30, 35, 40]);
  });

  it('counts step by step for a heat map, over the same edges', async () => {
    const { text } = await runCommand(
      histogram,
      ['latency'],
      { ...options(), 'group-by': '', step: '2m' },
      nowMs,
    );
    const [series] = JSON.parse(text).series;
    expect(series.steps).to.have.length(5);
    for (const [i, { time, counts }] of series.steps.entries()) {
      expect(time).to.equal(new Date(start + i * 120_000).toISOString());
      expectCounts(series.edges, counts, latencies.slice(i * 600, (i + 1) * 600));
    }
  });

  it('fits a narrow terminal: numbers go before the bars do', async () => {
    for (const width of [30, 40, 50, 80]) {
      for (const command of [histogram, percentiles]) {
        const { text } = await runCommand(command, ['latency'], { db: file.path, limit: '1' }, nowMs, width);
        const [table = ''] = text.split('\n\n');
        for (const line of table.split('\n')) expect(line.length, line).to.be.at.most(width);
        expect(table).to.match(command === histogram ? /█/ : /BEYOND/);
      }
    }
  });

  it('draws bars, a series after the other, and says how many more there are', async () => {
    const { text } = await runCommand(histogram, ['latency'], { db: file.path, limit: '1' }, nowMs);
    expect(text).to.match(
      /^latency host:a · timer · 1,500 samples · within 1 %\n +RANGE +COUNT +SHARE +UP TO\n/,
    );
    expect(text).to.match(/ {2}█{10,}\n/);
    expect(text).to.contain('1 more series: --limit shows more');
    for (const line of text.split('\n')) expect(line.length).to.be.at.most(100);
  });

  it('says first what makes the numbers less than the truth', async () => {
    const gappy = await databaseWithGap(folder.file('gap.db'));
    const { text } = await runCommand(histogram, ['latency'], { db: gappy, since: '10m' }, nowMs);
    expect(text).to.match(/^! No server ran for 1 min: [^\n]*\n\nlatency host:a · timer · /);
    const table = await runCommand(percentiles, ['latency'], { db: gappy, since: '10m' }, nowMs);
    expect(table.text).to.match(/^! No server ran for 1 min: [^\n]*\n\nlatency host:a · timer · /);
  });

  it('draws a heat map with a blank column where there was nothing', async () => {
    const few = [0, 1, 3].map((i) => ({
      series: seriesOf('few', MetricType.Timer),
      timeMs: start + i * 60_000,
      value: 5,
    }));
    await database(folder.file('few.db'), few, starts);
    const { text } = await runCommand(histogram, ['few'], { db: folder.file('few.db'), step: '1m' }, nowMs);
    expect(text).to.contain('5 ms │██ █\n');
  });

  it('refuses what it cannot draw', async () => {
    const failure = (operands: readonly string[], more = {}): Promise<unknown> =>
      runCommand(histogram, operands, { ...options(), ...more }, nowMs).catch((error: unknown) => error);
    expect(await failure(['users'])).to.be.instanceOf(NothingToReportError);
    expect(await failure(['none'])).to.be.instanceOf(NothingToReportError);
    expect(await failure([])).to.be.instanceOf(UsageError);
    expect(await failure(['depth'], { buckets: '1' })).to.be.instanceOf(UsageError);
    expect(await failure(['depth'], { format: 'csv' })).to.be.instanceOf(UsageError);
  });
});

describe('goodall-report percentiles', () => {
  const file = sharedDatabase(samples, starts);

  async function lines(name: string, more = {}): Promise<PercentileLine[]> {
    const options = { db: file.path, format: 'json', 'group-by': '', ...more };
    return JSON.parse((await runCommand(percentiles, [name], options, nowMs)).text).series[0].percentiles;
  }

  it('has each percentile within the bound of the exact one, with what is up to it and beyond it', async () => {
    const sorted = [...latencies].sort((a, b) => a - b);
    const table = await lines('latency');
    expect(table.map(({ label }) => label)).to.deep.equal(
      'min p1 p5 p10 p25 p50 p75 p90 p95 p99 p99.9 p99.99 max'.split(' '),
    );
    for (const { percent, value, below, above } of table) {
      const exact = sorted[Math.floor((percent * (sorted.length - 1)) / 100)] ?? Number.NaN;
      expect(value, `p${percent}`).to.be.closeTo(exact, exact * 0.01);
      expect(above).to.be.closeTo(3_000 * (1 - percent / 100), 1e-6);
      expect(below + above).to.be.closeTo(3_000, 1e-9);
    }
    const uncertain = table.filter((line) => line.uncertain).map(({ label }) => label);
    expect(uncertain).to.deep.equal(['p99.9', 'p99.99']);
  });

  it('counts the samples that arrived, not what they stand for', async () => {
    const table = await lines('sampled');
    const median = table.find(({ label }) => label === 'p50');
    expect(median?.above).to.be.closeTo(50, 1e-9);
    const uncertain = table.filter((line) => line.uncertain).map(({ label }) => label);
    expect(uncertain).to.deep.equal(['p1', 'p5', 'p95', 'p99', 'p99.9', 'p99.99']);
  });

  it('is a table for people, with units and marks', async () => {
    const { text } = await runCommand(percentiles, ['sampled'], { db: file.path }, nowMs);
    expect(text).to.match(
      /^sampled · timer · 1,000 samples · within 1 %\nPERCENTILE +VALUE +SAMPLES UP TO +BEYOND\n/,
    );
    expect(text).to.match(/^p90 +\d\d\.\d ms +90 +10$/m);
    expect(text).to.match(/^p99 +\d\d\.\d ms\? +99 +1$/m);
  });
});
