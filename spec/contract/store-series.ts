import { expect } from 'chai';
import { MetricType, type SeriesKey } from '../../lib/metric.js';
import type { SeriesSelector } from '../../lib/storage/store.js';
import {
  counter,
  counterKey,
  distribution,
  flushOf,
  gauge,
  gaugeKey,
  point,
  stepMs,
  t0,
  tagsOf,
} from './flushes.js';
import type { StoreUnderTest } from './store.js';

export function storeSelectsSeries(underTest: () => StoreUnderTest): void {
  const write = (...keys: SeriesKey[]): Promise<void> => {
    const partialOf = ({ type }: SeriesKey) => (type === MetricType.Counter ? counter(1) : gauge(t0, 1));
    return underTest().store.write(flushOf({ points: keys.map((key) => point(key, partialOf(key))) }));
  };
  const names = async (selector: SeriesSelector): Promise<string[]> =>
    (await underTest().store.series(selector)).map(({ name }) => name).sort();

  it('gives series back with their tags, whatever is in them', async () => {
    const keys = [
      counterKey('plain'),
      counterKey('tagged', 'env:prod', 'host:a'),
      counterKey('two values', 'k:a', 'k:b'),
      counterKey('no value', 'canary', 'k:'),
      counterKey('separators', 'a:b:c', 'd:e,f', 'g:\\', 'h:=;|#"\''),
      { ...counterKey('separators in keys'), tags: [{ key: 'a:b,c\\d', value: ':' }] },
      { ...counterKey('nameless'), tags: [{ key: '', value: '' }] },
      counterKey('snow ☃ 🎿 é', 'ünï:ço∂é'),
      counterKey('__proto__', 'constructor:toString'),
      counterKey("quote'); DROP TABLE tag; --"),
      counterKey('nul\0inside', 'a\0b:c\0d'),
      counterKey('line\nbreak', 'a:\r\n\t'),
      counterKey('x'.repeat(8192)),
      counterKey(''),
    ];
    await write(...keys);
    const found = (await underTest().store.series({})).map(({ name, type, tags }) => ({ name, type, tags }));
    expect(found).to.have.deep.members(keys);
  });

  it('takes equal series for one, whichever object brings them', async () => {
    await write(counterKey('c', 'k:v'), counterKey('c', 'k:v'), counterKey('c'), gaugeKey('c', 'k:v'));
    await write(counterKey('c', 'k:v'));
    const found = await underTest().store.series({});
    expect(found).to.have.lengthOf(3);
    expect(new Set(found.map(({ id }) => id)).size).to.equal(3);
  });

  it('matches names with * ? and [abc], and with nothing else', async () => {
    await write(
      ...['api.a.latency', 'api.b.latency', 'api.latency', 'apix', 'API.a', 'a%_b', 'a__b', 'a[b'].map(
        (name) => counterKey(name),
      ),
    );
    expect(await names({ patterns: ['api.*.latency'] })).to.deep.equal(['api.a.latency', 'api.b.latency']);
    expect(await names({ patterns: ['api*'] })).to.deep.equal([
      ...['api.a.latency', 'api.b.latency', 'api.latency', 'apix'],
    ]);
    expect(await names({ patterns: ['*.latency'] })).to.have.lengthOf(3);
    expect(await names({ patterns: ['api.?.latency'] })).to.deep.equal(['api.a.latency', 'api.b.latency']);
    expect(await names({ patterns: ['api.[bc].*'] })).to.deep.equal(['api.b.latency']);
    expect(await names({ patterns: ['api.[^b].*'] })).to.deep.equal(['api.a.latency']);
    expect(await names({ patterns: ['a%_b'] })).to.deep.equal(['a%_b']);
    expect(await names({ patterns: ['a[[]b'] })).to.deep.equal(['a[b']);
    expect(await names({ patterns: ['api'] })).to.deep.equal([]);
    expect(await names({ patterns: ['*'] })).to.have.lengthOf(8);
  });

  it('takes what any of the patterns matches, once', async () => {
    await write(counterKey('a'), counterKey('b'), counterKey('c'));
    expect(await names({ patterns: ['a', 'b*', '[ab]'] })).to.deep.equal(['a', 'b']);
    expect(await names({ patterns: [] })).to.deep.equal([]);
  });

  it('matches a prefix of letters beyond ASCII', async () => {
    await write(counterKey('größe.a'), counterKey('größe.🎿'), counterKey('gross'));
    expect(await names({ patterns: ['größe.*'] })).to.have.lengthOf(2);
  });

  it('selects by type', async () => {
    const { store } = underTest();
    await write(counterKey('c'), gaugeKey('g'));
    const timer = { name: 't', type: MetricType.Timer, tags: [] };
    await store.write(flushOf({ points: [point(timer, distribution(MetricType.Timer, 1))] }));
    expect(await names({ types: [MetricType.Gauge] })).to.deep.equal(['g']);
    expect(await names({ types: [MetricType.Counter, MetricType.Timer] })).to.deep.equal(['c', 't']);
    expect(await names({ types: [MetricType.Distribution] })).to.deep.equal([]);
    expect(await names({ types: [] })).to.deep.equal([]);
  });

  it('selects the series that carry all of the tags', async () => {
    await write(
      counterKey('a', 'env:prod', 'host:x'),
      counterKey('b', 'env:prod', 'host:y'),
      counterKey('c', 'env:dev', 'host:x'),
      counterKey('d', 'env', 'k:1', 'k:2'),
      counterKey('e'),
    );
    expect(await names({ tags: tagsOf('env:prod') })).to.deep.equal(['a', 'b']);
    expect(await names({ tags: tagsOf('env:prod', 'host:x') })).to.deep.equal(['a']);
    expect(await names({ tags: tagsOf('env') })).to.deep.equal(['d']);
    expect(await names({ tags: tagsOf('k:1', 'k:2') })).to.deep.equal(['d']);
    expect(await names({ tags: tagsOf('env:nowhere') })).to.deep.equal([]);
    expect(await names({ tags: [] })).to.have.lengthOf(5);
  });

  it('selects by pattern, type and tags together', async () => {
    await write(
      counterKey('api.x', 'k:v'),
      counterKey('api.y'),
      gaugeKey('api.x', 'k:v'),
      counterKey('x', 'k:v'),
    );
    const selector = { patterns: ['api.*'], types: [MetricType.Counter], tags: tagsOf('k:v') };
    const found = await underTest().store.series(selector);
    expect(found.map(({ name, type }) => [name, type])).to.deep.equal([['api.x', MetricType.Counter]]);
  });

  it('finds all of more series than come in one batch', async () => {
    const keys = Array.from({ length: 4500 }, (_, i) => counterKey(`c${i}`, `even:${i % 2}`));
    await write(...keys);
    expect(await names({})).to.have.lengthOf(4500);
    expect(await names({ tags: tagsOf('even:1') })).to.have.lengthOf(2250);
  });

  it('knows the last value of every gauge, however long ago it was set', async () => {
    const { store } = underTest();
    const [old, live, late] = [gaugeKey('old', 'k:v'), gaugeKey('live'), gaugeKey('late')];
    const first = [
      point(old, gauge(t0 + 1, 1)),
      point(live, gauge(t0 + 2, 2)),
      point(late, gauge(t0 + 3, 3)),
    ];
    await store.write(flushOf({ points: [...first, point(counterKey('c'), counter(1))] }));
    for (let i = 1; i <= 3; i += 1) {
      const timeMs = t0 + i * stepMs;
      const points = [point(live, gauge(timeMs + 7, 10 * i, 10 * i + 0.5), timeMs)];
      if (i === 2) points.push(point(late, gauge(t0 - 5, 99), t0 - stepMs));
      await store.write(flushOf({ startMs: timeMs, points }));
    }
    expect(await store.lastGauges()).to.have.deep.members([
      { series: old, last: 1, lastAtMs: t0 + 1 },
      { series: live, last: 30.5, lastAtMs: t0 + 3 * stepMs + 7 },
      { series: late, last: 3, lastAtMs: t0 + 3 },
    ]);
  });
}
