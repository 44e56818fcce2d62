import { expect } from 'chai';
import type { Row } from '../../lib/query/row.js';
import { expositionLines } from '../../lib/report/exposition.js';
import { sampleReport, tagsOf } from './sample-report.js';

const percentiles = [
  { label: '50', percent: 50 },
  { label: '99.9', percent: 99.9 },
];

function lines(...rows: Row[]): string[] {
  return [...expositionLines(sampleReport({ rows, percentiles }))];
}

const timer = (name: string, tags: string): Row => ({
  name,
  type: 'timer',
  tags: tagsOf(tags),
  count: 4,
  sum: 10,
  percentiles: [2, 4],
});

describe('expositionLines', () => {
  it('makes a summary of a timer, the samples of one name together', () => {
    expect(
      lines(timer('api.latency', 'env=a'), timer('other', ''), timer('api.latency', 'env=b')),
    ).to.deep.equal([
      '# HELP api_latency Samples of the timer in the window.',
      '# TYPE api_latency summary',
      ...['a', 'b'].flatMap((env) => [
        `api_latency{env="${env}",quantile="0.5"} 2`,
        `api_latency{env="${env}",quantile="0.999"} 4`,
        `api_latency_sum{env="${env}"} 10`,
        `api_latency_count{env="${env}"} 4`,
      ]),
      '# HELP other Samples of the timer in the window.',
      '# TYPE other summary',
      'other{quantile="0.5"} 2',
      'other{quantile="0.999"} 4',
      'other_sum 10',
      'other_count 4',
    ]);
  });

  it('makes gauges of counters, gauges and sets', () => {
    const text = lines(
      { name: 'hits', type: 'counter', tags: [], count: 2, sum: 6, rate: 0.5 },
      { name: 'depth', type: 'gauge', tags: [], count: 2, last: 3, min: 1, max: Number.POSITIVE_INFINITY },
      { name: 'users', type: 'set', tags: [], count: 7 },
    ).filter((line) => !line.startsWith('#'));
    expect(text).to.deep.equal([
      'hits_sum 6',
      'hits_per_second 0.5',
      'depth 3',
      'depth_min 1',
      'depth_max Inf',
      'users_distinct 7',
    ]);
  });

  it('keeps apart what the narrower names of the format would mix', () => {
    const set = (name: string, tags: Row['tags'] = []): Row => ({ name, type: 'set', tags, count: 1 });
    expect(lines(set('a.b'), set('a-b')).filter((line) => !line.startsWith('#'))).to.deep.equal([
      'a_b_distinct{name="a.b"} 1',
      'a_b_distinct{name="a-b"} 1',
    ]);
    const tags = tagsOf('a.b=1 a-b=2 quantile=3 9=4 __x=5');
    expect(lines(set('n', tags)).at(-1)).to.equal(
      'n_distinct{tag_a_b="1",a_b="2",tag_quantile="3",tag_9="4",tag___x="5"} 1',
    );
    expect(lines(set('9 lives')).at(-1)).to.equal('_9_lives_distinct 1');
    const gauge = { name: 'x', type: 'gauge', tags: [], count: 1, last: 5 } as const;
    expect(lines(timer('x', ''), gauge)[1]).to.equal('# TYPE x_timer summary');
  });

  it('escapes the values of labels', () => {
    const row: Row = { name: 'n', type: 'set', tags: [{ key: 'k', value: 'a"b\\c\nd\u001b' }], count: 1 };
    expect(lines(row).at(-1)).to.equal('n_distinct{k="a\\"b\\\\c\\\\nd\\\\x1b"} 1');
  });

  it('has no sample twice, whatever names, keys and what is made of them share', () => {
    const gauge = (name: string, tags: string): Row => ({
      ...{ name, type: 'gauge', tags: tagsOf(tags), count: 1 },
      ...{ last: 1, min: 1, max: 1 },
    });
    const keys = ['a.b=x', 'a-b=x', 'a_b=x', 'tag_a_b=x', 'k=a k=b', 'name=x', 'duplicate=x'];
    const control = ['\u001b', '\\x1b'].map(
      (value): Row => ({ ...gauge('e', ''), tags: [{ key: 'k', value }] }),
    );
    const names = ['x', 'x_sum', 'x_count', 'x_max', 'x.max', 'x_sum_gauge', 'x_timer', 'x_per_second'];
    const rows: Row[] = [
      ...keys.map((tags) => gauge('g', tags)),
      ...control,
      ...names.flatMap((name): Row[] => [
        gauge(name, ''),
        timer(name, ''),
        { ...timer(name, ''), type: 'distribution' },
        { name, type: 'counter', tags: [], count: 1, sum: 1, rate: 1 },
        { name, type: 'set', tags: [], count: 1 },
      ]),
    ];
    const text = lines(...rows);
    const samples = text.filter((line) => !line.startsWith('#')).map((line) => line.replace(/ \S+$/, ''));
    expect(new Set(samples).size).to.equal(samples.length);
    const types = text.filter((line) => line.startsWith('# TYPE ')).map((line) => line.split(' ')[2]);
    expect(new Set(types).size).to.equal(types.length);
    for (const line of samples)
      expect(new Set(line.match(/\w+(?==")/g)).size).to.equal(line.split('="').length - 1);
  });

  it('names a series the same whatever comes before it', () => {
    const rows: Row[] = ['a.b=1', 'a-b=1', 'a_b=1'].map((tags) => ({
      ...{ name: 'n', type: 'set', tags: tagsOf(tags), count: 1 },
    }));
    rows.push(timer('x', ''), { name: 'x_sum', type: 'gauge', tags: [], count: 1, last: 1 });
    expect(lines(...rows).sort()).to.deep.equal(lines(...rows.toReversed()).sort());
  });
});
