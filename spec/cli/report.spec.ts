import { symlinkSync } from 'node:fs';
import { expect } from 'chai';
import { runReport, type Screen, type Terminal } from '../../lib/cli/report.js';
import type { ReportFlags } from '../../lib/cli/report-question.js';
import { GoodallError } from '../../lib/errors.js';
import { MetricType } from '../../lib/metric.js';
import { SqliteStore } from '../../lib/storage/sqlite/store.js';
import { buckets, flushesOf, type Sample, seriesOf } from '../query/samples.js';
import { temporaryFolder } from '../support/temporary.js';
import { type ExactQuestion, exactRows } from './exact.js';
import { expectEqual, type JsonReport, percents } from './expect-exact.js';

const start = Date.UTC(2026, 10, 24, 12);
const intervalMs = 10_000;

/** Two minutes with a minute without a server in between, and two more. */
const running = [...buckets(start, 12, intervalMs), ...buckets(start + 180_000, 12, intervalMs)];

/** Samples of every type with tags, weights, either sign, and a series without a host that both hosts send. */
function samplesOf(host: string, seed: number): Sample[] {
  let state = seed;
  const random = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const rates = [1, 0.5, 0.25, 0.1];
  const samples: Sample[] = [];
  for (let i = 0; i < 1_500; i++) {
    const bucket = running[random(running.length)] ?? start;
    const timeMs = bucket + random(intervalMs);
    const tags = `host:${host},route:${random(3)}`;
    const sampleRate = rates[random(4)] ?? 1;
    // Eighths, so that sums are exact in whatever order they are made.
    const value = random(80_000) / 8;
    samples.push(
      { series: seriesOf('api.latency', MetricType.Timer, tags), timeMs, value, sampleRate },
      { series: seriesOf('api.hits', MetricType.Counter, tags), timeMs, value: random(5), sampleRate },
    );
    if (i % 5 > 0) continue;
    samples.push(
      { series: seriesOf('delta', MetricType.Distribution, tags), timeMs, value: value - 5_000 },
      { series: seriesOf('depth', MetricType.Gauge, tags), timeMs, value: value - 2_000 },
      { series: seriesOf('shared', MetricType.Gauge), timeMs, value },
      { series: seriesOf('shared', MetricType.Counter), timeMs, value: random(9) },
      { series: seriesOf('users', MetricType.Set, tags), timeMs, value: `user${random(200)}` },
    );
  }
  return samples.sort((a, b) => a.timeMs - b.timeMs);
}

const hostA = samplesOf('a', 11);
const hostB = samplesOf('b', 22);

async function write(path: string, samples: readonly Sample[], source: string): Promise<void> {
  const store = await SqliteStore.open(path);
  for (const flush of flushesOf(samples, running, {
    intervalMs,
    source,
    datagrams: 100,
    datagramsDropped: 1,
  })) {
    await store.write(flush);
  }
  await store.close();
}

class Paper implements Terminal {
  text = '';
  warnings = '';
  readonly width = 100;
  async write(text: string): Promise<boolean> {
    this.text += text;
    return true;
  }
  warn(line: string): void {
    this.warnings += line;
  }
}

async function report(flags: ReportFlags): Promise<Paper> {
  const paper = new Paper();
  expect(await runReport(flags, paper, start + 3_600_000)).to.equal(0);
  return paper;
}

async function json(flags: ReportFlags): Promise<JsonReport> {
  return JSON.parse((await report({ ...flags, format: 'json', percentiles: percents.join() })).text);
}

function isoFlags(window: ExactQuestion['window']): ReportFlags {
  return { since: new Date(window.sinceMs).toISOString(), until: new Date(window.untilMs).toISOString() };
}

const display: Screen = { colors: true, height: () => 40, resized: () => new Promise(() => undefined) };

