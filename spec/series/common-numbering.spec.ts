import { expect } from 'chai';
import { MetricType, type SeriesKey } from '../../lib/metric.js';
import { CommonNumbering } from '../../lib/series/common-numbering.js';
import { KeyList } from '../../lib/series/numbering.js';

const key = (name: string): SeriesKey => ({ name, type: MetricType.Counter, tags: [] });

function listOf(...names: readonly string[]): KeyList {
  const list = new KeyList();
  list.learn(names.map((name, ref) => ({ ref, key: key(name) })));
  return list;
}

describe('a common numbering', () => {
  it('has one number for each key of several numberings', () => {
    const [one, other] = [listOf('a', 'b'), listOf('c', 'b', 'a')];
    const common = new CommonNumbering();
    const refs = [0, 1].map((ref) => common.translate(one, ref));
    expect([2, 1].map((ref) => common.translate(other, ref))).to.deep.equal(refs);
    expect(common.keyOf(common.translate(other, 0)).name).to.equal('c');
    expect(common.size).to.equal(3);
  });

  it('forgets a series when the last numbering has, and whatever is noted of it', () => {
    const [one, other] = [listOf('a', 'b'), listOf('a')];
    const common = new CommonNumbering();
    const notes = common.notes();
    const ref = common.translate(one, 0);
    expect(common.translate(other, 0)).to.equal(ref);
    notes.set(ref, 7);
    one.forget([0]);
    expect([common.size, notes.get(ref)]).to.deep.equal([1, 7]);
    other.forget([0]);
    expect([common.size, notes.get(ref)]).to.deep.equal([0, 0]);
    // The number is another's now.
    one.learn([{ ref: 0, key: key('new') }]);
    expect(common.translate(one, 0)).to.equal(ref);
    expect(common.keyOf(ref).name).to.equal('new');
    expect(common.translate(one, 1)).not.to.equal(ref);
  });

  it('is as small as what is there, however much comes and goes', () => {
    const list = new KeyList();
    const common = new CommonNumbering();
    const refs: number[] = [];
    for (let i = 0; i < 5000; i += 1) {
      list.learn([{ ref: i % 50, key: key(`n${i}`) }]);
      refs.push(common.translate(list, i % 50));
      expect(common.keyOf(refs.at(-1)!).name).to.equal(`n${i}`);
      if (i % 50 === 49) list.forget(Array.from({ length: 50 }, (_, ref) => ref));
    }
    expect(common.size).to.equal(0);
    expect(Math.max(...refs)).to.be.below(50);
  });
});
