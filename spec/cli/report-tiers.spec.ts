import { runReport } from '../../lib/cli/report.js';
import { MetricType } from '../../lib/metric.js';
import { SqliteStore } from '../../lib/storage/sqlite/store.js';
import { buckets, flushesOf, type Sample, seriesOf } from '../query/samples.js';
import { maintainAll, retentionOf } from '../storage/tier-model.js';
import { makeTemporaryFolder } from '../support/temporary.js';
import { exactRows } from './exact.js';
import { expectEqual, percents } from './expect-exact.js';
import { Paper, randomNumbers } from './report/paper.js';

const start = Date.UTC(2026, 10, 24, 12);
const intervalMs = 10_000;
const minuteMs = 60_000;
const running = buckets(start, 60, intervalMs);
const nowMs = start + 10 * minuteMs;
/** From here on, buckets are of ten seconds; before, of a minute. */
const cutMs = nowMs - 4 * minuteMs;

function samplesOf(host: string, seed: number): Sample[] {
  const random = randomNumbers(seed);
  const samples = Array.from({ length: 4_000 }, (_, i): Sample => {
    const timeMs = start + Math.floor(random() * 10 * minuteMs);
    const value = Math.floor(random() * 80_000) / 8;
    const tags = `host:${host},route:${i % 3}`;
    const sampleRate = [1, 0.5, 0.25][i % 3] ?? 1;
    switch (i % 5) {
      case 0:
        return { series: seriesOf('latency', MetricType.Timer, tags), timeMs, value, sampleRate };
      case 1:
        return { series: seriesOf('hits', MetricType.Counter, tags), timeMs, value: i % 7, sampleRate };
      case 2:
        return { series: seriesOf('delta', MetricType.Distribution, tags), timeMs, value: value - 5_000 };
      case 3:
        return { series: seriesOf('depth', MetricType.Gauge, tags), timeMs, value: value - 2_000 };
      default:
        return { series: seriesOf('users', MetricType.Set, tags), timeMs, value: `user${i % 170}` };
    }
  });
  return samples.sort((a, b) => a.timeMs - b.timeMs);
}

const hostA = samplesOf('a', 11);
const hostB = samplesOf('b', 22);

/** A database whose older half has been rolled up and has lost its short buckets. */
async function write(path: string, samples: readonly Sample[], source: string): Promise<void> {
  const store = await SqliteStore.open(path, { retention: retentionOf('10s:4m,1m:1h') });
  for (const flush of flushesOf(samples, running, { intervalMs, source })) await store.write(flush);
  await maintainAll(store, nowMs);
  await store.close();
}

describe('goodall-report beside an exact computation, over tiers', () => {
  const folder = makeTemporaryFolder();
  const db = [folder.file('a.db'), folder.file('b.db')];
  const all = [...hostA, ...hostB];

  before(async () => {
    await write(folder.file('a.db'), hostA, 'a');
    await write(folder.file('b.db'), hostB, 'b');
  });
  after(() => folder.remove());

  const windows = {
    'the whole time': { sinceMs: start, untilMs: nowMs },
    'a window that cuts the tiers, and a bucket at its end': {
      sinceMs: start + 2 * minuteMs,
      untilMs: cutMs + 123_456,
    },
    'a window within the longer tier': { sinceMs: start + minuteMs, untilMs: start + 4 * minuteMs },
    'a window within the longer tier that cuts buckets at both ends': {
      sinceMs: start + minuteMs + 34_567,
      untilMs: start + 4 * minuteMs + 12_345,
    },
    'a window within the shorter tier that cuts buckets': { sinceMs: cutMs + 7_777, untilMs: nowMs - 3_333 },
  };
  const groupings = [undefined, ['route'], []];
  for (const [title, window] of Object.entries(windows)) {
    for (const groupBy of groupings) {
      for (const stepMs of [undefined, minuteMs]) {
        const grouped = groupBy === undefined ? '' : `, grouped by [${groupBy}]`;
        it(`agrees over ${title}${grouped}${stepMs === undefined ? '' : ', by the minute'}`, async () => {
          const paper = new Paper();
          await runReport(
            {
              db,
              since: new Date(window.sinceMs).toISOString(),
              until: new Date(window.untilMs).toISOString(),
              format: 'json',
              percentiles: percents.join(),
              ...(groupBy !== undefined && { 'group-by': groupBy.join() }),
              ...(stepMs !== undefined && { step: '1m' }),
            },
            paper,
            nowMs,
          );
          const bucketMsAt = (timeMs: number): number => (timeMs < cutMs ? minuteMs : intervalMs);
          const question = { window, intervalMs, bucketMsAt, running, percents };
          const expected = exactRows(all, {
            ...question,
            ...(groupBy !== undefined && { groupBy }),
            ...(stepMs !== undefined && { stepMs }),
          });
          expectEqual(JSON.parse(paper.text), expected);
        });
      }
    }
  }
});
