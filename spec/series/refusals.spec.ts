import { expect } from 'chai';
import { MetricType, type SeriesKey } from '../../lib/metric.js';
import { addRefusals, type Refusal, RefusalLog, refusalText } from '../../lib/series/refusals.js';

const key = (name: string, tags: Readonly<Record<string, string>> = {}): SeriesKey => ({
  name,
  type: MetricType.Counter,
  tags: Object.entries(tags).map(([tag, value]) => ({ key: tag, value })),
});

const sumOf = (refusals: readonly Refusal[]): number =>
  refusals.reduce((sum, { refused }) => sum + refused, 0);

describe('the record of what is refused', () => {
  it('names the tag that has most values, and who sent the last', () => {
    const log = new RefusalLog();
    for (let i = 0; i < 5000; i += 1) {
      const series = key('api.hits', { route: `r${i % 7}`, user: `u${i}` });
      log.record(series, 'max-series-per-name', `10.0.0.${i % 3}`, 1000 + i);
    }
    const [refusal, ...others] = log.take();
    expect(others).to.deep.equal([]);
    expect(refusal).to.include({
      limit: 'max-series-per-name',
      name: 'api.hits',
      tag: 'user',
      refused: 5000,
      sender: '10.0.0.1',
      sample: 'api.hits|#route:r1,user:u4999',
      firstSeenMs: 1000,
      lastSeenMs: 5999,
    });
    expect(refusal!.values).to.be.within(4000, 6000);
    expect(log.take()).to.deep.equal([]);
  });

  it('takes names that differ in their numbers for one', () => {
    const log = new RefusalLog();
    for (let i = 0; i < 3000; i += 1) {
      log.record(key(`user.${i}.login`), 'max-series', 'a', 0);
      log.record(key(`web${i}.cpu`), 'max-series', 'a', 0);
      log.record(key(`id.${i}f${i}e.x`), 'max-series', 'a', 0);
    }
    const names = log.take().map(({ name, tag, refused }) => `${name} ${tag} ${refused}`);
    expect(names).to.deep.equal(['user.*.login  3000', 'web*.cpu  3000', 'id.*.x  3000']);
  });

  it('finds the frequent ones among names without end, in bounded memory, and counts all', () => {
    const log = new RefusalLog();
    const letters = (i: number): string =>
      i.toString().replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)]!);
    for (let i = 0; i < 30_000; i += 1) {
      log.record(key(letters(i)), 'max-series', 'many', i);
      if (i % 5 === 0) log.record(key('heavy', { id: `${i}` }), 'max-series', 'heavy', i);
      if (i % 1000 === 0) log.record(key('named'), 'max-series-per-name', 'third', i);
    }
    const refusals = log.take();
    expect(refusals.length).to.be.below(70);
    const heavy = refusals.find(({ name }) => name === 'heavy');
    expect(heavy).to.include({ tag: 'id', sender: 'heavy' });
    expect(heavy!.refused).to.be.within(5500, 6000);
    const rest = refusals.find(({ name, limit }) => name === '' && limit === 'max-series');
    expect(rest!.sender).to.be.oneOf(['many', 'heavy']);
    expect(sumOf(refusals.filter(({ limit }) => limit === 'max-series'))).to.equal(36_000);
    expect(sumOf(refusals.filter(({ limit }) => limit === 'max-series-per-name'))).to.equal(30);
  });

  it('keeps no more of a name, a tag and a sample than a person reads', () => {
    const log = new RefusalLog();
    const long = 'x'.repeat(60_000);
    const tags = Object.fromEntries(
      Array.from({ length: 500 }, (_, i) => [`${i}${long.slice(0, 400)}`, long]),
    );
    log.record(key(long, tags), 'max-series', 's', 0);
    const [refusal] = log.take();
    expect(JSON.stringify(refusal).length).to.be.below(1000);
  });

  it('adds up over threads and intervals', () => {
    const logs = [new RefusalLog(), new RefusalLog()];
    logs[0]!.record(key('a', { t: '1' }), 'max-series', 'first', 5);
    for (const value of ['1', '2', '3']) logs[1]!.record(key('a', { u: value }), 'max-series', 'second', 3);
    logs[1]!.record(key('a', { t: '1' }), 'max-series-per-name', 'third', 9);
    const added = addRefusals(logs.flatMap((log) => log.take()));
    expect(added).to.deep.equal([
      {
        ...{ limit: 'max-series', name: 'a', tag: 'u', values: 3, sender: 'first', sample: 'a|#t:1' },
        ...{ refused: 4, firstSeenMs: 3, lastSeenMs: 5 },
      },
      {
        ...{
          limit: 'max-series-per-name',
          name: 'a',
          tag: 't',
          values: 1,
          sender: 'third',
          sample: 'a|#t:1',
        },
        ...{ refused: 1, firstSeenMs: 9, lastSeenMs: 9 },
      },
    ]);
    expect(added.map(refusalText)).to.deep.equal([
      'a had no room under max-series (4 times): the tag u has about 3 such values; last from first',
      'a had no room under max-series-per-name (once): the tag t has about 1 such values; last from third',
    ]);
  });
});
