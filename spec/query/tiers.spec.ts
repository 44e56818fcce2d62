import { expect } from 'chai';
import { MetricType } from '../../lib/metric.js';
import { rowDocument } from '../../lib/query/contract.js';
import { parsePercentiles } from '../../lib/query/percentile.js';
import { type Answer, runQuery } from '../../lib/query/query.js';
import type { Row } from '../../lib/query/row.js';
import { equalSteps } from '../../lib/query/steps.js';
import { SqliteStore } from '../../lib/storage/sqlite/store.js';
import type { TimeWindow } from '../../lib/storage/store.js';
import {
  counter,
  counterKey,
  distribution,
  flushOf,
  gauge,
  gaugeKey,
  point,
  stepMs,
  t0,
} from '../contract/flushes.js';
import { maintainAll, retentionOf } from '../storage/tier-model.js';
import { temporaryFolder } from '../support/temporary.js';

const minuteMs = 60_000;
const nowMs = t0 + 120 * minuteMs;

const percentiles = parsePercentiles('50,99');

describe('a query over tiers', () => {
  const directory = temporaryFolder();
  const timer = { ...counterKey('t'), type: MetricType.Timer };
  let tiered: SqliteStore;
  let whole: SqliteStore;

  beforeEach(async () => {
    tiered = await SqliteStore.open(directory.file('a.db'), {
      retention: retentionOf('10s:10m,1m:1h,10m:1d'),
    });
    whole = await SqliteStore.open(directory.file('b.db'));
    for (let i = 0; i < 720; i += 2) {
      const timeMs = t0 + i * stepMs;
      const points = [
        point(counterKey('c'), counter(i % 7), timeMs),
        point(gaugeKey('g'), gauge(timeMs, i % 11), timeMs),
        point(timer, distribution(2, i % 13, 1 + (i % 5)), timeMs),
      ];
      const flush = flushOf({ startMs: timeMs, points });
      const empty = flushOf({ startMs: timeMs + stepMs });
      for (const store of [tiered, whole]) {
        await store.write(flush);
        await store.write(empty);
      }
    }
    await maintainAll(tiered, nowMs);
  });

  afterEach(async () => {
    await tiered.close();
    await whole.close();
  });

  const exact = ({ name, count, rate, sum }: Row): unknown => ({ name, count, rate, sum });

  const ask = (store: SqliteStore, window: TimeWindow, stepped?: number): Promise<Answer> =>
    runQuery([store], {
      selector: {},
      window,
      nowMs,
      percentiles,
      ...(stepped !== undefined && { steps: equalSteps(stepped) }),
    });

  it('gives the same numbers as over all the points, but for percentiles over longer buckets', async () => {
    const windows = [
      { sinceMs: t0, untilMs: nowMs },
      { sinceMs: nowMs - 50 * minuteMs, untilMs: nowMs },
      { sinceMs: nowMs - 4 * minuteMs - 3_000, untilMs: nowMs - 7_000 },
    ];
    for (const window of windows) {
      for (const stepped of [undefined, 10 * minuteMs]) {
        const [found, expected] = [await ask(tiered, window, stepped), await ask(whole, window, stepped)];
        expect(found.rows).to.have.lengthOf(expected.rows.length);
        for (const [i, row] of found.rows.entries()) {
          const other = expected.rows[i]!;
          expect(exact(row)).to.deep.equal(exact(other));
          if (row.type === 'timer')
            expect(rowDocument(row, percentiles)).to.deep.equal(rowDocument(other, percentiles));
          if (row.type === 'gauge')
            expect(row).to.include({ min: other.min, max: other.max, last: other.last });
        }
        expect(found.coverage).to.deep.equal(expected.coverage);
        expect(found.loss).to.deep.equal(expected.loss);
      }
    }
  });

  it('says which resolution it found', async () => {
    const recent = await ask(tiered, { sinceMs: nowMs - 50_000, untilMs: nowMs });
    expect(recent.resolution).to.deep.equal({ minMs: 10_000, maxMs: 10_000 });
    const old = await ask(tiered, { sinceMs: t0, untilMs: t0 + 30 * minuteMs });
    expect(old.resolution).to.deep.equal({ minMs: 600_000, maxMs: 600_000 });
  });

  it('divides by the time its points stand for, where buckets are longer than the steps', async () => {
    const window = { sinceMs: t0, untilMs: t0 + 20 * minuteMs };
    const [found, expected] = [await ask(tiered, window, minuteMs), await ask(whole, window, 10 * minuteMs)];
    expect(found.rows.map(({ rate }) => rate)).to.deep.equal(expected.rows.map(({ rate }) => rate));
  });
});
