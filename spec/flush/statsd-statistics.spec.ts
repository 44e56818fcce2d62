import { expect } from 'chai';
import { StatsdStatistics } from '../../lib/flush/statsd-statistics.js';
import { FakeClock } from '../support/fake-clock.js';
import { comparable, type ModelOptions, StatsdModel } from '../support/statsd-model.js';
import { flushesOf, type Path, paths } from './statsd-paths.js';

const intervalMs = 10_000;

const defaults: ModelOptions = {
  intervalMs,
  percentThreshold: [90],
  prefixStats: 'statsd',
  deleteCounters: false,
  deleteTimers: false,
  deleteGauges: false,
  deleteSets: false,
  gaugesMaxTtl: 1,
};

/** Gives both the same datagrams, one list an interval, and expects the same metrics of every flush. */
async function expectSame(
  path: Path,
  intervals: readonly (readonly string[])[],
  options: Partial<ModelOptions> = {},
): Promise<void> {
  const all = { ...defaults, ...options };
  const clock = new FakeClock();
  const model = new StatsdModel(all);
  const statistics = new StatsdStatistics({
    ...{ ...all, histogram: (all.histogram ?? []) as [], calculatedTimerMetrics: all.calculatedTimerMetrics },
    histogramSetting: all.histogram,
    clock,
  });
  const flushes = flushesOf(path, intervals, clock, intervalMs);
  expect(flushes).to.have.length(intervals.length);
  for (const [i, flush] of flushes.entries()) {
    for (const datagram of intervals[i]!) model.datagram(datagram);
    await statistics.take(flush);
    const { timestamp, metrics } = statistics.of(flush)!;
    const expected = model.flush(timestamp);
    expect(comparable(metrics), `flush ${i}`).to.deep.equal(expected);
    // In the same order too: it shows in what backends send and print.
    expect(JSON.stringify(comparable(metrics)), `flush ${i}`).to.equal(JSON.stringify(expected));
  }
}

const thresholds = [90, 50, 99.9, 95, 100, 0, -10, -90, -99.9];
const everything = [
  'a:1|c\nb:2.5|c|@0.1\na:3|c',
  't:320|ms\nt:1|ms|@0.3\nt:45.25|ms',
  'g:5|g\ng:-3|g\nneg:-7|g\nh:+2|g',
  's:x|s\ns:y|s\ns:x|s\ns:10|s\ns:2|s',
  'bad\nalso:bad\nfoo:1|c|@x\nmany:1|c:2|ms:9|g:oops',
  'tagged:1|c|#k:v\ntagged;a=b:4|c\n10:1|c\n2:1|c',
];

