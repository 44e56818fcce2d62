import { expect } from 'chai';
import { GraphiteBackend } from '../../lib/backends/graphite.js';
import { graphiteSettings } from '../../lib/backends/graphite-settings.js';
import { writesStatistics } from '../../lib/backends/statsd-backend.js';
import { systemClock } from '../../lib/clock.js';
import { defaultStatsdSettings } from '../../lib/config/statsd-settings.js';
import { Outbox } from '../../lib/flush/outbox.js';
import { StatsdStatistics } from '../../lib/flush/statsd-statistics.js';
import { lineLogger } from '../../lib/log.js';
import { flushesOf } from '../flush/statsd-paths.js';
import { FakeClock } from '../support/fake-clock.js';
import { temporaryFolder } from '../support/temporary.js';
import { Carbon, hasCarbon } from './carbon.js';

const intervalMs = 10_000;

const datagrams = [
  'api.hits:3|c\napi.hits:2|c|@0.1\ntagged:1|c|#zone:eu\nload:0.5|g\nusers:a|s\nusers:b|s',
  ...Array.from({ length: 100 }, (_, i) => `api.time:${i + 1}|ms`),
];

/** What Graphite must have for the first interval, by the paths of its files under the new names. */
const expected: Readonly<Record<string, number>> = {
  'stats/counters/api/hits/count': 23,
  'stats/counters/api/hits/rate': 2.3,
  'stats/gauges/load': 0.5,
  'stats/sets/users/count': 2,
  'stats/timers/api/time/upper_90': 90,
  'stats/timers/api/time/mean': 50.5,
  'stats/timers/api/time/count': 100,
  'stats/statsd/numStats': 8,
};

describe('Graphite, a real Carbon with its files', () => {
  const folder = temporaryFolder();
  let carbon: Carbon | undefined;

  before(function () {
    // Wants Debian's packages: apt-get install graphite-carbon python3-whisper
    if (!hasCarbon) this.skip();
  });
  beforeEach(async function () {
    this.timeout(30_000);
    carbon = await Carbon.start(folder);
  });
  afterEach(() => carbon?.stop());

  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 100));
  };

  /** Two intervals that ended lately, on their way to that Carbon. */
  async function outboxOf(raw: Readonly<Record<string, unknown>>) {
    const start = Math.floor(Date.now() / intervalMs) * intervalMs - 3 * intervalMs;
    const clock = new FakeClock(start);
    const flushes = flushesOf('kernel', [datagrams, ['api.hits:7|c']], clock, intervalMs);
    const statistics = new StatsdStatistics({
      ...defaultStatsdSettings,
      ...{ intervalMs, gaugesMaxTtl: 1, histogramSetting: undefined, clock },
    });
    for (const flush of flushes) await statistics.take(flush);
    const settings = graphiteSettings({
      ...defaultStatsdSettings,
      raw: { graphiteHost: '127.0.0.1', ...raw },
    });
    const graphite = new GraphiteBackend({
      settings,
      clock: systemClock,
      intervalMs: 10_000,
      startupTime: 0,
    });
    const outbox = new Outbox({
      backend: writesStatistics(graphite, statistics),
      clock: systemClock,
      logger: lineLogger('error', () => {}, Date.now),
      maxHeldPoints: 1000,
      onDone: () => {},
    });
    const end = (start + intervalMs) / 1000;
    return { flushes, outbox, firstEnd: end, secondEnd: end + intervalMs / 1000 };
  }

  for (const protocol of ['text', 'pickle']) {
    it(`keeps what was flushed as ${protocol}`, async () => {
      const { linePort: graphitePort, picklePort: graphitePicklePort } = carbon!;
      const { flushes, outbox, firstEnd, secondEnd } = await outboxOf({
        ...{ graphiteProtocol: protocol, graphitePort, graphitePicklePort },
        graphite: { legacyNamespace: false },
      });
      for (const flush of flushes) outbox.add(flush);
      await outbox.close();
      const { names, valueAt } = { names: () => carbon!.names(), valueAt: carbon!.valueAt.bind(carbon) };
      await until(() => valueAt('stats/counters/api/hits/count', secondEnd) === 7);
      await until(() => valueAt('stats/statsd/numStats', firstEnd) !== undefined);
      const stored = Object.keys(expected).map((path) => [path, valueAt(path, firstEnd)]);
      expect(Object.fromEntries(stored)).to.deep.equal(expected);
      // What is idle is told again: a counter as 0, a gauge as it was.
      expect(valueAt('stats/counters/statsd/bad_lines_seen/count', secondEnd)).to.equal(0);
      expect(valueAt('stats/gauges/load', secondEnd)).to.equal(0.5);
      expect(valueAt('stats/timers/api/time/count', secondEnd)).to.equal(0);
      const tagged = names().filter((name) => name.startsWith('_tagged/') && name.includes('counters'));
      expect(tagged).to.have.length(2);
      expect(tagged[0]).to.match(/stats_DOT_counters_DOT_tagged_DOT_count;zone=eu$/);
      expect(valueAt(tagged[0]!, firstEnd)).to.equal(1);
    });
  }

  it('keeps the legacy names with a suffix', async () => {
    const raw = { graphitePort: carbon!.linePort, graphite: { globalSuffix: 'host1' } };
    const { flushes, outbox, firstEnd } = await outboxOf(raw);
    for (const flush of flushes) outbox.add(flush);
    await outbox.close();
    await until(() => carbon!.valueAt('statsd/numStats/host1', firstEnd) !== undefined);
    expect(carbon!.valueAt('stats/api/hits/host1', firstEnd)).to.equal(2.3);
    expect(carbon!.valueAt('stats_counts/api/hits/host1', firstEnd)).to.equal(23);
    expect(carbon!.valueAt('stats/timers/api/time/median/host1', firstEnd)).to.equal(50.5);
  });

  it('gets what was flushed while it was away, under the right times, once it is back', async function () {
    this.timeout(60_000);
    const ports = carbon!;
    const raw = { graphitePort: ports.linePort, graphite: { legacyNamespace: false } };
    const { flushes, outbox, firstEnd, secondEnd } = await outboxOf(raw);
    await carbon!.stop();
    for (const flush of flushes) outbox.add(flush);
    await until(() => outbox.lastFailure !== undefined);
    expect(outbox.waiting).to.equal(2);
    carbon = await Carbon.start(folder, ports);
    await until(() => outbox.waiting === 0);
    await until(() => carbon!.valueAt('stats/counters/api/hits/count', secondEnd) === 7);
    expect(carbon!.valueAt('stats/counters/api/hits/count', firstEnd)).to.equal(23);
    await outbox.close();
  });
});
