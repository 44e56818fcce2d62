import { expect } from 'chai';
import { UsageError } from '../../lib/errors.js';
import { MetricType } from '../../lib/metric.js';
import { parseGroupBy, parseSelector } from '../../lib/query/selector.js';

const nothing = { patterns: [], types: [], tags: [] };

describe('parseSelector', () => {
  it('leaves out what is not asked for, so that everything matches', () => {
    expect(parseSelector(nothing)).to.deep.equal({});
  });

  it('reads types given with commas or one by one', () => {
    const { types } = parseSelector({ ...nothing, types: ['timer,counter', 'set', 'timer'] });
    expect(types).to.deep.equal([MetricType.Timer, MetricType.Counter, MetricType.Set]);
  });

  it('names the types there are when it meets another', () => {
    expect(() => parseSelector({ ...nothing, types: ['histogramm'] })).to.throw(
      UsageError,
      '--type: there is no type "histogramm"; the types are counter, gauge, timer, distribution, set',
    );
  });

  it('splits a tag at its first colon', () => {
    const { tags } = parseSelector({ ...nothing, tags: ['url:http://x', 'canary', 'empty:'] });
    expect(tags).to.deep.equal([
      { key: 'url', value: 'http://x' },
      { key: 'canary', value: '' },
      { key: 'empty', value: '' },
    ]);
  });

  it('refuses a tag without a key and an empty pattern', () => {
    expect(() => parseSelector({ ...nothing, tags: [':x'] })).to.throw(UsageError, '--tag');
    expect(() => parseSelector({ ...nothing, patterns: ['a', ''] })).to.throw(UsageError, 'pattern');
  });
});

describe('parseGroupBy', () => {
  it('reads keys, each once', () => {
    expect(parseGroupBy('host, route,host')).to.deep.equal(['host', 'route']);
  });

  it('takes the empty text for no keys at all', () => {
    expect(parseGroupBy('')).to.deep.equal([]);
  });
});