/** Deterministic numbers, so that a failure can be run again. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

function randomDatagrams(seed: number, count: number): string[] {
  const random = numbers(seed);
  const next = (): number => random.next().value;
  const rate = (): string => ['', '', '|@0.1', '|@0.25', '|@0.7'][Math.floor(next() * 5)]!;
  return Array.from({ length: count }, () => {
    const name = `n${Math.floor(next() * 5)}`;
    const value = (next() * 1000).toFixed(Math.floor(next() * 8));
    const line = [
      `c.${name}:${value}|c${rate()}`,
      `t.${name}:${value}|ms${rate()}`,
      `g.${name}:${next() < 0.5 ? '+' : ''}${value}|g`,
      `s.${name}:${Math.floor(next() * 40)}|s`,
    ][Math.floor(next() * 4)]!;
    return next() < 0.1 ? `${line}\nbad` : line;
  });
}

for (const path of paths) {
  describe(`the statistics of a flush from the ${path} path`, () => {
    it('are what statsd works out, for every kind of metric, and repeat what is idle', () =>
      expectSame(path, [everything, [], ['a:1|c'], everything.slice(0, 3)], {
        percentThreshold: thresholds,
      }));

    for (const count of [1, 2, 3, 4, 10, 100, 1024]) {
      it(`are statsd's for timers of ${count} samples and thresholds of every kind`, () => {
        const random = numbers(count);
        const samples = Array.from(
          { length: count },
          () => `t:${(random.next().value * 3000).toFixed(3)}|ms`,
        );
        return expectSame(path, [samples], { percentThreshold: thresholds });
      });
    }

    it("are statsd's for random datagrams, interval after interval", () =>
      expectSame(
        path,
        [1, 2, 3].map((seed) => randomDatagrams(seed, 2000)),
        { percentThreshold: [50, 75, 99.5, -5] },
      ));

    it("have statsd's histograms", () =>
      expectSame(path, [Array.from({ length: 50 }, (_, i) => `x.${i % 3}:${i * 7}|ms`)], {
        histogram: [
          { metric: 'x.0', bins: [10, 20.5, 100, 'inf'] },
          { metric: 'x.1', bins: [] },
          { metric: '', bins: [300, 100, 1000] },
        ],
      }));

    it('are only those that were asked for', () =>
      expectSame(path, [['t:1|ms\nt:2|ms'], []], {
        percentThreshold: [90, -5, 99.9],
        calculatedTimerMetrics: ['count', 'upper_percent', 'mean'],
      }));

    it('forget what is idle, kind by kind, as the settings say', () =>
      expectSame(path, [everything, ['a:1|c\nt:5|ms\nh:+1|g'], [], [], ['h:3|g', everything[0]!]], {
        ...{ deleteCounters: true, deleteTimers: true, deleteGauges: true, deleteSets: true },
        ...{ gaugesMaxTtl: 2, prefixStats: 'own' },
      }));

    it('have names that objects have already', async () => {
      const clock = new FakeClock();
      const statistics = new StatsdStatistics({
        ...{ ...defaults, histogram: [], calculatedTimerMetrics: undefined, histogramSetting: undefined },
        clock,
      });
      const lines =
        'constructor:1|c\n__proto__:2|c\n__proto__:3|ms\ntoString:4|g\nhasOwnProperty:__proto__|s';
      const [flush] = flushesOf(path, [[lines]], clock, intervalMs);
      await statistics.take(flush!);
      const { counters, timers, gauges, sets } = statistics.of(flush!)!.metrics;
      expect(Object.entries(counters).slice(3)).to.deep.equal([
        ['constructor', 1],
        ['__proto__', 2],
      ]);
      expect(Object.entries(timers)).to.deep.equal([['__proto__', [3]]]);
      expect(Object.entries(gauges)).to.deep.equal([['toString', 4]]);
      expect(Object.entries(sets).map(([name, set]) => [name, set.values()])).to.deep.equal([
        ['hasOwnProperty', ['__proto__']],
      ]);
    });

    it('of more samples than are kept come from the sketch, within its accuracy', async () => {
      const clock = new FakeClock();
      const options = { ...defaults, percentThreshold: [50, 90, 99.9, -10] };
      const statistics = new StatsdStatistics({
        ...{ ...options, histogram: [{ metric: 't', bins: [1000, 'inf' as const] }] },
        ...{ calculatedTimerMetrics: undefined, histogramSetting: undefined, clock },
      });
      const model = new StatsdModel({ ...options, histogram: [{ metric: 't', bins: [1000, 'inf'] }] });
      const samples = Array.from({ length: 5000 }, (_, i) => `t:${((i * 7919) % 5000) + 1}|ms|@0.5`);
      for (const sample of samples) model.datagram(sample);
      const [flush] = flushesOf(path, [samples], clock, intervalMs);
      await statistics.take(flush!);
      const { timestamp, metrics } = statistics.of(flush!)!;
      const expected = model.flush(timestamp) as typeof metrics;
      const { histogram: bins, ...numeric } = metrics.timer_data.t!;
      const { histogram: exactBins, ...exact } = expected.timer_data.t!;
      expect(Object.keys(numeric)).to.deep.equal(Object.keys(exact));
      for (const [key, value] of Object.entries(exact)) {
        expect(numeric[key], key).to.be.closeTo(value as number, Math.abs(value as number) * 0.021);
      }
      for (const key of ['count', 'count_ps', 'upper', 'lower', 'count_90', 'count_top10']) {
        expect(numeric[key], key).to.equal(exact[key]);
      }
      expect(numeric.sum).to.be.closeTo(exact.sum as number, 1e-6);
      expect(bins).to.have.all.keys(Object.keys(exactBins as object));
      expect((bins as { bin_1000: number }).bin_1000).to.be.closeTo(999, 12);
      expect(metrics.timers.t).to.have.length(1024);
      expect([metrics.timers.t![0], metrics.timers.t![1023]]).to.deep.equal([1, 5000]);
    });
  });
}

describe('timers of which no samples were kept', () => {
  it('show modules no more values than there were samples', async () => {
    const clock = new FakeClock();
    const statistics = new StatsdStatistics({
      ...{
        ...defaults,
        histogram: [],
        calculatedTimerMetrics: undefined,
        histogramSetting: undefined,
        clock,
      },
    });
    const [flush] = flushesOf(
      'plain',
      [['one:250|ms', 'three:1|ms', 'three:2|ms|@0.5', 'three:3|ms']],
      clock,
      intervalMs,
    );
    const points = [...flush!.points].map((point) => ({
      ...point,
      partial: { ...point.partial, raw: undefined },
    }));
    const bare = { ...flush!, points };
    await statistics.take(bare);
    const { timers } = statistics.of(bare)!.metrics;
    expect(Object.keys(timers).map((name) => timers[name]!.length)).to.deep.equal([1, 3]);
  });
});
