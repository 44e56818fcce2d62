import { expect } from 'chai';
import { maxNameBytes, outputBytes, outputStride } from '../../lib/kernel/router-layout.js';
import { KernelRouter } from '../../lib/proxy/kernel-router.js';
import { Ring } from '../../lib/proxy/ring.js';
import { MutatedDatagrams, Random } from '../support/mutated-datagrams.js';
import { type Output, PlainRouter } from './plain-router.js';
import { statsdRing } from './statsd-ring.js';

const nodes = ['10.0.0.1:8125', '10.0.0.2:8125', '10.0.0.3:8125'];
const room = 70_000;

interface Sent {
  readonly node: number;
  readonly text: string;
  readonly lines: number;
}

const shown = ({ node, bytes, lines }: Output): Sent => ({
  node,
  text: Buffer.from(bytes).toString('latin1'),
  lines,
});

/** Both routers, fed with the same datagrams. */
class Twins {
  readonly plain: PlainRouter;
  private readonly kernel: KernelRouter;
  private readonly memory: Buffer;
  private sent: Sent[] = [];

  constructor(ring = new Ring(nodes), cacheSize = 64) {
    this.plain = new PlainRouter(ring, cacheSize);
    const send = (count: number) => this.take(count);
    this.kernel = new KernelRouter(ring, { cacheSize, extraBytes: room, send });
    this.memory = Buffer.from(this.kernel.memory.buffer);
  }

  /** What the kernel's router sends for a batch of datagrams. The plain one must have it alike. */
  route(datagrams: readonly Uint8Array[]): Sent[] {
    this.sent = [];
    for (const datagram of datagrams) {
      this.plain.route(Buffer.from(datagram));
      // What an earlier datagram left behind this one.
      this.memory.fill(0x3a, this.kernel.extraAt, this.kernel.extraAt + datagram.length + 64);
      this.memory.set(datagram, this.kernel.extraAt);
      this.kernel.route(this.kernel.extraAt, datagram.length);
      // A long line is sent from where it is, so it cannot wait for the next datagram here.
      if (datagram.length > outputBytes) this.flush();
    }
    this.flush();
    expect(this.sent).to.deep.equal(this.plainSent.splice(0));
    return this.sent;
  }

  use(ring: Ring): void {
    this.plain.use(ring);
    this.kernel.use(ring);
  }

  /** Lines without a node since it was last asked. */
  withoutNode(): number {
    const count = this.kernel.takeWithoutNode();
    expect(this.plain.takeWithoutNode()).to.equal(count);
    return count;
  }

  private readonly plainSent: Sent[] = [];

  private flush(): void {
    this.kernel.flush();
    this.plainSent.push(...this.plain.take().map(shown));
  }

  private take(count: number): void {
    const { kernel } = this;
    for (let i = 0; i < count; i++) {
      const start = kernel.startOf(i);
      const text = this.memory.toString('latin1', start, start + kernel.lengthOf(i));
      this.sent.push({ node: kernel.nodeOfOutput(i), text, lines: kernel.linesOf(i) });
    }
  }
}

const text = (value: string): Uint8Array => Buffer.from(value);

/** What statsd's proxy does with a datagram: one line a datagram. */
function statsdSends(datagram: Uint8Array): string[] {
  const ring = statsdRing(nodes);
  return Buffer.from(datagram)
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `${ring.get(line.split(':')[0] ?? '')} ${line}`);
}

