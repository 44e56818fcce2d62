import { expect } from 'chai';
import { type CondensingOptions, maxKeptMembers, maxRawSamples } from '../../lib/aggregate/condensing.js';
import { Interval } from '../../lib/aggregate/interval.js';
import { packPartial, unpackPartial } from '../../lib/aggregate/packed.js';
import { type DistributionPartial, mergePartial, type SetPartial } from '../../lib/aggregate/partial.js';
import { MetricType } from '../../lib/metric.js';

const keeping: CondensingOptions = { keepsSamples: true, keepsMembers: true };

function timerOf(values: readonly number[], weight = 1, options = keeping): DistributionPartial {
  const interval = new Interval(options);
  for (const value of values) interval.distribution(0, MetricType.Timer, value, weight);
  return interval.points()[0]!.partial as DistributionPartial;
}

function setOf(members: readonly string[], options = keeping): SetPartial {
  const interval = new Interval(options);
  for (const member of members) {
    const bytes = Buffer.from(member);
    interval.member(0, bytes, 0, bytes.length);
  }
  return interval.points()[0]!.partial as SetPartial;
}

const numbered = (count: number): number[] => Array.from({ length: count }, (_, i) => count - i);

describe('what partials bring along for backends', () => {
  it('is nothing unless it is asked for', () => {
    expect(timerOf([1, 2], 1, {})).to.not.have.property('raw');
    expect(setOf(['a'], {})).to.not.have.property('kept');
  });

  it('is the samples as they came, and what they stand for, up to a bound', () => {
    const { raw } = timerOf([3, 1, 2], 10);
    expect(raw).to.deep.equal({ values: Float64Array.of(3, 1, 2), weights: Float64Array.of(10, 10, 10) });
    expect(timerOf(numbered(maxRawSamples)).raw?.values).to.have.length(maxRawSamples);
    expect(timerOf(numbered(maxRawSamples + 1)).raw).to.equal(undefined);
  });

  it('is joined when partials are merged, as long as it stays within the bound', () => {
    const into = timerOf([5, 4]);
    mergePartial(into, timerOf([1], 2));
    expect(into.raw).to.deep.equal({ values: Float64Array.of(5, 4, 1), weights: Float64Array.of(1, 1, 2) });
    const full = timerOf(numbered(maxRawSamples));
    mergePartial(full, timerOf([1]));
    expect(full.raw).to.equal(undefined);
    mergePartial(into, timerOf([1], 1, {}));
    expect(into.raw).to.equal(undefined);
  });

  it('is the members of a set, each once, up to a bound', () => {
    const into = setOf(['b', 'a', 'b']);
    mergePartial(into, setOf(['c', 'a']));
    expect([...into.kept!]).to.deep.equal(['b', 'a', 'c']);
    const many = setOf(numbered(maxKeptMembers + 10).map(String));
    expect(many.kept).to.have.length(maxKeptMembers);
    mergePartial(many, setOf(['another']));
    expect(many.kept).to.have.length(maxKeptMembers);
    expect(many.members.estimate()).to.be.closeTo(maxKeptMembers + 11, 30);
  });

  it('goes from thread to thread', () => {
    for (const partial of [timerOf([2, 1]), setOf(['x', 'y'])]) {
      const sent = unpackPartial(structuredClone(packPartial(partial)));
      expect(packPartial(sent)).to.deep.equal(packPartial(partial));
    }
  });
});
