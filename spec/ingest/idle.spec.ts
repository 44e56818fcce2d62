import { expect } from 'chai';
import type { GaugePartial } from '../../lib/aggregate/partial.js';
import type { Snapshot } from '../../lib/aggregate/snapshot.js';
import { Ingestor } from '../../lib/ingest/ingestor.js';
import type { IngestOptions } from '../../lib/ingest/options.js';
import { MetricType } from '../../lib/metric.js';
import { keyText } from '../../lib/series/key-index.js';
import { differenceOf } from '../kernel/comparison.js';
import { Dice, randomDatagram } from '../kernel/traffic.js';
import { KernelPath } from './kernel-path.js';

const noon = Date.UTC(2026, 0, 1, 12);
const intervalMs = 10_000;
const paths = { plain: Ingestor, kernel: KernelPath } as const;
type Path = keyof typeof paths;

const defaults: IngestOptions = {
  ...{ intervalMs, sketch: {}, dialect: 'goodall', sanitizeNames: true, maxSeries: 1000, gauges: [] },
  idleMs: 40_000,
};

/** Takes lines interval by interval. */
class Intervals {
  private nowMs = noon;
  private readonly ingestor: Ingestor | KernelPath;

  constructor(path: Path, options: Partial<IngestOptions> = {}) {
    this.ingestor = new paths[path]({ ...defaults, ...options }, noon);
  }

  take(datagram: string | Uint8Array): void {
    const bytes = typeof datagram === 'string' ? Buffer.from(datagram) : datagram;
    this.ingestor.datagram(bytes, 0, bytes.length, 'spec', this.nowMs);
  }

  /** Ends the interval, with another datagram first. */
  end(datagram = ''): Snapshot {
    if (datagram !== '') this.take(datagram);
    this.nowMs += intervalMs;
    return this.ingestor.collect(this.nowMs)[0]!;
  }

  /** Intervals in which one series is heard, and no other. */
  pass(count: number): Snapshot {
    let last: Snapshot | undefined;
    for (let i = 0; i < count; i += 1) last = this.end('alive:1|c');
    return last!;
  }
}

const lastOf = (snapshot: Snapshot, name: string): number | undefined => {
  const found = [...snapshot.points].find(({ series }) => series.name === name);
  return (found?.partial as GaugePartial | undefined)?.last;
};

/** What a snapshot has, by series and time. */
const contentOf = ({ points }: Snapshot) =>
  new Map(
    Array.from(points, ({ series, timeMs, partial }) => [`${timeMs} ${keyText(series)}`, partial] as const),
  );

