import { expect } from 'chai';
import { MetricType } from '../../../lib/metric.js';
import { Owner } from '../../../lib/storage/sqlite/owner.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import {
  badLine,
  counter,
  counterKey,
  distribution,
  flushOf,
  gauge,
  gaugeKey,
  members,
  noIngest,
  point,
  stepMs,
  t0,
  tagsOf,
} from '../../contract/flushes.js';
import { temporaryFolder } from '../../support/temporary.js';

describe('the views', () => {
  const directory = temporaryFolder();
  let owner: Owner;

  beforeEach(async () => {
    const path = directory.file('x.db');
    const store = await SqliteStore.open(path);
    await store.write(
      flushOf({
        source: 'web-1',
        points: [
          point(counterKey('hits', 'env:prod', 'host:a'), counter(25, 3)),
          point(gaugeKey('once'), gauge(t0 + 1500, 7)),
          point(gaugeKey('often'), gauge(t0 + 9999, 1, 2, 6)),
          point(
            { name: 'latency', type: MetricType.Timer, tags: [] },
            distribution(MetricType.Timer, 10, 20, 60),
          ),
          point(
            { name: 'size', type: MetricType.Distribution, tags: [] },
            distribution(MetricType.Distribution, 4),
          ),
          point({ name: 'users', type: MetricType.Set, tags: [] }, members('a', 'b', 'a')),
        ],
        events: [
          {
            ...{ timeMs: t0 + 1, title: 'deploy', text: 'v2', host: 'a', aggregationKey: undefined },
            ...{ priority: 'normal', sourceType: undefined, alertType: 'success', tags: tagsOf('k:v') },
          },
        ],
        checks: [{ timeMs: t0 + 2, name: 'db.up', status: 2, host: undefined, message: 'no', tags: [] }],
        badLines: [badLine('value', '10.0.0.1', { count: 4, lastSeenMs: t0 + 77 })],
        ingest: { ...noIngest, datagrams: 9, badLines: { value: 3, name: 1 }, datagramsDropped: undefined },
      }),
    );
    await store.write(
      flushOf({ startMs: t0 + stepMs, points: [point(counterKey('late'), counter(1), t0 + stepMs)] }),
    );
    await store.close();
    owner = await Owner.open(path, 'read', 100);
  });

  afterEach(() => owner.close());

  it('show a point of each type with what that type has', async () => {
    const rows = await owner.all<{ name: string }>(
      `SELECT name, type, tags, step_s, samples, count, sum, rate, min, mean, max, last, last_at, members
       FROM points WHERE time = '2026-01-01T00:00:00.000Z'`,
    );
    const nothing = { samples: null, count: null, sum: null, rate: null, min: null, mean: null, max: null };
    const blank = { tags: '', step_s: 10, ...nothing, last: null, last_at: null, members: null };
    expect(rows).to.have.deep.members([
      { ...blank, name: 'hits', type: 'counter', tags: 'env:prod,host:a', samples: 3, sum: 25, rate: 2.5 },
      {
        ...{ ...blank, name: 'once', type: 'gauge', samples: 1, sum: 7, min: 7, mean: 7, max: 7 },
        ...{ last: 7, last_at: '2026-01-01T00:00:01.500Z' },
      },
      {
        ...{ ...blank, name: 'often', type: 'gauge', samples: 3, sum: 9, min: 1, mean: 3, max: 6 },
        ...{ last: 6, last_at: '2026-01-01T00:00:09.999Z' },
      },
      {
        ...blank,
        name: 'latency',
        type: 'timer',
        samples: 3,
        count: 3,
        sum: 90,
        rate: 0.3,
        min: 10,
        mean: 30,
        max: 60,
      },
      {
        ...blank,
        name: 'size',
        type: 'distribution',
        samples: 1,
        count: 1,
        sum: 4,
        rate: 0.1,
        min: 4,
        mean: 4,
        max: 4,
      },
      { ...blank, name: 'users', type: 'set', members: 2 },
    ]);
  });

  it('show the series, when each was first and last seen', async () => {
    const rows = await owner.all(
      `SELECT name, type, tags, first_seen, last_seen FROM series WHERE name IN ('hits', 'late')`,
    );
    expect(rows).to.have.deep.members([
      {
        ...{ name: 'hits', type: 'counter', tags: 'env:prod,host:a' },
        ...{ first_seen: '2026-01-01T00:00:00.000Z', last_seen: '2026-01-01T00:00:00.000Z' },
      },
      {
        ...{ name: 'late', type: 'counter', tags: '' },
        ...{ first_seen: '2026-01-01T00:00:10.000Z', last_seen: '2026-01-01T00:00:10.000Z' },
      },
    ]);
  });

  it('show what was received, the bad lines added up and by reason', async () => {
    const [row] = await owner.all<Record<string, unknown>>('SELECT * FROM ingest ORDER BY time');
    expect(row).to.include({
      ...{ time: '2026-01-01T00:00:00.000Z', step_s: 10, source: 'web-1', datagrams: 9, bad_lines: 4 },
      ...{ bad_lines_by_reason: '{"value":3,"name":1}', datagrams_dropped: null },
    });
  });

  it('show events, checks and bad lines in words', async () => {
    const [event] = await owner.all<Record<string, unknown>>('SELECT * FROM events');
    expect(event).to.include({
      time: '2026-01-01T00:00:00.001Z',
      title: 'deploy',
      alert_type: 'success',
      tags: 'k:v',
    });
    const [check] = await owner.all<Record<string, unknown>>('SELECT * FROM checks');
    expect(check).to.include({
      time: '2026-01-01T00:00:00.002Z',
      name: 'db.up',
      status: 'critical',
      message: 'no',
    });
    const [bad] = await owner.all<Record<string, unknown>>('SELECT * FROM bad_lines');
    expect(bad).to.include({
      reason: 'value',
      sender: '10.0.0.1',
      count: 4,
      last_seen: '2026-01-01T00:00:00.077Z',
    });
  });
});
