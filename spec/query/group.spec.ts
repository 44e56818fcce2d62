import { expect } from 'chai';
import { MetricType } from '../../lib/metric.js';
import { groupSeries, type SeriesGroup } from '../../lib/query/group.js';
import type { StoredSeries } from '../../lib/storage/store.js';
import { seriesOf } from './samples.js';

let lastId = 0;

function stored(name: string, tags = '', type: MetricType = MetricType.Counter): StoredSeries {
  lastId += 1;
  return { ...seriesOf(name, type, tags), id: lastId };
}

function faces(groups: readonly SeriesGroup[]): string[] {
  return groups.map(
    ({ name, tags, members }) =>
      `${name}{${tags.map(({ key, value }) => `${key}=${value}`).join(' ')}} ${members.length}`,
  );
}

describe('groupSeries', () => {
  it('gives each series a group of its own without keys', () => {
    const groups = groupSeries([[stored('a', 'x:1'), stored('a', 'x:2'), stored('a')]], undefined);
    expect(faces(groups)).to.deep.equal(['a{x=1} 1', 'a{x=2} 1', 'a{} 1']);
  });

  it('takes equal series of several stores for one', () => {
    const groups = groupSeries([[stored('a', 'x:1')], [stored('b'), stored('a', 'x:1')]], undefined);
    expect(faces(groups)).to.deep.equal(['a{x=1} 1', 'b{} 1']);
    expect(groups[0]?.members[0]?.sources.map(({ reader }) => reader)).to.deep.equal([0, 1]);
  });

  it('merges what agrees in the keys and drops the other tags', () => {
    const list = [stored('a', 'x:1,y:1'), stored('a', 'x:1,y:2'), stored('a', 'x:2'), stored('a', 'y:1')];
    expect(faces(groupSeries([list], ['x']))).to.deep.equal(['a{x=1} 2', 'a{x=2} 1', 'a{} 1']);
    expect(faces(groupSeries([list], []))).to.deep.equal(['a{} 4']);
  });

  it('never merges names or types', () => {
    const list = [stored('a'), stored('b'), stored('a', '', MetricType.Gauge)];
    expect(groupSeries([list], [])).to.have.length(3);
  });

  it('joins several values of one key', () => {
    const [group] = groupSeries([[stored('a', 'x:2,x:1,z:9')]], ['x']);
    expect(group?.tags).to.deep.equal([{ key: 'x', value: '1,2' }]);
  });

  it('keeps a value with a comma apart from two values while series stand alone', () => {
    const comma = { ...stored('a'), tags: [{ key: 'x', value: '1,2' }] };
    expect(groupSeries([[comma, stored('a', 'x:1,x:2')]], undefined)).to.have.length(2);
  });

  it('treats an absent tag and an empty one as different', () => {
    expect(groupSeries([[stored('a', 'x:'), stored('a')]], ['x'])).to.have.length(2);
  });
});
