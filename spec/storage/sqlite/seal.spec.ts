import { expect } from 'chai';
import { exportDatabase } from '../../../lib/storage/sqlite/export.js';
import { Owner } from '../../../lib/storage/sqlite/owner.js';
import { pointTables } from '../../../lib/storage/sqlite/point-tables.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import {
  always,
  counter,
  counterKey,
  flushOf,
  gauge,
  gaugeKey,
  point,
  readAll,
  stepMs,
  t0,
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
const retention = retentionOf('10s:2h,1m:1d');

describe('blocks of points', () => {
  const directory = temporaryFolder();
  let path: string;
  let store: SqliteStore;
  let model: TierModel;

  const all = everyType.map((_, series) => ({ series, value: 1 + 3 * series, ageSteps: 0 }));

  async function write(fromMs: number, buckets: number): Promise<void> {
    for (let i = 0; i < buckets; i += 1) {
      const timeMs = fromMs + i * stepMs;
      const points = pointsAt(timeMs, all, stepMs);
      model.add(points);
      await store.write(flushOf({ startMs: timeMs, points }));
    }
  }

  async function writeLate(timeMs: number, series: number): Promise<void> {
    const points = pointsAt(timeMs, [{ series, value: 7, ageSteps: 0 }], stepMs);
    model.add(points);
    await store.write(flushOf({ startMs: timeMs, points }));
  }

  /** How many rows of 10 s there are before an instant, and how many blocks. */
  async function counts(beforeMs: number): Promise<{ rows: number; blocks: number }> {
    const owner = await Owner.open(path, 'read', 100);
    try {
      const counted = await Promise.all(
        pointTables.map(({ name }) =>
          owner.all<{ n: number }>(
            `SELECT count(*) AS n FROM ${name} WHERE step_ms = ${stepMs} AND time_ms < ?`,
            [beforeMs],
          ),
        ),
      );
      const [blocks] = await owner.all<{ n: number }>('SELECT count(*) AS n FROM block');
      return { rows: counted.flat().reduce((sum, { n }) => sum + n, 0), blocks: blocks!.n };
    } finally {
      await owner.close();
    }
  }

  beforeEach(async () => {
    path = directory.file('x.db');
    model = new TierModel();
    store = await SqliteStore.open(path, { retention, sealBounds: littleBlocks });
  });

  afterEach(() => store.close());

  it('take the place of the rows of spans that are past, and hold the same points', async () => {
    await write(t0, 30);
    const before = await readAll(store);
    await maintainAll(store, t0 + 6 * minuteMs);
    const { rows, blocks } = await counts(t0 + 4 * minuteMs);
    expect(rows).to.equal(0);
    expect(blocks).to.be.above(everyType.length * 4);
    expect((await counts(t0 + 5 * minuteMs)).rows).to.be.above(0);
    expect(await readAll(store)).to.deep.equal(before);
    for (let from = 0; from < 6; from += 1) {
      const window = { sinceMs: t0 + from * 5000, untilMs: t0 + 3 * minuteMs + from * 5000 };
      expect(await storedTotals(store, window)).to.deep.equal(model.totals(window));
    }
  });

  it('are merged with what comes late, at once when read and for good when the next span is past', async () => {
    await write(t0, 30);
    await maintainAll(store, t0 + 6 * minuteMs);
    for (let series = 0; series < everyType.length; series += 1) await writeLate(t0 + 20_000, series);
    await writeLate(t0 - 30_000, 1);
    expect((await counts(t0 + minuteMs)).rows).to.equal(everyType.length + 1);
    expect(await storedTotals(store, always)).to.deep.equal(model.totals(always));
    await write(t0 + 6 * minuteMs, 12);
    await maintainAll(store, t0 + 9 * minuteMs);
    expect((await counts(t0 + minuteMs)).rows).to.equal(0);
    expect(await storedTotals(store, always)).to.deep.equal(model.totals(always));
  });

  it('are found by a look at the last points, the extent and what a series takes', async () => {
    await write(t0, 30);
    const series = await store.series({});
    const latest = async (): Promise<unknown[]> => {
      const newest = [...(await store.newest(series, 1)), ...(await store.newest(series, 17))];
      const points = newest.map(({ seriesId, timeMs }) => [seriesId, timeMs]);
      return [points, await store.extent(), await store.lastGauges()];
    };
    await maintainAll(store, t0 + 5 * minuteMs);
    const before = await latest();
    await maintainAll(store, t0 + 60 * minuteMs);
    expect((await counts(t0 + 60 * minuteMs)).rows).to.equal(0);
    expect(await latest()).to.deep.equal(before);
    // 30 buckets of 10 s and five of a minute.
    for (const { points, bytes } of await store.footprints(series)) {
      expect(points).to.equal(35);
      expect(bytes).to.be.within(500, 5000);
    }
    const last = t0 + 29 * stepMs;
    const late = { ...gauge(last + 9_000, 500) };
    await store.write(flushOf({ points: [point(gaugeKey('a'), late, last)] }));
    const [found] = (await store.lastGauges()).filter((one) => one.series.name === 'a');
    expect(found).to.include({ last: 500, lastAtMs: last + 9_000 });
    const [own] = await store.newest(
      series.filter(({ name, type }) => name === 'a' && type === 1),
      1,
    );
    expect(own?.partial).to.include({ last: 500, samples: 2 });
  });

  it('are exported as the points they hold, those that came late merged in', async () => {
    const exported = async (from: string): Promise<string[]> => {
      const lines: string[] = [];
      await exportDatabase(from, (line) => void lines.push(line));
      return lines.filter((line) => /_point"/.test(line)).sort();
    };
    const inBlocks = store;
    const other = directory.file('rows.db');
    const inRows = await SqliteStore.open(other, { retention });
    for (const each of [inBlocks, inRows]) {
      store = each;
      await write(t0, 30);
      await maintainAll(store, t0 + 6 * minuteMs);
      for (let series = 0; series < everyType.length; series += 1) await writeLate(t0 + 20_000, series);
    }
    await inRows.close();
    store = inBlocks;
    expect((await counts(t0 + minuteMs)).rows).to.equal(everyType.length);
    expect(await exported(path)).to.deep.equal(await exported(other));
  });

  it('are summed up in the view of points', async () => {
    await write(t0, 30);
    await maintainAll(store, t0 + 6 * minuteMs);
    const owner = await Owner.open(path, 'read', 100);
    const rows = await owner.all<Record<string, number | string>>(
      `SELECT type, sum(buckets) AS buckets, count(*) < sum(buckets) AS fewer, sum(sum) AS sum, min(min) AS min,
         max(max) AS max, sum(samples) AS samples FROM points WHERE step_ms = ${stepMs} AND name = 'b' GROUP BY type`,
    );
    await owner.close();
    const value = (type: number): number =>
      1 + 3 * everyType.findIndex((key) => key.name === 'b' && key.type === type);
    expect(rows).to.deep.include({
      ...{ type: 'counter', buckets: 30, fewer: 1, sum: 30 * value(0), min: null, max: null, samples: 30 },
    });
    expect(rows).to.deep.include({
      ...{
        type: 'gauge',
        buckets: 30,
        fewer: 1,
        sum: 30 * value(1),
        min: value(1),
        max: value(1),
        samples: 30,
      },
    });
    expect(rows).to.deep.include({
      ...{
        type: 'timer',
        buckets: 30,
        fewer: 1,
        sum: 30 * value(2),
        min: value(2),
        max: value(2),
        samples: 30,
      },
    });
  });

  for (const asked of [48, 12]) {
    it(`are made under the eyes of a reader of ${asked} series in 48, who sees every point once`, async () => {
      const buckets = asked === 48 ? 240 : 720;
      const keys = Array.from({ length: 48 }, (_, i) => counterKey(`c${i}`));
      for (let i = 0; i < buckets; i += 1) {
        const timeMs = t0 + i * stepMs;
        await store.write(
          flushOf({ startMs: timeMs, points: keys.map((key) => point(key, counter(i), timeMs)) }),
        );
      }
      const series = (await store.series({})).slice(0, asked);
      const seen: string[] = [];
      let batches = 0;
      for await (const batch of store.points(series, always)) {
        for (const { seriesId, timeMs } of batch) seen.push(`${seriesId} ${timeMs}`);
        batches += 1;
        // Each batch but those that are read already meets a database that has blocks further on, the last span in parts.
        const nowMs = t0 + (asked === 48 ? 5 : 50) * batches * minuteMs;
        if (batches < 7) for (let parts = 0; parts < 100; parts += 1) await store.maintain(nowMs);
      }
      expect(batches).to.be.above(asked === 48 ? 5 : 4);
      expect(seen).to.have.lengthOf(buckets * asked);
      expect(new Set(seen).size).to.equal(seen.length);
      expect((await counts(always.untilMs)).blocks).to.be.above(20);
    });
  }
});