describe('the routers of the proxy', () => {
  it('put the lines for one node together and leave out empty ones', () => {
    const ring = new Ring(nodes);
    const [a, b] = ['a', 'b', 'c', 'd', 'e', 'f'].filter((name) => ring.nodeOf(name) === ring.nodeOf('a'));
    const sent = new Twins().route([text(`${a}:1|c\n\n`), text('\n'), text(''), text(`${b}:2|c|#x:y`)]);
    expect(sent).to.deep.equal([{ node: ring.nodeOf('a'), text: `${a}:1|c\n${b}:2|c|#x:y`, lines: 2 }]);
  });

  it('send every line to the node that the proxy of statsd sends it to', () => {
    const datagram = text(
      [
        'a.counter:1|c',
        'a.timer:3|ms|@0.1',
        'no colon at all',
        ':1|c',
        'tagged;x=y:1|g',
        '_e{1,1}:a|b',
        ...[
          'ä:1|c',
          '漢字:2|c',
          'crlf:1|c\r',
          '::',
          `${'n'.repeat(300)}:1|c`,
          `${'v'.repeat(20)}:${'1'.repeat(99)}|g`,
        ],
      ].join('\n'),
    );
    const sent = new Twins().route([datagram]);
    const ours = sent.flatMap(({ node, text: lines }) =>
      lines.split('\n').map((line) => `${nodes[node]} ${Buffer.from(line, 'latin1')}`),
    );
    expect(ours.sort()).to.deep.equal(statsdSends(datagram).sort());
  });

  it('hash bytes that are not UTF-8 as statsd does, and leave them as they are', () => {
    const names = ['c3', '80', 'e28280', 'e282', 'f09f98', 'ff00fe', 'eda080', '61c362'];
    const twins = new Twins();
    const ring = statsdRing(nodes);
    for (const name of names) {
      const line = Buffer.concat([Buffer.from(name, 'hex'), text(':1|c')]);
      const [sent] = twins.route([line]);
      expect(nodes[sent?.node ?? -1]).to.equal(ring.get(line.toString().split(':')[0] ?? ''));
      expect(sent?.text).to.equal(line.toString('latin1'));
    }
  });

  it('fill a datagram to its limit, and send a longer line alone and in its turn', () => {
    const line = (length: number): string => `n:${'1'.repeat(length - 2)}`;
    const half = outputBytes / 2;
    const lengths = [half, half - 1, half, half, outputBytes, outputBytes + 1, 1, 60_000, 2];
    const sent = new Twins().route([text(lengths.map((length) => line(Math.max(length, 2))).join('\n'))]);
    expect(sent.map((one) => one.text.length)).to.deep.equal([
      outputBytes,
      half,
      half,
      outputBytes,
      outputBytes + 1,
      2,
      60_000,
      2,
    ]);
    expect(sent.map(({ lines }) => lines)).to.deep.equal([2, 1, 1, 1, 1, 1, 1, 1]);
  });

  it('do the same with every length of name and line around a vector', () => {
    const twins = new Twins();
    const around = [
      ...Array.from({ length: 70 }, (_, i) => i),
      maxNameBytes - 1,
      maxNameBytes,
      maxNameBytes + 1,
    ];
    // Twice: the second time the name is in the cache.
    for (let round = 0; round < 2; round++) {
      for (const length of around) {
        const lines = [0, 1, 15, 16, 17].map((more) => `${'k'.repeat(length)}:${'9'.repeat(more)}`);
        twins.route([text(lines.join('\n')), text(`${'k'.repeat(length)}`)]);
      }
    }
  });

  it('do the same when there are more names than the cache holds', () => {
    const twins = new Twins(new Ring(nodes), 8);
    const random = new Random(1);
    for (let batch = 0; batch < 50; batch++) {
      const lines = Array.from({ length: 200 }, () => `name.${random.below(100)}:1|c`);
      twins.route([text(lines.join('\n')), text('name.1:1|c')]);
    }
  });

  it('do the same when more datagrams are begun than there is room for', () => {
    const twins = new Twins();
    const long = Array.from({ length: 46 }, (_, i) => `name.${i}:${'1'.repeat(outputBytes - 20)}|c`).join(
      '\n',
    );
    const sent = twins.route(Array.from({ length: 12 }, () => text(long)));
    expect(sent).to.have.lengthOf(46 * 12);
    expect(outputStride).to.be.at.least(outputBytes + 16);
  });

  it('follow a new ring at once', () => {
    const twins = new Twins();
    const lines = text(Array.from({ length: 40 }, (_, i) => `name.${i}:1|c`).join('\n'));
    expect(new Set(twins.route([lines]).map(({ node }) => node))).to.deep.equal(new Set([0, 1, 2]));
    twins.use(new Ring(nodes.slice(0, 1)));
    expect(twins.route([lines]).map(({ node }) => node)).to.deep.equal([0]);
    twins.use(new Ring([]));
    expect(twins.route([lines])).to.deep.equal([]);
    expect(twins.withoutNode()).to.equal(40);
  });

  it('do the same with damaged datagrams', () => {
    const lines = ['a.b:1|c', 'web.time:12.5|ms|@0.5|#k:v', 'g:-3|g', 'x'.repeat(150), 'ü:1|s'].map(text);
    const datagrams = new MutatedDatagrams(7, lines);
    const twins = new Twins(new Ring(nodes), 256);
    for (let batch = 0; batch < 2000; batch++) {
      const all: Uint8Array[] = [];
      for (let i = 0; i < 3; i++) {
        datagrams.next();
        all.push(datagrams.slab.slice(datagrams.start, datagrams.end));
      }
      twins.route(all);
    }
  });
});
