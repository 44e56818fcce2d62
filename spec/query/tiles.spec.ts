import { expect } from 'chai';
import { MetricType } from '../../lib/metric.js';
import { groupSeries, type Member, type SeriesGroup } from '../../lib/query/group.js';
import { equalSteps, oneStep } from '../../lib/query/steps.js';
import { type Extent, isOrdered, memberBatches, tiles } from '../../lib/query/tiles.js';
import { seriesOf } from './samples.js';

const window = { sinceMs: 1_000, untilMs: 101_000 };
const whole: Extent = { window, steps: oneStep(window), buckets: 100 };
const stepped: Extent = { window, steps: equalSteps(10_000), buckets: 100 };

function groupsOf(count: number, type: MetricType, readers = 1): SeriesGroup[] {
  const list = Array.from({ length: count }, (_, i) => ({ ...seriesOf(`s${i}`, type), id: i }));
  return groupSeries(
    Array.from({ length: readers }, () => list),
    undefined,
  );
}

describe('tiles', () => {
  it('takes everything at once while it fits', () => {
    const groups = groupsOf(5, MetricType.Timer);
    expect([...tiles(groups, whole, 1 << 20)]).to.deep.equal([{ groups, window }]);
    expect([...tiles([], whole, 1 << 20)]).to.deep.equal([]);
  });

  it('takes some groups after the others when they do not fit together, each once', () => {
    const groups = groupsOf(10, MetricType.Timer);
    const found = [...tiles(groups, whole, 40_000)];
    expect(found.length).to.be.greaterThan(1);
    expect(found.flatMap((tile) => tile.groups)).to.deep.equal(groups);
    for (const tile of found) expect(tile.window).to.deep.equal(window);
  });

  it('cuts a group that does not fit at the ends of steps, without gap or overlap', () => {
    const groups = groupsOf(1, MetricType.Timer);
    const found = [...tiles(groups, stepped, 16_000)];
    expect(found.map((tile) => [tile.window.sinceMs, tile.window.untilMs])).to.deep.equal([
      [1_000, 30_000],
      [30_000, 60_000],
      [60_000, 90_000],
      [90_000, 101_000],
    ]);
  });

  it('reads step by step when even two steps are too much', () => {
    expect([...tiles(groupsOf(1, MetricType.Set), stepped, 1)]).to.have.length(11);
  });

  it('takes the whole window in one when there is nothing to cut', () => {
    expect([...tiles(groupsOf(1, MetricType.Set), whole, 1)]).to.have.length(1);
  });
});

describe('memberBatches', () => {
  const membersOf = (groups: readonly SeriesGroup[]): Member[] => groups.flatMap(({ members }) => members);

  it('asks for so many series at once and no more', () => {
    const members = membersOf(groupsOf(50_000, MetricType.Timer));
    const batches = memberBatches(members, whole, 1 << 20);
    expect(batches.map(({ length }) => length)).to.deep.equal([20_000, 20_000, 10_000]);
    expect(batches.flat()).to.deep.equal(members);
  });

  it('asks for fewer where several stores hold the same series', () => {
    const members = membersOf(groupsOf(10, MetricType.Gauge, 2));
    const batches = memberBatches(members, whole, 50_000);
    expect(batches.map(({ length }) => length)).to.deep.equal([3, 3, 3, 1]);
  });
});

describe('isOrdered', () => {
  it('holds for a single series in a single store', () => {
    expect(groupsOf(1, MetricType.Counter).every(isOrdered)).to.equal(true);
    expect(groupsOf(1, MetricType.Counter, 2).some(isOrdered)).to.equal(false);
  });
});
