import { expect } from 'chai';
import type { Tag } from '../../lib/metric.js';
import { errorRatios } from '../../lib/query/error-ratio.js';
import type { Row } from '../../lib/query/row.js';

function counter(name: string, sum: number, ...tags: readonly string[]): Row {
  const pairs = tags.map((tag): Tag => {
    const [key = '', value = ''] = tag.split('=');
    return { key, value };
  });
  return { name, type: 'counter', tags: pairs, count: sum * 2, sum };
}

function ratios(...rows: readonly Row[]): Record<string, number> {
  return Object.fromEntries(
    [...errorRatios(rows)].map(([{ name, tags }, { share }]) => [
      [name, ...tags.map(({ key, value }) => `${key}=${value}`)].join(' '),
      share,
    ]),
  );
}

describe('error ratios', () => {
  it('are found by name, with equal tags', () => {
    expect(
      ratios(
        counter('api.requests', 200, 'host=a'),
        counter('api.errors', 10, 'host=a'),
        counter('api.requests', 50, 'host=b'),
        counter('api.errors', 1, 'host=b'),
        counter('db_query_failures', 3),
        counter('db_query_total', 30),
      ),
    ).to.deep.equal({ 'api.errors host=a': 0.05, 'api.errors host=b': 0.02, db_query_failures: 0.1 });
  });

  it('are found by tag, among the other values of it', () => {
    expect(
      ratios(
        counter('requests', 90, 'route=x', 'status=200'),
        counter('requests', 4, 'route=x', 'status=404'),
        counter('requests', 6, 'route=x', 'status=503'),
        counter('requests', 10, 'route=y', 'status=500'),
      ),
    ).to.deep.equal({ 'requests route=x status=503': 0.06, 'requests route=y status=500': 1 });
  });

  it('rest on the samples of all attempts', () => {
    const [ratio] = [...errorRatios([counter('api.requests', 200), counter('api.errors', 10)]).values()];
    expect(ratio).to.deep.equal({ share: 0.05, samples: 400 });
  });

  it('are not made up where there is no total, or one that is less', () => {
    expect(ratios(counter('api.errors', 10))).to.deep.equal({});
    expect(ratios(counter('api.errors', 10), counter('api.requests', 5))).to.deep.equal({});
    expect(ratios(counter('api.errors', 10), counter('web.requests', 50))).to.deep.equal({});
  });
});
