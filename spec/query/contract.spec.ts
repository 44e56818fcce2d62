import { expect } from 'chai';
import { headerDocument, rowDocument } from '../../lib/query/contract.js';
import { parsePercentiles } from '../../lib/query/percentile.js';
import type { Answer } from '../../lib/query/query.js';

const answer: Answer = {
  rows: [],
  seriesCount: 0,
  relativeAccuracy: 0.01,
  resolution: undefined,
  loss: { datagramsReceived: 10, datagramsDropped: undefined },
  samplesOverflowed: 4,
  asOfMs: 60_000,
  coverage: { coveredMs: 50_000, gaps: [{ sinceMs: 0, untilMs: 10_000 }] },
  extent: undefined,
};

describe('headerDocument', () => {
  it('has ISO times in UTC, and null for what is absent or unknown', () => {
    expect(headerDocument(answer, { sinceMs: 0, untilMs: 60_000 }, undefined)).to.deep.equal({
      since: '1970-01-01T00:00:00.000Z',
      until: '1970-01-01T00:01:00.000Z',
      step: null,
      relativeAccuracy: 0.01,
      loss: { datagramsDropped: null, datagramsReceived: 10 },
      overflow: { samples: 4 },
      coverage: {
        seconds: 50,
        gaps: [{ since: '1970-01-01T00:00:00.000Z', until: '1970-01-01T00:00:10.000Z' }],
      },
      resolution: null,
    });
    const resolution = { minMs: 10_000, maxMs: 60_000 };
    const { resolution: told } = headerDocument({ ...answer, resolution }, { sinceMs: 0, untilMs: 1 }, '1m');
    expect(told).to.deep.equal({ shortestSeconds: 10, longestSeconds: 60 });
  });
});

describe('rowDocument', () => {
  it('keys percentiles as they were asked for', () => {
    const row = {
      name: 'a',
      type: 'timer',
      tags: [],
      timeMs: 5,
      count: 2,
      rate: 1,
      percentiles: [7, 8],
    } as const;
    expect(rowDocument(row, parsePercentiles('99.90,50'))).to.deep.equal({
      name: 'a',
      type: 'timer',
      tags: {},
      time: '1970-01-01T00:00:00.005Z',
      count: 2,
      rate: 1,
      percentiles: { '99.90': 7, '50': 8 },
    });
  });

  it('names the percentiles that rest on too little, what collapsed, what is missing, and how old a value is', () => {
    const row = {
      name: 'a',
      type: 'gauge',
      tags: [],
      count: 2,
      last: 3,
      lastAtMs: 1_000,
      percentiles: [7, 8],
      trust: { effectiveSamples: 20.5, uncertain: [false, true], collapsed: 1.5 },
      flaw: { datagramsDropped: 3, missingMs: 2_500 },
    } as const;
    expect(rowDocument(row, parsePercentiles('50,99.9'))).to.deep.include({
      lastAt: '1970-01-01T00:00:01.000Z',
      effectiveSamples: 20.5,
      uncertain: ['99.9'],
      collapsed: 1.5,
      missing: { datagramsDropped: 3, seconds: 2.5 },
    });
  });

  it('has only what the type has', () => {
    const row = { name: 'u', type: 'set', tags: [{ key: 'k', value: 'v' }], count: 3 } as const;
    const document = rowDocument(row, parsePercentiles('50'));
    expect(Object.keys(document)).to.deep.equal(['name', 'type', 'tags', 'count']);
  });

  it('takes any word as a tag key', () => {
    const tags = ['__proto__', 'constructor', '1'].map((key) => ({ key, value: 'x' }));
    const text = JSON.stringify(rowDocument({ name: 'a', type: 'set', tags, count: 1 }, []));
    expect(JSON.parse(text).tags).to.have.own.property('__proto__', 'x');
    expect(text).to.contain('"constructor":"x"').and.to.contain('"1":"x"');
  });
});
