import { expect } from 'chai';
import type { Snapshot } from '../../lib/aggregate/snapshot.js';
import { Ingestor } from '../../lib/ingest/ingestor.js';
import { MetricType } from '../../lib/metric.js';
import type { Dialect } from '../../lib/protocol/dialect.js';
import { KernelPath } from './kernel-path.js';

const noon = Date.UTC(2026, 0, 1, 12);

/** The plain path, and the kernel's on one thread: they must not be told apart. */
const paths = { plain: Ingestor, kernel: KernelPath } as const;

type Path = keyof typeof paths;

function setUp(path: Path, dialect: Dialect = 'goodall', maxSeries = 1000, maxSeriesPerName = maxSeries) {
  const limits = { maxSeries, maxSeriesPerName };
  const options = { intervalMs: 10_000, sketch: {}, dialect, sanitizeNames: true, ...limits, gauges: [] };
  const ingestor = new paths[path](options, noon);
  const take = (text: string, nowMs = noon, sender = '10.0.0.1') => {
    const slab = new TextEncoder().encode(`AAAA${text}ZZZZ`);
    ingestor.datagram(slab, 4, slab.length - 4, sender, nowMs);
  };
  return { ingestor, take };
}

/** `name{tags} sum` of every counter of a snapshot. */
const counters = (snapshot: Snapshot | undefined) =>
  snapshot &&
  [...snapshot.points]
    .filter(({ partial }) => partial.type === MetricType.Counter)
    .map(({ series, partial }) => {
      const tags = series.tags.map(({ key, value }) => `${key}:${value}`).join(',');
      return `${series.name}{${tags}} ${(partial as { sum: number }).sum}`;
    })
    .sort();

