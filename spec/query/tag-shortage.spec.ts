import { expect } from 'chai';
import { MetricType } from '../../lib/metric.js';
import { missingTag } from '../../lib/query/tag-shortage.js';
import { seriesOf } from './samples.js';

const series = [
  'env:prod,host:web1,service:web',
  'env:prod,host:web2,service:web',
  'env:staging,host:api1,service:api,canary',
].map((tags, id) => ({ id, ...seriesOf('latency', MetricType.Timer, tags) }));

describe('missingTag', () => {
  for (const [key, value, nearest] of [
    ['srevice', 'web', ['service:web']],
    ['service', 'wbe', ['service:web', 'service:api']],
    ['service', '', ['service:api', 'service:web']],
    ['web1', '', ['host:web1']],
    ['canry', '', ['canary']],
  ] as const) {
    it(`finds what ${key}:${value} may mean`, () => {
      expect(missingTag(series, [{ key, value }])?.nearest).to.deep.equal(nearest);
    });
  }

  it('has the values of a key where none is near', () => {
    expect(missingTag(series, [{ key: 'env', value: 'test' }])).to.deep.equal({
      asked: 'env:test',
      nearest: [],
      values: ['prod', 'staging'],
    });
    expect(missingTag(series, [{ key: 'region', value: 'eu-west-1' }])).to.deep.equal({
      asked: 'region:eu-west-1',
      nearest: [],
      values: [],
    });
  });

  it('is about the one tag that no series has, and about none where only all together are too much', () => {
    const host = { key: 'host', value: 'web1' };
    expect(missingTag(series, [host, { key: 'env', value: 'prd' }])?.asked).to.equal('env:prd');
    expect(missingTag(series, [host, { key: 'env', value: 'staging' }])).to.equal(undefined);
  });
});
