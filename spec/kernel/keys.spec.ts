import { expect } from 'chai';
import { Kernel } from '../../lib/kernel/host.js';
import { KernelKeys, KernelNumbering } from '../../lib/kernel/keys.js';
import { MetricType, type SeriesKey, type Tag } from '../../lib/metric.js';
import { NoSeries } from '../../lib/series/raw-index.js';
import { SeriesTable } from '../../lib/series/table.js';
import { Dice } from './traffic.js';
import { Twins } from './twins.js';

function kernelOf(maxMemoryBytes = 2 ** 26): Kernel {
  return new Kernel({ dialect: 'goodall', sketch: {}, slots: 1, receiveBytes: 4096, maxMemoryBytes });
}

const tag = (key: string, value = ''): Tag => ({ key, value });
const counter = (name: string, ...tags: readonly Tag[]): SeriesKey => ({
  name,
  type: MetricType.Counter,
  tags,
});

/** Keys of which some would be the same if name and tags were merely joined. */
const oddKeys: readonly SeriesKey[] = [
  counter(''),
  counter('a'),
  { ...counter('a'), type: MetricType.Set },
  counter('a', tag('b')),
  counter('ab'),
  counter('a', tag('b', 'c')),
  counter('a', tag('b:c')),
  counter('a', tag('b', 'c,d')),
  counter('a', tag('b', 'c'), tag('d')),
  counter('a', tag('b', 'c:d')),
  counter('a', tag('b:c', 'd')),
  counter('a', tag('', 'v')),
  counter('a', tag('')),
  counter('a', tag(''), tag('')),
  counter('a', tag('b,c')),
  counter('a', tag('b'), tag('c')),
  counter('a', tag('b\nc')),
  counter('a', tag('b', 'c\n')),
  counter('grün 🦍', tag('ключ', '値')),
  counter('n'.repeat(300), tag('k'.repeat(40), 'v'.repeat(3000))),
  counter('n'.repeat(70_000)),
  counter('n'.repeat(70_001)),
];

describe('the keys of the kernel', () => {
  it('tell every key from every other and give each back as it was', () => {
    const kernel = kernelOf();
    const table = new SeriesTable({ maxSeries: 1000 }, new KernelKeys(kernel));
    const numbering = new KernelNumbering(kernel.memory);
    const refs = oddKeys.map((key) => table.internKey(key));
    expect(refs).to.deep.equal(oddKeys.map((_, i) => i));
    expect(oddKeys.map((key) => table.internKey(key))).to.deep.equal(refs);
    numbering.learn(table.takeNew());
    expect(refs.map((ref) => numbering.keyOf(ref))).to.deep.equal(oddKeys);
  });

  it('are kept elsewhere only when the kernel cannot have them', () => {
    const table = new SeriesTable({ maxSeries: 1000 }, new KernelKeys(kernelOf()));
    for (const key of oddKeys) table.internKey(key);
    const others = table.takeNew().map(({ key }) => key);
    expect(others).to.deep.equal(
      oddKeys.filter(({ name, tags }) => name.length > 60_000 || JSON.stringify(tags).includes('\\n')),
    );
  });

  it('are kept elsewhere when the kernel has no memory left', () => {
    const kernel = kernelOf(2 ** 20);
    const table = new SeriesTable({ maxSeries: 100_000 }, new KernelKeys(kernel));
    const numbering = new KernelNumbering(kernel.memory);
    const keys = Array.from({ length: 9000 }, (_, i) => counter(`some.name.${i}`, tag('t', String(i % 7))));
    const refs = keys.map((key) => table.internKey(key));
    const others = table.takeNew();
    expect(others.length).to.be.within(1, 8999);
    numbering.learn(others);
    expect(keys.map((key) => table.internKey(key))).to.deep.equal(refs);
    expect(refs.map((ref) => numbering.keyOf(ref))).to.deep.equal(keys);
  });

  it('are found whatever collides and however the table grows', () => {
    const kernel = new Kernel({
      dialect: 'goodall',
      sketch: {},
      slots: 1,
      receiveBytes: 4096,
      maxMemoryBytes: 2 ** 26,
      hashBits: 3,
    });
    const keys = new KernelKeys(kernel);
    const name = (i: number): SeriesKey => counter(`name.${i}`);
    for (let i = 0; i < 1500; i += 1) {
      expect(keys.find(name(i))).to.equal(NoSeries);
      keys.add(name(i), i);
    }
    for (let i = 0; i < 1500; i += 1) expect(keys.find(name(i))).to.equal(i);
  });
});

describe('a series that was made by its key', () => {
  it('takes no second record when a line spells it so', () => {
    const twins = new Twins({ dialect: 'goodall' });
    const { kernel } = twins.kernel;
    for (const { taker } of [twins.kernel, twins.plain]) taker.table.internKey(counter('a', tag('x', '1')));
    twins.ingest(['a:1|c|#x:1\na:2|c|#x:1\n', 'a:5|c|#x:1']);
    expect(twins.compare().points).to.have.length(1);
    expect([kernel.seriesCount, kernel.spellingCount]).to.deep.equal([1, 1]);
  });

  it('is found by lines of any spelling, among colliding ones', () => {
    const dice = new Dice(7);
    for (const hashBits of [1, 4, 32]) {
      const twins = new Twins({ dialect: 'goodall', hashBits });
      for (let i = 0; i < 200; i += 1) {
        const key = counter(`n${i % 60}`, tag('a', String(i % 3)), tag('b'));
        if (dice.once(3)) for (const { taker } of [twins.kernel, twins.plain]) taker.table.internKey(key);
        const tags = dice.once(2) ? `a:${i % 3},b` : `b,a:${i % 3}`;
        twins.ingest([`n${i % 60}:1|c|#${tags}`]);
      }
      twins.compare();
    }
  });
});
