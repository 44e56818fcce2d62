import { expect } from 'chai';
import { command as compare } from '../../../lib/cli/report/compare.js';
import { NothingToReportError, UsageError } from '../../../lib/errors.js';
import { MetricType } from '../../../lib/metric.js';
import { buckets, type Sample, seriesOf } from '../../query/samples.js';
import { run } from '../../support/program.js';
import { type Options, randomNumbers, runCommand, sharedDatabase } from './paper.js';

const hourMs = 3_600_000;
const nowMs = Math.floor(Date.now() / 60_000) * 60_000;
const start = nowMs - 2 * hourMs;
/** Half an hour an hour ago, and the last half hour. */
const starts = [...buckets(start + hourMs / 2, 180, 10_000), ...buckets(nowMs - hourMs / 2, 180, 10_000)];

const random = randomNumbers(3);
const spread = (): number => Math.exp(3 + 2 * (random() + random() + random() - 1.5));

interface Fates {
  readonly slower: number[];
  readonly faster: number[];
  readonly same: number[];
}
const early: Fates = { slower: [], faster: [], same: [] };
const late: Fates = { slower: [], faster: [], same: [] };
const samples: Sample[] = starts.flatMap((timeMs, i) => {
  const isLate = i >= 180;
  const [fates, factor] = isLate ? [late, 1.5] : [early, 1];
  const timers = Array.from({ length: 12 }, (_, n) => {
    const values = { slower: spread() * factor, faster: spread() / factor, same: spread() };
    for (const fate of ['slower', 'faster', 'same'] as const) fates[fate].push(values[fate]);
    return Object.entries(values).map(([fate, value]) => ({
      series: seriesOf('latency', MetricType.Timer, `route:${fate}`),
      timeMs: timeMs + n,
      value,
    }));
  }).flat();
  return [
    ...timers,
    { series: seriesOf('api.requests', MetricType.Counter), timeMs, value: isLate ? 30 : 20 },
    { series: seriesOf('api.errors', MetricType.Counter), timeMs, value: i % 2 === 0 && isLate ? 12 : 0 },
    { series: seriesOf(isLate ? 'fresh' : 'gone', MetricType.Gauge), timeMs, value: 1 },
    {
      series: seriesOf('bursts', MetricType.Counter),
      timeMs,
      value: i % 90 === 0 ? 90_000 : isLate ? 15 : 10,
    },
    { series: seriesOf('uptime', MetricType.Gauge), timeMs, value: (timeMs - start) / 1000 },
  ];
});

interface Document {
  readonly series: readonly {
    readonly name: string;
    readonly tags: { readonly route?: string };
    readonly in: string;
    readonly shape?: { readonly distance: number; readonly byChance: number };
    readonly changes: readonly {
      readonly what: string;
      readonly before: number;
      readonly after: number;
      readonly change: number;
      readonly percent: number;
      readonly verdict?: string;
    }[];
  }[];
  readonly failures: readonly unknown[];
}

function quantile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((percent * (sorted.length - 1)) / 100)] ?? Number.NaN;
}

