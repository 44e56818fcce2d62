import { statSync } from 'node:fs';
import { expect } from 'chai';
import type { Retention } from '../../../lib/config/retention.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import type { IngestInterval } from '../../../lib/storage/store.js';
import {
  always,
  badLine,
  counter,
  counterKey,
  flushOf,
  gauge,
  gaugeKey,
  noIngest,
  point,
  readAll,
  stepMs,
  t0,
  tagsOf,
} from '../../contract/flushes.js';
import { temporaryFolder } from '../../support/temporary.js';
import {
  everyType,
  littleBlocks,
  maintainAll,
  pointsAt,
  retentionOf,
  storedTotals,
  TierModel,
} from '../tier-model.js';

const minuteMs = 60_000;
const retention = retentionOf('10s:2m,1m:10m,5m:1h');

describe('the maintenance of a database', () => {
  const directory = temporaryFolder();
  let path: string;
  let store: SqliteStore;

  const open = (asked: Retention | undefined = retention): Promise<SqliteStore> =>
    SqliteStore.open(path, {
      ...(asked !== undefined && { retention: asked }),
      rollUpBounds: { series: 1, sketches: 1 },
      sealBounds: littleBlocks,
    });

  beforeEach(async () => {
    path = directory.file('x.db');
    store = await open();
  });

  afterEach(() => store.close());

  const all = everyType.map((_, series) => ({ series, value: 5, ageSteps: 0 }));

  it('takes in what comes for a bucket while its series are being rolled up one by one', async () => {
    const model = new TierModel();
    const write = async (): Promise<void> => {
      const points = pointsAt(t0, all, stepMs);
      model.add(points);
      await store.write(flushOf({ points }));
    };
    await write();
    let parts = 0;
    while (await store.maintain(t0 + 10 * minuteMs)) {
      await write();
      parts += 1;
      expect(parts).to.be.below(1000);
    }
    expect(parts).to.be.above(40);
    const detail = { alignMs: Number.POSITIVE_INFINITY, mostBuckets: 0 };
    expect(await storedTotals(store, always, detail)).to.deep.equal(model.totals(always));
  });

  it('reads each span from the finest tier that still holds it', async () => {
    for (let i = 0; i < 360; i += 1) {
      const timeMs = t0 + i * stepMs;
      await store.write(flushOf({ startMs: timeMs, points: [point(counterKey('c'), counter(1), timeMs)] }));
    }
    const nowMs = t0 + 60 * minuteMs;
    await maintainAll(store, nowMs);
    const points = await readAll(store);
    const stepAt = (timeMs: number): number | undefined =>
      points.find((one) => one.timeMs === timeMs)?.stepMs;
    expect([stepAt(t0), stepAt(nowMs - 15 * minuteMs)]).to.deep.equal([300_000, 300_000]);
    expect(stepAt(nowMs - 5 * minuteMs)).to.equal(60_000);
    expect(stepAt(nowMs - minuteMs)).to.equal(10_000);
    const sum = points.reduce((total, { partial }) => total + (partial as { sum: number }).sum, 0);
    expect(sum).to.equal(360);
  });

  it('finds the newest points and the last value of a gauge in whichever tier has them', async () => {
    for (let i = 0; i < 60; i += 1) {
      const timeMs = t0 + i * stepMs;
      await store.write(
        flushOf({ startMs: timeMs, points: [point(gaugeKey('g'), gauge(timeMs, i), timeMs)] }),
      );
    }
    for (const laterMs of [10 * minuteMs, 15 * minuteMs, 40 * minuteMs]) {
      await maintainAll(store, t0 + laterMs);
      const [last] = await store.lastGauges();
      expect(last?.last).to.equal(59);
      expect(last?.lastAtMs).to.equal(t0 + 59 * stepMs);
      const series = await store.series({});
      const [newest] = await store.newest(series, 1);
      expect(newest?.partial).to.include({ last: 59 });
      const found = await store.newest(series, 500);
      const samples = found.reduce((sum, { partial }) => sum + (partial as { samples: number }).samples, 0);
      expect(samples).to.equal(60);
    }
  });

  it('knows when a series was first seen, whichever tier took its late points', async () => {
    const key = counterKey('c');
    await store.write(flushOf({ points: [point(key, counter(1))] }));
    const nowMs = t0 + 9 * minuteMs;
    await maintainAll(store, nowMs);
    const lateMs = t0 - 3 * stepMs;
    await store.write(flushOf({ startMs: nowMs, points: [point(key, counter(1), lateMs)] }));
    const [footprint] = await store.footprints(await store.series({}));
    expect(footprint?.firstMs).to.equal(lateMs);
  });

  it('lets points, series, tags and records go when no tier keeps them, and knows a series that comes back', async () => {
    const key = counterKey('idle', 'only:here');
    const event = {
      title: 'deployed',
      text: '',
      timeMs: t0,
      priority: 'normal',
      alertType: 'info',
      tags: [],
      host: undefined,
      aggregationKey: undefined,
      sourceType: undefined,
    } as const;
    const check = {
      name: 'db',
      status: 0,
      timeMs: t0,
      tags: tagsOf('a:b'),
      host: undefined,
      message: undefined,
    } as const;
    const bad = badLine('BadValue', 'here');
    await store.write(
      flushOf({ points: [point(key, counter(1))], events: [event], checks: [check], badLines: [bad] }),
    );
    const laterMs = t0 + 90 * minuteMs;
    await store.write(flushOf({ startMs: laterMs, points: [point(counterKey('c'), counter(1), laterMs)] }));
    await maintainAll(store, laterMs);
    expect((await store.series({})).map(({ name }) => name)).to.deep.equal(['c']);
    expect(await store.series({ tags: tagsOf('only:here') })).to.deep.equal([]);
    expect(await store.events(always)).to.deep.equal([]);
    expect(await store.checks(always)).to.deep.equal([]);
    expect(await store.badLines(always)).to.deep.equal([]);
    expect((await store.ingest(always)).map(({ timeMs }) => timeMs)).to.deep.equal([laterMs]);
    await store.write(flushOf({ startMs: laterMs, points: [point(key, counter(7), laterMs)] }));
    expect((await readAll(store, ['idle'])).map(({ partial }) => partial)).to.deep.equal([counter(7)]);
  });

  it('gives the space of what expired back to the file system', async () => {
    const keys = Array.from({ length: 400 }, (_, i) => counterKey(`series.${i}`));
    const write = async (startMs: number): Promise<void> => {
      for (let i = 0; i < 60; i += 1) {
        const timeMs = startMs + i * stepMs;
        await store.write(
          flushOf({ startMs: timeMs, points: keys.map((k) => point(k, counter(i + 0.1), timeMs)) }),
        );
      }
    };
    await write(t0);
    await store.close();
    const before = statSync(path).size;
    store = await SqliteStore.open(path, { retention });
    await maintainAll(store, t0 + 120 * minuteMs);
    await store.close();
    expect(statSync(path).size).to.be.below(before / 2);
    store = await open();
  });

  it('gives space back while it is written to, and keeps what is written', async () => {
    const keys = Array.from({ length: 400 }, (_, i) => counterKey(`series.${i}`));
    for (let i = 0; i < 60; i += 1) {
      const timeMs = t0 + i * stepMs;
      const points = keys.map((key) => point(key, counter(i + 0.1), timeMs));
      await store.write(flushOf({ startMs: timeMs, points }));
    }
    await store.close();
    const before = statSync(path).size;
    store = await SqliteStore.open(path, { retention });
    const nowMs = t0 + 120 * minuteMs;
    const sizes = new Set<number>();
    let written = 0;
    do {
      const timeMs = nowMs + written * stepMs;
      await store.write(
        flushOf({ startMs: timeMs, points: [point(counterKey('steady'), counter(1), timeMs)] }),
      );
      written += 1;
      expect(await store.emptyLog()).to.equal(true);
      sizes.add(statSync(path).size);
    } while (await store.maintain(nowMs));
    expect(Math.min(...sizes)).to.be.below(before / 2);
    const steady = (await readAll(store)).filter(({ name }) => name === 'steady');
    expect(steady.map(({ partial }) => partial)).to.deep.equal(Array(written).fill(counter(1)));
  });

  it('joins the records of flushes into runs, which say the same of losses and gaps', async () => {
    const ingest = {
      ...noIngest,
      datagrams: 10,
      badLines: { BadValue: 2 },
      datagramsDropped: 1,
      seriesLive: 3,
    };
    for (let i = 0; i < 36; i += 1) {
      // The server is down for a minute and a half in the middle.
      if (i >= 9 && i < 18) continue;
      await store.write(flushOf({ startMs: t0 + i * stepMs, ingest }));
    }
    await maintainAll(store, t0 + 30 * minuteMs);
    const found = await store.ingest(always);
    const spans = found.map(({ timeMs, stepMs: lengthMs }) => [(timeMs - t0) / stepMs, lengthMs / stepMs]);
    expect(spans).to.deep.equal([
      [0, 9],
      [18, 12],
      [30, 6],
    ]);
    const sum = (pick: (one: IngestInterval) => number | undefined): number =>
      found.reduce((total, one) => total + (pick(one) ?? 0), 0);
    expect(sum(({ datagrams }) => datagrams)).to.equal(270);
    expect(sum(({ datagramsDropped }) => datagramsDropped)).to.equal(27);
    expect(sum(({ badLines }) => badLines.BadValue)).to.equal(54);
    expect(Math.max(...found.map(({ seriesLive }) => seriesLive))).to.equal(3);
  });

  for (const sources of [['b'], ['a', 'b']]) {
    it(`gives the flushes of an hour of ${sources.join(' and of ')} as one interval, where none is missing in it`, async () => {
      const ingest = { ...noIngest, datagrams: 1, badLines: { BadValue: 1 }, seriesLive: 2 };
      for (let i = 0; i < 720; i += 1) {
        for (const source of sources) {
          // Of b, one flush is missing and one came in two parts, in the second hour.
          if (source === 'b' && i === 400) continue;
          await store.write(flushOf({ startMs: t0 + i * stepMs, source, ingest }));
          if (source === 'b' && i === 500)
            await store.write(flushOf({ startMs: t0 + i * stepMs, source, ingest }));
        }
      }
      const window = { sinceMs: t0 + 5_000, untilMs: t0 + 2 * 60 * minuteMs };
      const apart = await store.ingest(window);
      const sum = (found: readonly IngestInterval[]): number[] => [
        found.reduce((total, { datagrams }) => total + datagrams, 0),
        found.reduce((total, { badLines }) => total + (badLines.BadValue ?? 0), 0),
        found.reduce((total, { stepMs: lengthMs }) => total + lengthMs, 0),
        found.reduce((total, { flushes = 1 }) => total + flushes, 0),
      ];
      for (const alignMs of [Number.POSITIVE_INFINITY, 60 * minuteMs, 5 * minuteMs, minuteMs, 1000]) {
        const joined = await store.ingest(window, alignMs);
        expect(sum(joined)).to.deep.equal(sum(apart));
        expect(joined.map(({ timeMs }) => timeMs)).to.deep.equal(
          joined.map(({ timeMs }) => timeMs).sort((a, b) => a - b),
        );
        const across = joined.filter(
          ({ timeMs, stepMs: lengthMs }) =>
            Math.floor(timeMs / alignMs) !== Math.floor((timeMs + lengthMs - 1) / alignMs),
        );
        if (alignMs >= minuteMs) expect(across).to.deep.equal([]);
      }
      const hours = await store.ingest(window, Number.POSITIVE_INFINITY);
      expect(
        hours
          .slice(0, sources.length)
          .map(({ source, stepMs: lengthMs, flushes }) => [source, lengthMs, flushes]),
      ).to.deep.equal(sources.map((source) => [source, 359 * stepMs, 359]));
      expect(hours).to.have.lengthOf(sources.length * (1 + 360));
    });
  }

  it('does nothing to a database without a retention', async () => {
    await store.close();
    path = directory.file('y.db');
    store = await SqliteStore.open(path);
    await store.write(flushOf({ points: [point(counterKey('c'), counter(1))] }));
    expect(await store.maintain(t0 + 1e12)).to.equal(false);
    expect(await readAll(store)).to.have.lengthOf(1);
  });
});
