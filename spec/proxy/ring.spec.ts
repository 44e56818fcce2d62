import { expect } from 'chai';
import { Ring } from '../../lib/proxy/ring.js';
import { statsdRing } from './statsd-ring.js';

const nodesOf = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => (i % 2 === 0 ? `10.0.${i}.7:8125` : `stats-${i}.example.org:8126`));

const names = [
  '',
  ' ',
  'ä.ö.ü',
  '漢字',
  '\u{1f600}.rate',
  '\ufffd',
  ...Array.from({ length: 5000 }, (_, i) => `app.${i % 17}.web-${i % 101}.request.${i}.time`),
];

const placed = (nodes: readonly string[]): string[] => {
  const ring = new Ring(nodes);
  return names.map((name) => nodes[ring.nodeOf(name)] ?? '');
};

describe('the ring of the proxy', () => {
  for (const count of [1, 2, 3, 5, 7, 16, 61, 94]) {
    it(`gives each of 5,000 names to the node that statsd's gives it to, among ${count}`, () => {
      const nodes = nodesOf(count);
      const theirs = statsdRing(nodes);
      expect(placed(nodes)).to.deep.equal(names.map((name) => theirs.get(name)));
    });
  }

  it('agrees with it after nodes have left and come back', () => {
    const theirs = statsdRing(nodesOf(5));
    const left = 'stats-3.example.org:8126';
    theirs.remove(left);
    const others = nodesOf(5).filter((node) => node !== left);
    expect(placed(others)).to.deep.equal(names.map((name) => theirs.get(name)));
    theirs.add({ [left]: 100 });
    expect(placed([...others, left])).to.deep.equal(names.map((name) => theirs.get(name)));
  });

  it('moves only the names of a node that leaves', () => {
    const nodes = nodesOf(5);
    const [gone, ...others] = nodes;
    const before = placed(nodes);
    const after = placed(others);
    const moved = names.filter((_, i) => before[i] !== after[i]);
    expect(moved).to.deep.equal(names.filter((_, i) => before[i] === gone));
    expect(moved).not.to.have.lengthOf(0);
  });

  it('has a node for no name when it is empty', () => {
    expect(new Ring([]).nodeOf('a')).to.equal(-1);
    expect(statsdRing([]).get('a')).to.equal(undefined);
  });
});