describe('goodall-report beside an exact computation', () => {
  const folder = temporaryFolder();

  const windows = {
    'the whole time': { sinceMs: start, untilMs: start + 300_000 },
    'a window that cuts buckets at both ends': { sinceMs: start + 33_333, untilMs: start + 277_777 },
    'a window that ends within the gap': { sinceMs: start + 60_000, untilMs: start + 150_000 },
  };
  for (const [title, window] of Object.entries(windows)) {
    it(`agrees over ${title}`, async () => {
      await write(folder.file('a.db'), hostA, 'a');
      const question = { window, intervalMs, running, percents };
      expectEqual(await json({ db: folder.file('a.db'), ...isoFlags(window) }), exactRows(hostA, question));
    });
  }

  it('agrees in steps, groups, and over several files', async () => {
    const db = [folder.file('a.db'), folder.file('b.db')];
    await write(db[0] ?? '', hostA, 'a');
    await write(db[1] ?? '', hostB, 'b');
    const window = { sinceMs: start + 5_000, untilMs: start + 295_000 };
    const all = [...hostA, ...hostB];
    const question = { window, intervalMs, running, percents };
    const flags = { db, ...isoFlags(window) };
    expectEqual(await json(flags), exactRows(all, question));
    expectEqual(
      await json({ ...flags, 'group-by': 'route' }),
      exactRows(all, { ...question, groupBy: ['route'] }),
    );
    expectEqual(await json({ ...flags, 'group-by': '' }), exactRows(all, { ...question, groupBy: [] }));
    expectEqual(
      await json({ ...flags, 'group-by': 'host', step: '45s' }),
      exactRows(all, { ...question, groupBy: ['host'], stepMs: 45_000 }),
    );
    const paper = new Paper();
    await runReport({ ...flags, 'group-by': 'host,rout', format: 'csv' }, paper, start + 600_000);
    expect(paper.warnings).to.contain('No series here has the tag rout: it tells no rows apart.');
    expect(paper.warnings).not.to.contain('tag host');
  });

  it('selects by pattern, type and tag', async () => {
    await write(folder.file('a.db'), hostA, 'a');
    const window = windows['the whole time'];
    const flags = { db: folder.file('a.db'), ...isoFlags(window) };
    const expected = exactRows(hostA, { window, intervalMs, running, percents });
    expectEqual(
      await json({ ...flags, patterns: ['api.*', 'users'], tag: 'route:1' }),
      expected.filter(({ name, tags }) => /^api\.|^users$/.test(name) && tags.route === '1'),
    );
    expectEqual(
      await json({ ...flags, patterns: ['shared'], type: 'counter' }),
      expected.filter(({ name, type }) => name === 'shared' && type === 'counter'),
    );
  });
});

