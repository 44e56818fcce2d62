import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { command as backup } from '../../../lib/cli/report/backup.js';
import { command as badLines } from '../../../lib/cli/report/bad-lines.js';
import { command as events } from '../../../lib/cli/report/events.js';
import { command as series } from '../../../lib/cli/report/series.js';
import { command as top } from '../../../lib/cli/report/top.js';
import { GoodallError } from '../../../lib/errors.js';
import { MetricType } from '../../../lib/metric.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import { flushOf, refusal } from '../../contract/flushes.js';
import { buckets, flushesOf, type Sample, seriesOf } from '../../query/samples.js';
import { temporaryFolder } from '../../support/temporary.js';
import { runCommand } from './paper.js';

const start = Date.UTC(2026, 10, 24, 12);
const now = start + 600_000;
const intervalMs = 10_000;
const starts = buckets(start, 6, intervalMs);

const samples: readonly Sample[] = starts.flatMap((timeMs, i) => [
  ...['a', 'b'].map((route) => ({
    series: seriesOf('api.latency', MetricType.Timer, `env:prod,route:${route}`),
    timeMs,
    value: i + 1,
  })),
  { series: seriesOf('depth', MetricType.Gauge), timeMs, value: i },
]);

describe('the lists of goodall-report', () => {
  const folder = temporaryFolder();
  const db = (): { db: string } => ({ db: folder.file('a.db') });

  async function write(path: string): Promise<void> {
    const store = await SqliteStore.open(path);
    for (const [i, flush] of flushesOf(samples, starts, { intervalMs }).entries()) {
      await store.write({
        ...flush,
        badLines: [
          {
            reason: 'no_value',
            sender: '10.0.0.1',
            sample: 'bad\u001b[2J',
            count: 2,
            firstSeenMs: flush.startMs,
            lastSeenMs: flush.startMs + 5,
          },
        ],
        events: i > 0 ? [] : [eventAt(flush.startMs)],
        checks:
          i > 0
            ? []
            : [{ timeMs: start + 1, name: 'db.up', status: 2, host: 'h', message: 'gone', tags: [] }],
      });
    }
    await store.close();
  }

  const eventAt = (timeMs: number) => ({
    timeMs,
    title: 'deploy',
    text: 'v1.2',
    host: undefined,
    aggregationKey: undefined,
    priority: 'normal' as const,
    sourceType: undefined,
    alertType: 'success' as const,
    tags: [{ key: 'env', value: 'prod' }],
  });

  beforeEach(() => write(folder.file('a.db')));

  it('tell every series with its span, points and bytes, those that take most first', async () => {
    const { text } = await runCommand(series, [], { ...db(), format: 'json' }, now);
    const rows = JSON.parse(text) as { name: string; bytes: number; tags: object }[];
    expect(rows).to.have.length(3);
    expect(rows.map(({ bytes }) => bytes)).to.deep.equal(
      rows.map(({ bytes }) => bytes).sort((a, b) => b - a),
    );
    expect(rows.find(({ name }) => name === 'depth')).to.deep.equal({
      name: 'depth',
      type: 'gauge',
      tags: {},
      first: '2026-11-24T12:00:00.000Z',
      last: '2026-11-24T12:00:50.000Z',
      points: 6,
      bytes: 6 * (20 + 6 * 8),
    });
    const timers = rows.filter(({ name }) => name === 'api.latency');
    expect(timers.map(({ tags }) => tags)).to.deep.equal([
      { env: 'prod', route: 'a' },
      { env: 'prod', route: 'b' },
    ]);
  });

  it('add up a series that several databases hold', async () => {
    await write(folder.file('b.db'));
    const both = { db: [folder.file('a.db'), folder.file('b.db')], format: 'csv' };
    const { text } = await runCommand(series, ['depth'], both, now);
    expect(text).to.match(/^name,type,tags,first,last,points,bytes\r\ndepth,gauge,,\S+,\S+,12,816\r\n$/);
  });

  it('say which names send most, and which tags have most values', async () => {
    const { text } = await runCommand(top, [], db(), now);
    expect(text).to.match(/^api\.latency +timer +2 +12 +66\.7 %$/m);
    expect(text).to.match(/^depth +gauge +1 +6 +33\.3 %$/m);
    expect(text).to.match(/^TAG .*\nroute +2 +2 +a, b\nenv +1 +2 +prod\n$/m);
    const tags = await runCommand(top, [], { ...db(), tags: true, format: 'jsonl', limit: '1' }, now);
    expect(JSON.parse(tags.text)).to.deep.equal({ tag: 'route', values: 2, series: 2, examples: ['a', 'b'] });
  });

  it('say which names were refused series, by which tag, and who sent them', async () => {
    const store = await SqliteStore.open(folder.file('a.db'));
    const seen = { firstSeenMs: now - 1000, lastSeenMs: now - 1000 };
    const refusals = [refusal('few', { ...seen, refused: 1 }), refusal('', { ...seen, tag: '', refused: 9 })];
    await store.write(flushOf({ startMs: start + 60_000, refusals: [...refusals, refusal('boom', seen)] }));
    await store.close();
    const { text } = await runCommand(top, [], { ...db(), 'time-zone': 'UTC' }, now);
    expect(text).to.match(
      /^\(many others\) +max-series +9 +5 .*\nboom +max-series +7 +id +5 +10\.0\.0\.1 .*\nfew /m,
    );
    const alone = await runCommand(top, [], { ...db(), refused: true, format: 'jsonl', limit: '1' }, now);
    expect(JSON.parse(alone.text)).to.include({ limit: 'max-series', refused: 9, sender: '10.0.0.1' });
  });

  it('show bad lines, safe to print, and what is between', async () => {
    const { text } = await runCommand(badLines, [], { ...db(), 'time-zone': 'UTC' }, now);
    expect(text).to.match(/^no_value +10\.0\.0\.1 +12 .*12:00:50 UTC +bad\\x1b\[2J$/m);
    const failure = await runCommand(badLines, [], { ...db(), since: '5m' }, now).catch((error) => error);
    expect(failure).to.be.instanceOf(GoodallError);
    expect(failure.message).to.match(/^there is no bad line in .*a\.db in this time/);
  });

  it('show events and checks in order of time', async () => {
    const { text } = await runCommand(events, [], { ...db(), format: 'tsv' }, now);
    expect(text.split('\n').slice(0, 3)).to.deep.equal([
      'time\tkind\tstate\ttitle\ttext\thost\ttags',
      '2026-11-24T12:00:00.000Z\tevent\tsuccess\tdeploy\tv1.2\t\tenv:prod',
      '2026-11-24T12:00:00.001Z\tcheck\tcritical\tdb.up\tgone\th\t',
    ]);
    const critical = await runCommand(events, [], { ...db(), state: 'critical', format: 'jsonl' }, now);
    expect(critical.text.trim().split('\n')).to.have.length(1);
  });

  it('have 13 for nothing, and 64 for wrong words', async () => {
    for (const [command, operands, options, exitCode] of [
      [series, ['nothing.like.it'], {}, 13],
      [top, [], { since: '5m' }, 13],
      [events, [], { since: '5m' }, 13],
      [series, [], { limit: '0' }, 64],
      [events, [], { format: 'html' }, 64],
      [backup, [], {}, 64],
    ] as const) {
      const failure = await runCommand(command, operands, { ...db(), ...options }, now).catch(
        (error) => error,
      );
      expect(failure, `${command.name} ${JSON.stringify(options)}`).to.include({ exitCode });
    }
  });

  describe('backup', () => {
    it('copies a database that is being written, whole', async () => {
      const store = await SqliteStore.open(folder.file('a.db'));
      const copying = runCommand(backup, [folder.file('copy.db')], db(), now);
      const later = buckets(start + 60_000, 20, intervalMs);
      const more = later.map((timeMs) => ({ series: seriesOf('more', MetricType.Gauge), timeMs, value: 1 }));
      for (const flush of flushesOf(more, later, { intervalMs, source: 'more' })) await store.write(flush);
      const { code, text } = await copying;
      await store.close();
      expect(code).to.equal(0);
      expect(text).to.match(/a\.db is copied to .*copy\.db: [\d.]+ KiB\n$/);
      const copy = { db: folder.file('copy.db'), format: 'json' };
      expect(JSON.parse((await runCommand(series, ['depth'], copy, now)).text)[0].points).to.equal(6);
      // A server goes on with it.
      await (await SqliteStore.open(folder.file('copy.db'))).close();
      expect(readdirSync(folder.path).filter((name) => name.includes('unfinished'))).to.deep.equal([]);
    });

    it('overwrites only what it is told to, and never the database', async () => {
      writeFileSync(folder.file('copy.db'), 'precious');
      const target = folder.file('copy.db');
      const refused = await runCommand(backup, [target], db(), now).catch((error) => error);
      expect(refused.message).to.match(/copy\.db exists; choose another name, or let --replace overwrite it/);
      await runCommand(backup, [target], { ...db(), replace: true }, now);
      const itself = [folder.file('a.db')];
      const same = await runCommand(backup, itself, { ...db(), replace: true }, now).catch((error) => error);
      expect(same.message).to.match(/is the database itself/);
      const nowhere = [folder.file('none/copy.db')];
      const failed = await runCommand(backup, nowhere, db(), now).catch((error) => error);
      expect(failed).to.include({ exitCode: 1 });
      expect(failed.message).to.match(/^cannot write the backup .*: SQLITE_CANTOPEN/);
      expect(existsSync(folder.file('none'))).to.equal(false);
    });
  });
});
