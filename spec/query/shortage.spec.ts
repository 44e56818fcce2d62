import { expect } from 'chai';
import { MetricType } from '../../lib/metric.js';
import { explainShortage } from '../../lib/query/shortage.js';
import { MemoryReader } from './memory-reader.js';
import { flushesOf, seriesOf } from './samples.js';

const reader = new MemoryReader();
const series = seriesOf('api.latency', MetricType.Timer, 'env:prod');
for (const flush of flushesOf([{ series, timeMs: 5_000, value: 1 }], [0], { intervalMs: 10_000 })) {
  reader.write(flush);
}

describe('explainShortage', () => {
  it('tells an empty store', async () => {
    expect(await explainShortage([new MemoryReader()], {}, undefined)).to.deep.equal({ reason: 'empty' });
  });

  it('finds the names that may have been meant', async () => {
    const shortage = await explainShortage([reader], { patterns: ['api.latencies'] }, undefined);
    expect(shortage).to.deep.equal({ reason: 'name', nearest: ['api.latency'] });
  });

  it('tells that names match but not their types or tags', async () => {
    const selectors = [
      { patterns: ['api.latency'], types: [MetricType.Counter] },
      { tags: [{ key: 'env', value: 'test' }] },
    ];
    for (const selector of selectors) {
      const shortage = await explainShortage([reader], selector, undefined);
      expect(shortage).to.deep.include({ reason: 'selector' });
    }
  });

  it('tells that there are series but no points in the window', async () => {
    const extent = { sinceMs: 0, untilMs: 10_000 };
    const shortage = await explainShortage([reader], { patterns: ['api.*'] }, extent);
    expect(shortage).to.deep.equal({ reason: 'window', series: 1, extent: { sinceMs: 0, untilMs: 0 } });
  });

  it('has the time of the series that match, not of all there is', async () => {
    const two = new MemoryReader();
    const samples = [
      { series, timeMs: 5_000, value: 1 },
      { series: seriesOf('other', MetricType.Timer), timeMs: 95_000, value: 1 },
    ];
    for (const flush of flushesOf(samples, [0, 90_000], { intervalMs: 10_000 })) two.write(flush);
    const extent = { sinceMs: 0, untilMs: 100_000 };
    const own = await explainShortage([two], { patterns: ['api.*'] }, extent);
    expect(own).to.deep.equal({ reason: 'window', series: 1, extent: { sinceMs: 0, untilMs: 0 } });
    const both = await explainShortage([two], {}, extent);
    expect(both).to.deep.include({ series: 2, extent: { sinceMs: 0, untilMs: 90_000 } });
  });
});