for (const path of Object.keys(paths) as Path[])
  describe(`series that are idle on the ${path} path`, () => {
    it('leave memory after the time, not before, and not while they are heard', () => {
      const intervals = new Intervals(path);
      intervals.end('a:1|c\nb:1|ms\nc:x|s\nd:1|h|#t:1,u:2\nd:1|h|#u:2,t:1');
      expect(intervals.pass(4).counts.seriesLive).to.equal(5);
      intervals.end('a:1|c\nalive:1|c');
      expect(intervals.pass(1).counts.seriesLive).to.equal(2);
      const back = intervals.end('b:5|ms\nd:7|h|#u:2,t:1');
      expect(Array.from(back.points, ({ series }) => keyText(series)).sort()).to.deep.equal([
        '2:b',
        '[3,"d","t","1","u","2"]',
      ]);
      expect(back.counts.seriesLive).to.equal(4);
    });

    it('never leave where that is not wanted', () => {
      const intervals = new Intervals(path);
      const others = new Intervals(path, { ...defaults, idleMs: 3_600_000 });
      for (const each of [intervals, others]) each.end('a:1|c');
      expect(intervals.pass(100).counts.seriesLive).to.equal(1);
      expect(others.pass(100).counts.seriesLive).to.equal(2);
    });

    it('come back as the gauges that they were', () => {
      const intervals = new Intervals(path, {
        gauges: [{ series: { name: 'restored', type: MetricType.Gauge, tags: [] }, last: 40 }],
      });
      intervals.end('a:10|g\nb:1|g|#x:y\nz:0|g');
      expect(intervals.pass(30).counts.seriesLive).to.equal(1);
      const back = intervals.end('a:-4|g\nb:+1|g|#x:y\nrestored:+2|g\nnever:+3|g\nz:-0.5|g');
      expect(['a', 'b', 'restored', 'never', 'z'].map((name) => lastOf(back, name))).to.deep.equal([
        6, 2, 42, 3, -0.5,
      ]);
      intervals.pass(30);
      // A setting forgets what was; a change after it goes on from there.
      expect(lastOf(intervals.end('a:1|g\na:+1|g'), 'a')).to.equal(2);
      intervals.pass(30);
      expect(lastOf(intervals.end('a:+1|g'), 'a')).to.equal(3);
    });

    it('make room for others, and for those that were refused before', () => {
      const intervals = new Intervals(path, { maxSeries: 4, maxSeriesPerName: 2 });
      intervals.end('a:1|c|#t:1\na:1|c|#t:2\nalive:1|c\nb:1|c\nlate:1|c\na:1|c|#t:3');
      const full = intervals.end('late:1|c\na:1|c|#t:3\na:1|c|#t:1\nalive:1|c\nb:1|c');
      expect(full.counts).to.include({ seriesRefused: 2, seriesLive: 6 });
      intervals.pass(6);
      const after = intervals.end('late:1|c\na:1|c|#t:3\na:1|c|#t:4\nalive:1|c');
      expect(after.counts).to.include({ seriesRefused: 0, seriesLive: 4, samplesOverflowed: 0 });
      expect(intervals.end('a:1|c|#t:5').counts.seriesRefused).to.equal(1);
    });

    it('stay while samples of the past are added to them', () => {
      const intervals = new Intervals(path);
      for (let i = 0; i < 20; i += 1) intervals.end(`late:1|c|T${noon / 1000 - 60}\nalive:1|c`);
      expect(intervals.end('alive:1|c').counts.seriesLive).to.equal(2);
      expect(intervals.pass(6).counts.seriesLive).to.equal(1);
    });
  });

describe('both paths, while series leave and come back', () => {
  for (const hashBits of [32, 6])
    it(`agree on every series, with ${hashBits} bits of the hash`, () => {
      const dice = new Dice(20260105 + hashBits);
      const limits = { maxSeries: 260, maxSeriesPerName: 40, idleMs: 20_000 };
      const plain = new Intervals('plain', limits);
      const kernel = new Intervals('kernel', { ...limits, hashBits } as Partial<IngestOptions>);
      let [left, most] = [0, 0];
      for (let interval = 0; interval < 120; interval += 1) {
        // Names come in waves: most of those of one are idle in the next.
        const wave = Math.floor(interval / 6);
        const datagrams: Uint8Array[] = [];
        for (let i = dice.roll(12); i >= 0; i -= 1) {
          datagrams.push(randomDatagram(dice, 1432, 40, 10));
          const name = `wave${wave % 5}.h${dice.roll(30)}`;
          const order = dice.once(2) ? 'a:1,b:2' : 'b:2,a:1,a:1';
          datagrams.push(
            Buffer.from(`${name}:+${dice.roll(9)}|g|#${order}\n${name}:1|c|#${order},id:${dice.roll(99)}`),
          );
        }
        for (const datagram of datagrams) for (const each of [plain, kernel]) each.take(datagram);
        const [one, other] = [plain.end(), kernel.end()];
        expect(other.counts).to.deep.equal(one.counts);
        expect(other.refusals).to.deep.equal(one.refusals);
        const [mine, others] = [contentOf(one), contentOf(other)];
        expect([...others.keys()].sort()).to.deep.equal([...mine.keys()].sort());
        for (const [key, partial] of mine) {
          expect(differenceOf(others.get(key)!, partial), `${key} of interval ${interval}`).to.equal(
            undefined,
          );
        }
        left += Math.max(0, most - one.counts.seriesLive);
        most = one.counts.seriesLive;
      }
      expect(left).to.be.above(1000);
    }).timeout(60_000);
});

