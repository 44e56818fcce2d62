import { expect } from 'chai';
import { MetricType, type SeriesKey } from '../../lib/metric.js';
import { DepartedGauges } from '../../lib/series/departed-gauges.js';

const gauge = (name: string, ...tags: readonly [string, string][]): SeriesKey => ({
  name,
  type: MetricType.Gauge,
  tags: tags.map(([key, value]) => ({ key, value })),
});

describe('gauges that have left', () => {
  it('are given back once, each by its key', () => {
    const departed = new DepartedGauges(100);
    departed.put(gauge('a'), 1);
    departed.put(gauge('a', ['k', 'v']), -0);
    departed.put(gauge('a', ['k', 'v'], ['l', '']), 3);
    departed.put(gauge('a'), 2);
    expect(departed.take(gauge('a'))).to.equal(2);
    expect(departed.take(gauge('a'))).to.equal(undefined);
    expect(Object.is(departed.take(gauge('a', ['k', 'v'])), -0)).to.equal(true);
    expect(departed.take(gauge('a', ['k', '']))).to.equal(undefined);
    expect(departed.take(gauge('a', ['k', 'v'], ['l', '']))).to.equal(3);
    expect(departed.size).to.equal(0);
  });

  it('are the last that left when they are too many', () => {
    const departed = new DepartedGauges(1000);
    for (let i = 0; i < 10_300; i += 1) {
      departed.put(gauge(`g${i}`), i);
      expect(departed.size).to.be.at.most(1000);
    }
    for (let i = 10_299; i >= 9800; i -= 1) expect(departed.take(gauge(`g${i}`))).to.equal(i);
    expect(departed.take(gauge('g5'))).to.equal(undefined);
  });
});
