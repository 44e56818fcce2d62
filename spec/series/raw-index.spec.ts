import { expect } from 'chai';
import { MetricType } from '../../lib/metric.js';
import { NoSeries, RawIndex } from '../../lib/series/raw-index.js';

const encoder = new TextEncoder();

/** Lays name and tags into a slab with foreign bytes around them. */
function spelling(name: string, tags: string): [Uint8Array, number, number, number, number] {
  const slab = encoder.encode(`xx${name}|yy${tags}zz`);
  const nameEnd = 2 + encoder.encode(name).length;
  const tagsStart = nameEnd + 3;
  return [slab, 2, nameEnd, tagsStart, tagsStart + encoder.encode(tags).length];
}

describe('the raw index', () => {
  it('finds a spelling wherever in a slab it stands', () => {
    const index = new RawIndex();
    index.add(...spelling('page.views', 'a:b'), MetricType.Counter, 7);
    const moved = encoder.encode('a:bpage.views');
    expect(index.find(moved, 3, 13, 0, 3, MetricType.Counter)).to.equal(7);
  });

  it('tells types, tags and the border between name and tags apart', () => {
    const index = new RawIndex();
    index.add(...spelling('ab', 'c'), MetricType.Counter, 1);
    expect(index.find(...spelling('ab', 'c'), MetricType.Gauge)).to.equal(NoSeries);
    expect(index.find(...spelling('a', 'bc'), MetricType.Counter)).to.equal(NoSeries);
    expect(index.find(...spelling('ab', ''), MetricType.Counter)).to.equal(NoSeries);
    expect(index.find(...spelling('abc', ''), MetricType.Counter)).to.equal(NoSeries);
  });

  it('agrees with a Map over a hundred thousand spellings, through every growth', () => {
    const index = new RawIndex();
    const map = new Map<string, number>();
    for (let ref = 0; ref < 100_000; ref++) {
      const name = `service${ref % 977}.metric.${ref}`;
      index.add(...spelling(name, ref % 3 === 0 ? 'env:prod' : ''), MetricType.Timer, ref);
      map.set(name, ref);
    }
    expect(index.size).to.equal(map.size);
    for (const [name, ref] of map) {
      const found = index.find(...spelling(name, ref % 3 === 0 ? 'env:prod' : ''), MetricType.Timer);
      if (found !== ref) expect.fail(`${name}: ${found} instead of ${ref}`);
    }
    expect(index.find(...spelling('service0.metric.100001', ''), MetricType.Timer)).to.equal(NoSeries);
  });

  it('knows nothing any more after it was cleared', () => {
    const index = new RawIndex();
    index.add(...spelling('a', ''), MetricType.Set, 3);
    index.clear();
    expect(index.find(...spelling('a', ''), MetricType.Set)).to.equal(NoSeries);
    expect(index.size).to.equal(0);
  });
});