describe('series of the kernel that are about to leave', () => {
  const spelt = (name: string, tags: string): Buffer => Buffer.from(`${name}:1|c|#${tags}`);
  const [canonical, other] = ['x:1,y:2', 'y:2,x:1'];

  function setUp() {
    const path = new KernelPath({ ...defaults, idleMs: 3_600_000 }, noon);
    let nowMs = noon;
    const take = (name: string, tags: string): void => {
      const bytes = spelt(name, tags);
      path.datagram(bytes, 0, bytes.length, '', nowMs);
    };
    for (const name of ['a', 'b']) for (const tags of [canonical, other]) take(name, tags);
    nowMs += intervalMs;
    path.collect(nowMs);
    for (let i = 0; i < 3; i += 1) path.ingestor.growOlder();
    return { ingestor: path.ingestor, path, take };
  }

  it('stay when another spelling of them comes meanwhile, even when its sample is deleted', () => {
    const { ingestor, take, path } = setUp();
    expect(ingestor.retire(3)).to.deep.equal({ refs: [], hasMore: true });
    expect(ingestor.kernel.spellingCount).to.equal(2);
    take('a', other);
    ingestor.aggregator.forget([0]);
    expect(ingestor.retire(3)).to.deep.equal({ refs: [1], hasMore: false });
    take('a', other);
    const [snapshot] = path.collect(noon + 2 * intervalMs);
    expect(Array.from(snapshot!.points, ({ series }) => series.name)).to.deep.equal(['a']);
  });

  it('lose their other spellings first also when they are asked for anew', () => {
    const { ingestor, path, take } = setUp();
    expect(ingestor.retire(4)).to.deep.equal({ refs: [], hasMore: false });
    expect(ingestor.retire(3)).to.deep.equal({ refs: [], hasMore: true });
    ingestor.growOlder();
    take('a', other);
    // Whatever was asked for before: of a lesser age there are more.
    expect(ingestor.retire(4).refs).to.deep.equal([]);
    expect(ingestor.retire(4).refs).to.deep.equal([1]);
    expect(ingestor.retire(1)).to.deep.equal({ refs: [], hasMore: false });
    for (const tags of [other, canonical]) take('b', tags);
    const [snapshot] = path.collect(noon + 2 * intervalMs);
    const sums = Array.from(snapshot!.points, ({ partial }) => (partial as { sum: number }).sum);
    expect(sums).to.deep.equal([1, 2]);
  });
});

describe('the memory of the kernel', () => {
  it('stays as it is while names come and go', () => {
    const kernel = new KernelPath({ ...defaults, maxSeries: 100_000, idleMs: 20_000 }, noon);
    const perInterval = 500;
    const used: number[] = [];
    for (let interval = 0; interval < 200; interval += 1) {
      let text = '';
      for (let i = 0; i < perInterval; i += 1) {
        const id = String(interval * perInterval + i).padStart(9, '0');
        text += `gone.${id}:1|${['c', 'g', 'ms', 's'][i % 4]}|#a:1,b:2\ngone.${id}:1|${['c', 'g', 'ms', 's'][i % 4]}|#b:2,a:1\n`;
        if (i % 50 === 49) {
          kernel.datagram(Buffer.from(text), 0, text.length, '', noon + interval * intervalMs);
          text = '';
        }
      }
      const [snapshot] = kernel.collect(noon + (interval + 1) * intervalMs);
      expect(snapshot!.points.length).to.equal(perInterval);
      expect(snapshot!.counts.seriesLive).to.be.at.most(5 * perInterval);
      used.push(kernel.ingestor.kernel.usedBytes);
    }
    expect(used.at(-1)).to.equal(used[20]);
    expect(kernel.ingestor.kernel.seriesCount).to.be.at.most(5 * perInterval);
    expect(kernel.ingestor.kernel.spellingCount).to.be.at.most(2 * 5 * perInterval);
    expect(kernel.ingestor.table.refs).to.be.at.most(6 * perInterval);
  }).timeout(60_000);
});