for (const path of Object.keys(paths) as Path[])
  describe(`the ${path} ingest path`, () => {
    it('reads every line of a datagram, with and without a last line feed', () => {
      const { ingestor, take } = setUp(path);
      take('a:1|c\nb:2|c\n\na:3|c');
      take('b:1|c\n');
      const [snapshot] = ingestor.finish(noon);
      expect(counters(snapshot)).to.deep.equal(['a{} 4', 'b{} 3']);
      expect(snapshot!.counts).to.include({
        datagrams: 2,
        bytes: 24,
        lines: 4,
        seriesLive: 2,
        seriesRefused: 0,
      });
    });

    it('joins what differs only in the spelling', () => {
      const { ingestor, take } = setUp(path);
      take('a:1|c|#x:1,y:2\na:1|c|#y:2,x:1\na:1|c|#x:1,x:1,y:2\na;x=1;y=2:1|c\n a/b:1|c\n a-b:1|c');
      const [snapshot] = ingestor.finish(noon);
      expect(counters(snapshot)).to.deep.equal(['_a-b{} 2', 'a{x:1,y:2} 4']);
    });

    it('keeps types of one name apart, also within one line', () => {
      const { ingestor, take } = setUp(path);
      take('a:1|c:2|ms:9|g');
      const [snapshot] = ingestor.finish(noon);
      expect(Array.from(snapshot!.points, ({ partial }) => partial.type).sort()).to.deep.equal([0, 1, 2]);
    });

    it('counts a bad line by reason and keeps it with its sender, and goes on', () => {
      const { ingestor, take } = setUp(path);
      take('a:1|c\nbad\na:1|c', noon, '10.0.0.1');
      take('worse', noon + 5, '10.0.0.1');
      take('a:1|zz', noon + 6, '10.0.0.2');
      const [snapshot] = ingestor.finish(noon);
      expect(counters(snapshot)).to.deep.equal(['a{} 2']);
      expect(snapshot!.counts.lines).to.equal(5);
      expect(Object.values(snapshot!.counts.badLines).reduce((a, b) => a + b)).to.equal(3);
      expect(snapshot!.badLines).to.have.length(2);
      expect(snapshot!.badLines[0]).to.include({
        sender: '10.0.0.1',
        sample: 'bad',
        count: 2,
        firstSeenMs: noon,
        lastSeenMs: noon + 5,
      });
      expect(snapshot!.badLines[1]).to.include({ sender: '10.0.0.2', sample: 'a:1|zz', count: 1 });
    });

    it('bounds what it keeps of bad lines, and still counts them all', () => {
      const { ingestor, take } = setUp(path);
      for (let i = 0; i < 3000; i++) take('x'.repeat(5000), noon, `sender-${i}`);
      const [snapshot] = ingestor.finish(noon);
      expect(snapshot!.badLines.length).to.be.at.most(1001);
      expect(snapshot!.badLines.reduce((sum, { count }) => sum + count, 0)).to.equal(3000);
      expect(snapshot!.badLines[0]!.sample).to.have.length(200);
    });

    it('refuses a timestamp from the far future', () => {
      const { ingestor, take } = setUp(path);
      take(`a:1|c|T${noon / 1000 + 7200}`);
      const [snapshot] = ingestor.finish(noon);
      expect(snapshot!.points).to.deep.equal([]);
      expect(snapshot!.counts.badLines).to.deep.equal({ bad_timestamp: 1 });
      expect(snapshot!.badLines[0]!.sample).to.equal(`a:1|c|T${noon / 1000 + 7200}`);
    });

    it('puts late samples into the points of their own bucket', () => {
      const { ingestor, take } = setUp(path);
      take(`a:1|c|T${noon / 1000 - 60}\na:2|c`);
      const [snapshot] = ingestor.finish(noon);
      expect(Array.from(snapshot!.points, ({ timeMs }) => timeMs)).to.deep.equal([noon - 60_000, noon]);
    });

    it('gives each interval its own counts, however late they are collected', () => {
      const { ingestor, take } = setUp(path);
      take('a:1|c\nbad', noon + 9_999);
      take('a:1|c', noon + 10_000);
      take('a:1|c', noon + 31_000);
      const snapshots = ingestor.collect(noon + 41_000);
      expect(snapshots.map(({ startMs, counts }) => [startMs - noon, counts.lines])).to.deep.equal([
        [0, 2],
        [10_000, 1],
        [30_000, 1],
      ]);
      expect(snapshots.map(({ badLines }) => badLines.length)).to.deep.equal([1, 0, 0]);
      expect(ingestor.collect(noon + 41_000)).to.deep.equal([]);
    });

    it('collects events and service checks', () => {
      const { ingestor, take } = setUp(path);
      take('_e{1,2}:a|bc\n_sc|db|2');
      const [snapshot] = ingestor.finish(noon);
      expect(snapshot!.events[0]).to.include({ title: 'a', text: 'bc', timeMs: noon });
      expect(snapshot!.checks[0]).to.include({ name: 'db', status: 2, timeMs: noon });
    });

    it('counts samples that found no room and keeps them in the overflow series', () => {
      const { ingestor, take } = setUp(path, 'goodall', 2);
      take('a:1|c\nb:1|c\na:1|c|#k:1\na:1|c|#k:2\na:5|c');
      const [snapshot] = ingestor.finish(noon);
      expect(counters(snapshot)).to.deep.equal(['a{overflow:true} 2', 'a{} 6', 'b{} 1']);
      expect(snapshot!.counts).to.include({ samplesOverflowed: 2, seriesRefused: 2 });
    });

    it('keeps which names exploded, by which tag, and who sent it', () => {
      const { ingestor, take } = setUp(path, 'goodall', 100, 2);
      for (let i = 0; i < 20; i += 1) take(`a:1|c|#user:u${i},zone:z\nb:1|c`, noon + i, `10.0.0.${i % 2}`);
      take(
        `a:1|c|#user:u1,zone:z|T${noon / 1000 - 60}\na:1|c|#user:x,zone:z|T${noon / 1000 - 60}`,
        noon + 20,
      );
      const [snapshot] = ingestor.finish(noon);
      expect(counters(snapshot)).to.deep.equal([
        'a{overflow:true} 1',
        'a{overflow:true} 18',
        'a{user:u0,zone:z} 1',
        'a{user:u1,zone:z} 1',
        'a{user:u1,zone:z} 1',
        'b{} 20',
      ]);
      const [refusal, ...others] = snapshot!.refusals ?? [];
      expect(others).to.deep.equal([]);
      expect(refusal).to.deep.equal({
        ...{ limit: 'max-series-per-name', name: 'a', tag: 'user', values: 19, sender: '10.0.0.1' },
        ...{ sample: 'a|#user:x,zone:z', refused: 19, firstSeenMs: noon + 2, lastSeenMs: noon + 20 },
      });
      expect(snapshot!.counts).to.include({ samplesOverflowed: 19, seriesRefused: 19 });
    });

    it('takes signs on gauges as the dialect says', () => {
      const last = (dialect: Dialect) => {
        const { ingestor, take } = setUp(path, dialect);
        take('g:10|g\ng:-15|g\ng:+2|g');
        return (ingestor.finish(noon)[0]!.points.at(0)!.partial as { last: number }).last;
      };
      expect(last('goodall')).to.equal(-3);
      expect(last('statsd')).to.equal(-3);
      expect(last('dogstatsd')).to.equal(2);
    });
  });