describe('runReport', () => {
  const folder = temporaryFolder();
  const flags = (): ReportFlags => ({ db: folder.file('a.db') });

  beforeEach(() => write(folder.file('a.db'), hostA, 'a'));

  it('adds up what was lost in the window', async () => {
    expect((await json(flags())).loss).to.deep.equal({ datagramsDropped: 24, datagramsReceived: 2400 });
    const short = await json({ ...flags(), since: '2026-11-24T12:00Z', until: '2026-11-24T12:01Z' });
    expect(short.loss).to.deep.equal({ datagramsDropped: 6, datagramsReceived: 600 });
  });

  it('says how the hosts are, and leaves out on a terminal what seldom matters', async () => {
    const host = (name: string, value: number, tags = ''): Sample => ({
      series: seriesOf(name, MetricType.Gauge, `host:web1${tags}`),
      timeMs: start,
      value,
    });
    const samples = [
      host('cpu_used_percent', 12.5),
      host('mem_used', 2 ** 30),
      host('mem_total', 2 ** 32),
      { series: seriesOf('errors', MetricType.Counter), timeMs: start, value: 0 },
      { series: seriesOf('hits', MetricType.Counter), timeMs: start, value: 3 },
    ];
    await write(folder.file('host.db'), samples, 'host');
    const paper = new Paper();
    const db = { db: folder.file('host.db') };
    await runReport(db, paper, start + 600_000);
    expect(paper.text)
      .to.contain('\nweb1 · cpu 12.5 % · memory 25 % of 4 GiB\n')
      .and.to.match(/^mem_used /m)
      .and.not.to.contain('TREND');
    const screen = Object.assign(new Paper(), { screen: display });
    await runReport(db, screen, start + 600_000);
    expect(screen.text)
      .to.match(/^\p{Cc}\[36mhits\p{Cc}\[39m .*▁|█/mu)
      .and.to.match(/TREND/)
      .and.to.contain("3 rows of the host's own metrics and 1 counter that stayed at 0 are left out: --all");
    expect(screen.text).not.to.match(/mem_used|errors/);
    const all = Object.assign(new Paper(), { screen: display });
    await runReport({ ...db, all: true, color: 'never', trend: 'never' }, all, start + 600_000);
    expect(all.text)
      .to.match(/^mem_used /m)
      .and.not.to.match(/TREND/)
      .and.not.contain('\u001b');
  });

  it('takes days for those of the zone it is told', async () => {
    const zone = process.env.TZ;
    try {
      const { rows } = await json({
        ...flags(),
        patterns: ['shared'],
        step: '1d',
        'time-zone': 'Asia/Tokyo',
      });
      expect((rows[0] as unknown as { time: string }).time).to.equal('2026-11-23T15:00:00.000Z');
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  it('sorts and limits', async () => {
    const { rows } = await json({ ...flags(), sort: 'p99', limit: '3', type: 'timer,distribution' });
    expect(rows.map(({ name }) => name)).to.deep.equal(['api.latency', 'api.latency', 'api.latency']);
    const values = rows.map(({ percentiles }) => percentiles?.['99'] ?? 0);
    expect(values).to.deep.equal([...values].sort((a, b) => b - a));
  });

  it('counts a file once however often it is named', async () => {
    const once = await json(flags());
    symlinkSync(folder.file('a.db'), folder.file('link.db'));
    const names = [folder.file('a.db'), `${folder.path}/./a.db`, folder.file('link.db')];
    expect((await json({ db: names })).rows).to.deep.equal(once.rows);
  });

  it('writes a table, Markdown, and CSV with its cautions aside', async () => {
    expect((await report(flags())).text).to.match(/! Lost 0\.99 % .*\n/);
    expect((await report({ ...flags(), format: 'markdown' })).text).to.contain('| TIMERS ');
    const csv = await report({ ...flags(), format: 'csv' });
    expect(csv.text).to.match(/^name,type,tags,count,.*\r\n/);
    expect(csv.warnings).to.contain('goodall-report: Lost 0.99 % of datagrams');
  });

  it('stops when nobody reads on', async () => {
    const paper = new Paper();
    let pieces = 0;
    paper.write = async () => {
      pieces += 1;
      return false;
    };
    await runReport({ ...flags(), format: 'csv', step: '10s' }, paper, start + 3_600_000);
    expect(pieces).to.equal(1);
  });

  for (const [title, change, message] of [
    [
      'a name that does not exist',
      { patterns: ['api.latncy'] },
      /no name in .*a\.db matches "api\.latncy"; did you mean api\.latency\?/,
    ],
    [
      'a type that a name does not have',
      { patterns: ['depth'], type: 'timer' },
      /nothing that matches "depth".*gauge with host:a/,
    ],
    [
      'a window without points',
      { since: '2026-11-24T09:00Z', until: '2026-11-24T10:00Z' },
      /\d+ series in .* match, but none has points in .*; the points are from 2026-11-24/,
    ],
    ['a window after the last point', { since: '30m' }, /the points are from .*: try --since 60m/],
  ] as const) {
    it(`says what there is instead of ${title}`, async () => {
      const failure = await runReport({ ...flags(), ...change }, new Paper(), start + 3_600_000).catch(
        (error: unknown) => error,
      );
      expect(failure).to.be.instanceOf(GoodallError);
      expect(failure).to.have.property('exitCode', 13);
      expect((failure as GoodallError).message).to.match(message);
    });
  }
});
