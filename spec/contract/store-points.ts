import { expect } from 'chai';
import fc from 'fast-check';
import { mergePartial } from '../../lib/aggregate/partial.js';
import type { SeriesKey } from '../../lib/metric.js';
import type { StoredPoint, StoredSeries, TimeWindow } from '../../lib/storage/store.js';
import {
  always,
  counter,
  counterKey,
  flushOf,
  gauge,
  gaugeKey,
  plain,
  point,
  readAll,
  stepMs,
  t0,
} from './flushes.js';
import type { StoreUnderTest } from './store.js';

export function storeReadsPoints(underTest: () => StoreUnderTest): void {
  /** Writes `buckets` flushes with one point of each series; the sum tells series and bucket. */
  async function fill(keys: readonly SeriesKey[], buckets: number): Promise<void> {
    for (let b = 0; b < buckets; b += 1) {
      const timeMs = t0 + b * stepMs;
      const points = keys.map((key, k) => point(key, counter(1000 * k + b), timeMs));
      await underTest().store.write(flushOf({ startMs: timeMs, points }));
    }
  }

  async function collect(series: readonly StoredSeries[], window: TimeWindow): Promise<StoredPoint[]> {
    const points: StoredPoint[] = [];
    for await (const batch of underTest().store.points(series, window)) points.push(...batch);
    return points;
  }

  const sums = (points: readonly StoredPoint[]): number[] =>
    points.map(({ partial }) => (partial as { sum: number }).sum);

  it('has nothing to give while it is empty', async () => {
    const { store } = underTest();
    expect(await store.series({})).to.deep.equal([]);
    expect(await readAll(store)).to.deep.equal([]);
    expect(await store.newest([], 1)).to.deep.equal([]);
    expect(await store.lastGauges()).to.deep.equal([]);
    expect(await store.ingest(always)).to.deep.equal([]);
    expect(await store.extent()).to.equal(undefined);
  });

  it('gives the buckets that start in the window, its end left out', async () => {
    await fill([counterKey('c')], 5);
    const [c] = await underTest().store.series({});
    const window = { sinceMs: t0 + stepMs, untilMs: t0 + 3 * stepMs };
    expect(sums(await collect([c!], window))).to.deep.equal([1, 2]);
    expect(sums(await collect([c!], { sinceMs: t0 + 1, untilMs: t0 + stepMs + 1 }))).to.deep.equal([1]);
    expect(await collect([c!], { sinceMs: t0, untilMs: t0 })).to.deep.equal([]);
    expect(await collect([], always)).to.deep.equal([]);
    expect(sums(await collect([c!], { sinceMs: -Infinity, untilMs: Infinity }))).to.deep.equal([
      0, 1, 2, 3, 4,
    ]);
  });

  it('gives the series asked for and no other, be they few of many or most of them', async () => {
    const keys = Array.from({ length: 40 }, (_, i) => counterKey(`c${i}`));
    await fill(keys, 12);
    const series = await underTest().store.series({});
    const numberOf = (one: StoredSeries): number => Number(one.name.slice(1));
    for (const count of [1, 3, 9, 11, 39, 40]) {
      const asked = series.filter((one) => numberOf(one) < count);
      const window = { sinceMs: t0 + 2 * stepMs, untilMs: t0 + 10 * stepMs };
      const expected = asked.flatMap((one) => [2, 3, 4, 5, 6, 7, 8, 9].map((b) => 1000 * numberOf(one) + b));
      expect(sums(await collect(asked, window)))
        .to.have.members(expected)
        .and.have.lengthOf(8 * count);
    }
  });

  it('gives more points than come in one batch, each series in order of time', async () => {
    const keys = Array.from({ length: 60 }, (_, i) => counterKey(`c${i}`));
    await fill(keys, 90);
    const series = await underTest().store.series({});
    for (const asked of [series, series.slice(0, 12), series.slice(5, 45)]) {
      const points = await collect(asked, always);
      expect(points).to.have.lengthOf(90 * asked.length);
      const times = new Map<number, number[]>(asked.map(({ id }) => [id, []]));
      for (const { seriesId, timeMs } of points) times.get(seriesId)!.push((timeMs - t0) / stepMs);
      for (const ofSeries of times.values()) expect(ofSeries).to.deep.equal([...Array(90).keys()]);
    }
  });

  it('gives sparse series across long gaps, in whatever order they came', async () => {
    const { store } = underTest();
    const far = t0 + 5 * 365 * 86_400_000;
    const times = [t0, stepMs, far, 0];
    for (const timeMs of times) {
      await store.write(flushOf({ startMs: timeMs, points: [point(counterKey('c'), counter(1), timeMs)] }));
    }
    for (let i = 0; i < 9; i += 1) {
      await store.write(flushOf({ points: [point(counterKey(`other${i}`), counter(1), t0 + stepMs)] }));
    }
    expect((await readAll(store, ['c'])).map(({ timeMs }) => timeMs)).to.deep.equal([0, stepMs, t0, far]);
  });

  it('can be left in the middle, and read by several at once while it is written', async () => {
    const { store } = underTest();
    await fill(
      Array.from({ length: 50 }, (_, i) => counterKey(`c${i}`)),
      60,
    );
    const series = await store.series({});
    let batches = 0;
    for await (const _ of store.points(series, always)) {
      batches += 1;
      break;
    }
    expect(batches).to.equal(1);
    const reads = [collect(series, always), collect(series.slice(0, 5), always), collect(series, always)];
    const later = { points: [point(counterKey('d'), counter(1), t0 - stepMs)] };
    const [all, few, again] = await Promise.all([...reads, store.write(flushOf(later))]);
    expect(all).to.have.lengthOf(3000);
    expect(few).to.have.lengthOf(300);
    expect(again).to.have.lengthOf(3000);
  });

  it('shows a reader that is open what is written afterwards', async () => {
    const { place } = underTest();
    await fill([counterKey('c')], 1);
    const reader = await place.openReader();
    try {
      expect(await readAll(reader)).to.have.lengthOf(1);
      await underTest().store.write(flushOf({ points: [point(counterKey('d'), counter(1))] }));
      expect(await readAll(reader)).to.have.lengthOf(2);
    } finally {
      await reader.close();
    }
  });

  it('gives the newest points of each series, the newest first', async () => {
    const { store } = underTest();
    const [live, dead] = [counterKey('live'), counterKey('dead')];
    await fill([live, dead], 3);
    for (let b = 3; b < 50; b += 1) {
      const timeMs = t0 + b * stepMs;
      await store.write(flushOf({ startMs: timeMs, points: [point(live, counter(b), timeMs)] }));
    }
    await store.write(flushOf({ points: [point(gaugeKey('g'), gauge(t0 + 5, 8))] }));
    const series = await store.series({});
    const newest = async (limit: number): Promise<Record<string, number[]>> => {
      const points = await store.newest(series, limit);
      const ofName = (name: string) =>
        points.filter((p) => series.find((s) => s.id === p.seriesId)!.name === name);
      return { live: sums(ofName('live')), dead: sums(ofName('dead')), g: sums(ofName('g')) };
    };
    expect(await newest(1)).to.deep.equal({ live: [49], dead: [1002], g: [8] });
    expect(await newest(4)).to.deep.equal({ live: [49, 48, 47, 46], dead: [1002, 1001, 1000], g: [8] });
    expect((await newest(45)).live).to.deep.equal([...Array(45).keys()].map((i) => 49 - i));
    expect(await newest(0)).to.deep.equal({ live: [], dead: [], g: [] });
  });

  it('gives the newest points across steps', async () => {
    const { store } = underTest();
    const steps: [number, number][] = [
      [t0, 10_000],
      [t0 + 60_000, 30_000],
      [t0 + 90_000, 10_000],
    ];
    for (const [timeMs, intervalMs] of steps) {
      await store.write(
        flushOf({ startMs: timeMs, intervalMs, points: [point(counterKey('c'), counter(1), timeMs)] }),
      );
    }
    const places = (await store.newest(await store.series({}), 5)).map((p) => [p.timeMs, p.stepMs]);
    expect(places).to.deep.equal([...steps].reverse());
    const [last] = await store.newest(await store.series({}), 1);
    expect([last!.timeMs, last!.stepMs]).to.deep.equal(steps[2]);
  });

  it('tells from when to when it holds points', async () => {
    const { store } = underTest();
    await fill([counterKey('c')], 3);
    const later = point(gaugeKey('g'), gauge(t0, 1), t0 + 600_000);
    await store.write(flushOf({ startMs: t0 + 600_000, intervalMs: 60_000, points: [later] }));
    expect(await store.extent()).to.deep.equal({ sinceMs: t0, untilMs: t0 + 660_000 });
  });

  it('holds what a plain table of merged partials holds, whatever comes in whatever order', async () => {
    const { store } = underTest();
    const keys = Array.from({ length: 10 }, (_, i) => (i % 2 ? gaugeKey(`s${i}`) : counterKey(`s${i}`)));
    const anyPoint = fc.record({ key: fc.nat(9), bucket: fc.nat(5), value: fc.integer({ min: -9, max: 9 }) });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(anyPoint, { maxLength: 12 }), { maxLength: 6 }), async (batches) => {
        // A stretch of time of its own for each run, a day apart: one store serves them all.
        run += 1;
        const startMs = t0 + run * 86_400_000;
        const expected = new Map<string, ReturnType<typeof counter>>();
        for (const batch of batches) {
          const points = batch.map(({ key, bucket, value }) => {
            const timeMs = startMs + bucket * stepMs;
            return point(keys[key]!, key % 2 ? gauge(timeMs + value, value) : counter(value), timeMs);
          });
          await store.write(flushOf({ startMs, points }));
          for (const { series, timeMs, partial } of points) {
            const place = `${series.name} ${timeMs}`;
            const into = expected.get(place);
            if (into === undefined) expected.set(place, { ...partial });
            else mergePartial(into, partial);
          }
        }
        const found = await readAll(store, ['*'], { sinceMs: startMs, untilMs: startMs + 6 * stepMs });
        expect(
          new Map(found.map(({ name, timeMs, partial }) => [`${name} ${timeMs}`, partial])),
        ).to.deep.equal(new Map([...expected].map(([place, partial]) => [place, plain(partial)])));
      }),
      { numRuns: 25 },
    );
  });
}
