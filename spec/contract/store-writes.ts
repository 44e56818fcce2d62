import { expect } from 'chai';
import { mergePartial, type Partial } from '../../lib/aggregate/partial.js';
import { MetricType, type SeriesKey } from '../../lib/metric.js';
import {
  badLine,
  counter,
  counterKey,
  distribution,
  flushOf,
  gauge,
  gaugeKey,
  members,
  plain,
  point,
  readAll,
  stepMs,
  t0,
} from './flushes.js';
import type { StoreUnderTest } from './store.js';

const keyOf = (type: MetricType, name = `kind-${type}`): SeriesKey => ({ name, type, tags: [] });

/** For each kind of partial, one and a later one of the same bucket. */
const pairs: readonly (readonly [Partial, Partial])[] = [
  [counter(0.1, 3), counter(0.2, 4)],
  [gauge(t0 + 1000, 5, -2.5), gauge(t0 + 2000, 7)],
  [distribution(MetricType.Timer, 1.5, 20, 300), distribution(MetricType.Timer, 0, 1e-9)],
  [distribution(MetricType.Distribution, -4, 0, 9), distribution(MetricType.Distribution, -1e12)],
  [members('ann', 'bob'), members('bob', 'cyd')],
];

function merged(a: Partial, b: Partial, empty: Partial): object {
  mergePartial(empty, a);
  mergePartial(empty, b);
  return plain(empty);
}

const empties = (): Partial[] => [
  counter(0, 0),
  { type: MetricType.Gauge, last: 0, lastAtMs: 0, min: Infinity, max: -Infinity, sum: 0, samples: 0 },
  distribution(MetricType.Timer),
  distribution(MetricType.Distribution),
  members(),
];

const wholes = (): object[] => pairs.map(([a, b], i) => merged(a, b, empties()[i]!));

