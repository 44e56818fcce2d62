import { expect } from 'chai';
import { MetricType, type Tag } from '../../lib/metric.js';
import { overflowName, overflowTag, SeriesTable, type Spelling } from '../../lib/series/table.js';

const spelled = (name: string): Spelling => {
  const slab = new TextEncoder().encode(name);
  return { slab, nameStart: 0, nameEnd: slab.length, tagsStart: 0, tagsEnd: 0 };
};

function intern(table: SeriesTable, name: string, tags: readonly Tag[] = []): number {
  return table.intern(spelled(name), MetricType.Counter, () => ({ name, tags }));
}

const bTwo = { name: 'b', type: MetricType.Counter, tags: [{ key: 'id', value: '2' }] };

describe('the series table', () => {
  it('asks for the identity of a spelling once', () => {
    const table = new SeriesTable({ maxSeries: 10 });
    let asked = 0;
    const identify = () => {
      asked += 1;
      return { name: 'a', tags: [] };
    };
    const refs = [1, 2, 3].map(() => table.intern(spelled('a'), MetricType.Counter, identify));
    expect(refs).to.deep.equal([0, 0, 0]);
    expect(asked).to.equal(1);
  });

  it('leads several spellings to one series', () => {
    const table = new SeriesTable({ maxSeries: 10 });
    const tags = [{ key: 'a', value: '1' }];
    const first = table.intern(spelled('x#a'), MetricType.Gauge, () => ({ name: 'x', tags }));
    const second = table.intern(spelled('x#a,a'), MetricType.Gauge, () => ({ name: 'x', tags }));
    expect(second).to.equal(first);
    expect(table.size).to.equal(1);
  });

  it('keeps types apart', () => {
    const table = new SeriesTable({ maxSeries: 10 });
    const counter = table.internKey({ name: 'a', type: MetricType.Counter, tags: [] });
    const timer = table.internKey({ name: 'a', type: MetricType.Timer, tags: [] });
    expect(counter).to.not.equal(timer);
  });

  it('takes names of JavaScript for names', () => {
    const table = new SeriesTable({ maxSeries: 10 });
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const refs = names.map((name) => intern(table, name));
    expect(new Set(refs).size).to.equal(4);
    expect(refs).to.deep.equal([0, 1, 2, 3]);
    expect(table.takeNew().map(({ key }) => key.name)).to.deep.equal(names);
  });

  it('gives the keys of new series away once, and knows their types', () => {
    const table = new SeriesTable({ maxSeries: 5000 });
    for (let i = 0; i < 3000; i++) {
      table.internKey({ name: `n${i}`, type: i % 2 === 0 ? MetricType.Set : MetricType.Timer, tags: [] });
    }
    expect(table.takeNew()).to.have.length(3000);
    intern(table, 'late');
    intern(table, 'late');
    expect(table.takeNew()).to.deep.equal([
      { ref: 3000, key: { name: 'late', type: MetricType.Counter, tags: [] } },
    ]);
    expect([table.typeOf(2998), table.typeOf(2999)]).to.deep.equal([MetricType.Set, MetricType.Timer]);
  });

  it('sends what finds no room to the overflow series of its name', () => {
    const table = new SeriesTable({ maxSeries: 16 });
    for (let i = 0; i < 16; i++) intern(table, `n${i}`);
    const known = intern(table, 'n3');
    const first = table.intern(spelled('n3;k=1'), MetricType.Counter, () => ({
      name: 'n3',
      tags: [{ key: 'k', value: '1' }],
    }));
    const second = table.intern(spelled('n3;k=2'), MetricType.Counter, () => ({
      name: 'n3',
      tags: [{ key: 'k', value: '2' }],
    }));
    const keys = table.takeNew().map(({ key }) => key);
    expect(keys[known]).to.deep.equal({ name: 'n3', type: MetricType.Counter, tags: [] });
    expect(table.isOverflow(known)).to.equal(false);
    expect(second).to.equal(first);
    expect(keys[first]).to.deep.equal({ name: 'n3', type: MetricType.Counter, tags: [overflowTag] });
    expect(table.isOverflow(first)).to.equal(true);
    expect(table.refused).to.equal(2);
  });

  it('stays within its bound when a sender invents names without end', () => {
    const table = new SeriesTable({ maxSeries: 64 });
    for (let i = 0; i < 10_000; i++) intern(table, `attack.${i}`);
    expect(table.size).to.be.at.most(64 + 4 + 5);
    expect(table.refused).to.equal(10_000 - 64);
    const keys = table.takeNew().map(({ key }) => key);
    expect(keys[intern(table, 'attack.99999')]!.name).to.equal(overflowName);
    expect(keys[intern(table, 'attack.5')]!.name).to.equal('attack.5');
  });

  it('leaves room for other names when one has too many series with tags', () => {
    const table = new SeriesTable({ maxSeries: 100, maxSeriesPerName: 3 });
    const refused: string[] = [];
    table.onRefused = ({ name }, limit) => refused.push(`${name} ${limit}`);
    const add = (name: string, id: number, type: MetricType = MetricType.Counter): number =>
      table.internKey({ name, type, tags: [{ key: 'id', value: `${id}` }] });
    const refs = [1, 2, 3, 4, 5, 1, 2, 3].map((id) => add('many', id));
    expect(refs).to.deep.equal([0, 1, 2, 3, 3, 0, 1, 2]);
    expect(table.isOverflow(3)).to.equal(true);
    expect(table.takeNew()[3]!.key).to.deep.equal({
      name: 'many',
      type: MetricType.Counter,
      tags: [overflowTag],
    });
    // Whatever the type; without tags there is one of each type at most, and other names have room.
    expect(table.isOverflow(add('many', 1, MetricType.Timer))).to.equal(true);
    expect(table.isOverflow(table.internKey({ name: 'many', type: MetricType.Set, tags: [] }))).to.equal(
      false,
    );
    expect(table.isOverflow(add('other', 1))).to.equal(false);
    expect(refused).to.deep.equal(Array(3).fill('many max-series-per-name'));
    expect(table.refused).to.equal(3);
    for (let i = 0; i < 200; i += 1) table.internKey({ name: `n${i}`, type: MetricType.Counter, tags: [] });
    add('many', 9);
    expect(refused.at(-1)).to.equal('many max-series');
  });

  it('gives the places and refs of series that leave to others, and forgets how they were spelt', () => {
    const table = new SeriesTable({ maxSeries: 3, maxSeriesPerName: 1 });
    const tagged = (name: string, id: string): number => intern(table, name, [{ key: 'id', value: id }]);
    const refs = [intern(table, 'a'), tagged('b', '1'), intern(table, 'c')];
    const removed: string[] = [];
    table.remove([refs[0]!, refs[1]!], (ref, { name, tags }) =>
      removed.push(`${ref} ${name} ${tags.length}`),
    );
    expect(removed).to.deep.equal([`${refs[0]} a 0`, `${refs[1]} b 1`]);
    expect(table.size).to.equal(1);
    expect([...refs, 99].map((ref) => table.has(ref))).to.deep.equal([false, false, true, false]);
    expect(intern(table, 'c')).to.equal(refs[2]);
    expect([intern(table, 'd'), table.internKey(bTwo)]).to.have.members(refs.slice(0, 2));
    expect(table.refs).to.equal(3);
    expect(table.refused).to.equal(0);
    expect(table.isOverflow(intern(table, 'a'))).to.equal(true);
  });

  it('survives endless spellings of one series', () => {
    const table = new SeriesTable({ maxSeries: 8 });
    for (let i = 0; i < 1000; i++) {
      table.intern(spelled(`a#${i}`), MetricType.Counter, () => ({ name: 'a', tags: [] }));
    }
    expect(table.size).to.equal(1);
    expect(table.refused).to.equal(0);
  });
});