describe('goodall-report compare', () => {
  const file = sharedDatabase(samples, starts);

  async function json(more: Options = {}): Promise<Document> {
    const options = { db: file.path, since: '30m', against: '1h', format: 'json', ...more };
    return JSON.parse((await runCommand(compare, [], options, nowMs)).text);
  }

  it('has every percentile within the bound of the exact one, and judges only what changed', async () => {
    const { series } = await json();
    for (const fate of ['slower', 'faster', 'same'] as const) {
      const found = series.find(({ tags }) => tags.route === fate);
      for (const percent of [50, 90, 95, 99]) {
        const change = found?.changes.find(({ what }) => what === `p${percent}`);
        const [before, after] = [quantile(early[fate], percent), quantile(late[fate], percent)];
        expect(change?.before).to.be.closeTo(before, before * 0.01);
        expect(change?.after).to.be.closeTo(after, after * 0.01);
        expect(change?.change).to.equal((change?.after ?? 0) - (change?.before ?? 0));
        expect(change?.percent).to.be.closeTo(((change?.change ?? 0) / (change?.before ?? 1)) * 100, 1e-9);
        const verdicts = { slower: 'higher', faster: 'lower', same: 'unclear' };
        expect(change?.verdict, `${fate} p${percent}`).to.equal(verdicts[fate]);
      }
      const rate = found?.changes.find(({ what }) => what === 'rate');
      expect(rate).to.include({ before: 1.2, after: 1.2, verdict: 'unclear' });
      const { distance = 0, byChance = 0 } = found?.shape ?? {};
      expect(distance > byChance).to.equal(fate !== 'same');
    }
  });

  it('has exact rates and error ratios', async () => {
    const { series } = await json();
    const changesOf = (name: string) => series.find((one) => one.name === name)?.changes ?? [];
    const rate = changesOf('api.requests').find(({ what }) => what === 'rate');
    expect(rate).to.include({ before: 2, after: 3, change: 1, percent: 50, verdict: 'higher' });
    const errors = changesOf('api.errors').find(({ what }) => what === 'errors');
    expect(errors).to.include({ before: 0, after: 1080 / 5400, verdict: 'higher' });
    expect(errors?.percent).to.be.closeTo(20, 1e-9);
  });

  it('lists the worst first, then other changes, one-sided series, drift, chance, and what got better', async () => {
    const order = (await json()).series.map(({ name, tags }) => tags.route ?? name);
    expect(order).to.deep.equal([
      'api.errors',
      'slower',
      'api.requests',
      'fresh',
      'gone',
      'uptime',
      'same',
      'bursts',
      'faster',
    ]);
    const sides = (await json()).series.filter((one) => one.in !== 'both').map((one) => one.in);
    expect(sides).to.deep.equal(['after', 'before']);
  });

  it('compares around a deploy as it does against the past', async () => {
    const against = await json();
    const at = new Date(nowMs - hourMs / 2).toISOString();
    const before = new Date(nowMs - hourMs).toISOString();
    const { since, against: _, ...plain } = { since: '', against: '', db: file.path };
    const options = { ...plain, before, after: at, for: '30m', format: 'json' };
    const around = JSON.parse((await runCommand(compare, [], options, nowMs)).text);
    expect(around.series).to.deep.equal(against.series);
  });

  it('is a table for people that fits the terminal', async () => {
    const options = { db: file.path, since: '30m', against: '1h' };
    const { text } = await runCommand(compare, ['latency', 'api.*'], options, nowMs);
    expect(text).to.match(/^before {2}\d{4}-.*\nafter {3}\d{4}-/);
    expect(text).to.match(/^NAME +TAGS +FIGURE +BEFORE +AFTER +CHANGE +% +JUDGEMENT$/m);
    expect(text).to.match(/^ +errors +0 % +20 % +\+20 % +higher$/m);
    expect(text).to.match(/^latency +route:slower +rate +1\.2\/s +1\.2\/s +0\/s +0 % +the same$/m);
    for (const line of text.split('\n')) expect(line.length).to.be.at.most(100);
  });

  it('refuses windows that contradict each other', async () => {
    const wrong: Options[] = [
      {},
      { against: '1h', before: '10:00' },
      { before: '2h', since: '1h' },
      { before: '1h', after: '2h' },
      { against: '1h', for: '1h' },
      { against: 'soon' },
    ];
    for (const options of wrong) {
      const failure = await runCommand(compare, [], options, nowMs).catch((error: unknown) => error);
      expect(failure, JSON.stringify(options)).to.be.instanceOf(UsageError);
    }
    const failure = await json({ against: '9h' }).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(NothingToReportError);
    expect((failure as Error).message).to.match(/^before: /);
  });

  it('says of a condition that it is about nothing there is', async () => {
    const options = {
      db: file.path,
      since: '30m',
      against: '1h',
      'fail-if': ['errors > +5%', 'p99.0 > +900%'],
    };
    const finished = await runCommand(compare, ['latency'], options, nowMs);
    expect(finished.code).to.equal(0);
    const text = "no series in both windows has errors; 'errors > +5%' judges nothing";
    expect(finished.warnings).to.equal(`goodall-report compare: ${text}\n`);
  });

  for (const [title, condition, code] of [
    ['20 when a condition holds', 'p99 > +10%', 20],
    ['0 when none does', 'p99 > +80%', 0],
    ['0 when only what drifts does', 'p50 > +80%', 0],
    ['20 when errors rise by points', 'errors > +5%', 20],
    ['64 for a condition that cannot be read', 'p99', 64],
  ] as const) {
    it(`ends with ${title}`, async () => {
      const window = { since: new Date(nowMs - hourMs / 2), until: new Date(nowMs) };
      const times = ['--since', window.since.toISOString(), '--until', window.until.toISOString()];
      const args = ['compare', '--db', file.path, ...times, '--against', '1h', '--fail-if', condition];
      const finished = await run('goodall-report', args);
      expect(finished.code, finished.stderr).to.equal(code);
      if (code === 20) {
        expect(finished.stderr).to.match(/^goodall-report compare: '.*' holds for .* before, .* after, \+/);
      }
    });
  }
});