export function storeWrites(underTest: () => StoreUnderTest): void {
  it('gives every kind of partial back as it was', async () => {
    const { store } = underTest();
    await store.write(flushOf({ points: pairs.map(([partial]) => point(keyOf(partial.type), partial)) }));
    const found = await readAll(store);
    expect(found.map(({ name }) => name)).to.have.members(pairs.map(([{ type }]) => `kind-${type}`));
    for (const [partial] of pairs) {
      const { name } = keyOf(partial.type);
      expect(found.find((one) => one.name === name)).to.deep.equal({
        ...{ name, tags: [], timeMs: t0, stepMs },
        partial: plain(partial),
      });
    }
  });

  it('keeps every double to its last bit', async () => {
    const { store } = underTest();
    const values = [
      ...[0.1 + 0.2, 1 / 3, 2 ** 53 - 1, 2 ** 53 + 2, -(2 ** 31), 2 ** 31, 4294967296.5, 5e-324, 2 ** -1022],
      ...[
        1.7976931348623157e308,
        -1e300,
        123456789.12345679,
        0.37,
        -7.000000000000001,
        1e21,
        Infinity,
        -Infinity,
      ],
    ];
    const points = values.flatMap((value, i) => [
      point(counterKey(`c${i}`), counter(value, i)),
      point(gaugeKey(`g${i}`), gauge(t0 + i, value)),
    ]);
    await store.write(flushOf({ points }));
    const found = new Map((await readAll(store)).map(({ name, partial }) => [name, partial]));
    for (const { series, partial } of points) expect(found.get(series.name)).to.deep.equal(plain(partial));
  });

  it('keeps a sum that is not a number', async () => {
    const { store } = underTest();
    await store.write(flushOf({ points: [point(counterKey('c'), counter(Number.NaN))] }));
    expect((await readAll(store)).map(({ partial }) => partial)).to.deep.equal([counter(Number.NaN)]);
  });

  it('writes a flush once, however often it is handed over', async () => {
    const { store } = underTest();
    const flush = flushOf({
      points: pairs.map(([partial]) => point(keyOf(partial.type), partial)),
      badLines: [badLine('value', '10.0.0.1')],
    });
    await store.write(flush);
    const before = await readAll(store);
    await store.write(flush);
    await Promise.all([store.write(flush), store.write({ ...flush })]);
    expect(await readAll(store)).to.deep.equal(before);
    const window = { sinceMs: t0, untilMs: t0 + stepMs };
    expect(await store.ingest(window)).to.have.lengthOf(1);
    expect((await store.badLines(window)).map(({ count }) => count)).to.deep.equal([1]);
  });

  it('merges the flushes of one bucket, as after a restart within the interval', async () => {
    const { store } = underTest();
    await store.write(flushOf({ points: pairs.map(([first]) => point(keyOf(first.type), first)) }));
    await store.write(flushOf({ points: pairs.map(([, second]) => point(keyOf(second.type), second)) }));
    const found = await readAll(store);
    expect(found.map(({ partial }) => partial)).to.have.deep.members(wholes());
  });

  it('merges the points of one series in one flush', async () => {
    const { store } = underTest();
    const key = (partial: Partial): SeriesKey => keyOf(partial.type);
    await store.write(flushOf({ points: pairs.flatMap(([a, b]) => [point(key(a), a), point(key(b), b)]) }));
    const found = await readAll(store);
    expect(found.map(({ partial }) => partial)).to.have.deep.members(wholes());
  });

  it('puts late points into the bucket that they belong to', async () => {
    const { store } = underTest();
    const key = counterKey('c');
    const other = counterKey('other');
    await store.write(flushOf({ points: [point(key, counter(1), t0)] }));
    const late = [
      point(key, counter(10), t0),
      point(other, counter(5), t0 - stepMs),
      point(key, counter(2), t0 + stepMs),
    ];
    await store.write(flushOf({ startMs: t0 + stepMs, points: late }));
    const found = (await readAll(store)).map(({ name, timeMs, partial }) => [name, timeMs - t0, partial]);
    expect(found).to.deep.equal([
      ['other', -stepMs, counter(5)],
      ['c', 0, counter(11, 2)],
      ['c', stepMs, counter(2)],
    ]);
  });

  it('keeps apart the buckets of different steps', async () => {
    const { store } = underTest();
    await store.write(flushOf({ points: [point(counterKey('c'), counter(1))] }));
    await store.write(flushOf({ intervalMs: 60_000, points: [point(counterKey('c'), counter(6))] }));
    const found = (await readAll(store)).map((one) => [one.stepMs, one.partial]);
    expect(found).to.deep.equal([
      [stepMs, counter(1)],
      [60_000, counter(6)],
    ]);
  });

  it('leaves the flush as it was', async () => {
    const { store } = underTest();
    const points = pairs.flatMap(([a, b]) => [point(keyOf(a.type), a), point(keyOf(b.type), b)]);
    const before = points.map(({ partial }) => plain(partial));
    await store.write(flushOf({ points }));
    await store.write(flushOf({ points }));
    expect(points.map(({ partial }) => plain(partial))).to.deep.equal(before);
  });

  it('keeps both of two flushes written at once', async () => {
    const { store } = underTest();
    const flush = (sum: number) => flushOf({ points: [point(counterKey('c'), counter(sum))] });
    await Promise.all([store.write(flush(1)), store.write(flush(2)), store.write(flush(4))]);
    expect((await readAll(store)).map(({ partial }) => partial)).to.deep.equal([counter(7, 3)]);
  });

  it('writes a flush without points, for what was received is worth knowing', async () => {
    const { store } = underTest();
    await store.write(flushOf({}));
    expect(await readAll(store)).to.deep.equal([]);
    expect(await store.ingest({ sinceMs: t0, untilMs: t0 + 1 })).to.have.lengthOf(1);
  });

  it('goes on with the same series after it was closed and opened again', async () => {
    const { place, store } = underTest();
    await store.write(flushOf({ points: [point(counterKey('c', 'k:v'), counter(1))] }));
    await store.close();
    const again = await place.open();
    underTest().store = again;
    await again.write(flushOf({ points: [point(counterKey('c', 'k:v'), counter(2))] }));
    await again.write(flushOf({ points: [point(counterKey('d'), counter(3))] }));
    expect(await again.series({})).to.have.lengthOf(2);
    const found = (await readAll(again)).map(({ name, partial }) => [name, partial]);
    expect(found).to.have.deep.members([
      ['c', counter(3, 2)],
      ['d', counter(3)],
    ]);
  });

  it('says that it can be written', async () => {
    await underTest().store.checkWritable();
  });
}
