import { expect } from 'chai';
import { ConfigError } from '../../../lib/errors.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import { flushOf, t0 } from '../../contract/flushes.js';
import { temporaryFolder } from '../../support/temporary.js';
import {
  everyType,
  littleBlocks,
  maintainAll,
  pointsAt,
  retentionOf,
  storedTotals,
  TierModel,
} from '../tier-model.js';

const minuteMs = 60_000;
const window = { sinceMs: t0 - 60 * minuteMs, untilMs: t0 + 120 * minuteMs };

const retentions: Readonly<Record<string, string>> = {
  usual: '10s:2m,1m:10m,5m:4h',
  'without its middle': '10s:2m,5m:4h',
  'with one more in the middle': '10s:2m,20s:4m,1m:10m,5m:4h',
  'with one more at the end': '10s:2m,1m:10m,5m:30m,10m:4h',
  'with a middle of another length': '10s:2m,30s:10m,5m:4h',
  'from the second on': '1m:10m,5m:4h',
  'with a finer one before': '5s:1m,10s:2m,1m:10m,5m:4h',
  'with a coarser first': '20s:2m,1m:10m,5m:4h',
  'with a first that is no part of the old one': '15s:2m,5m:4h',
  'kept longer': '10s:10m,1m:20m,5m:5h',
  'of one tier': '10s:4h',
};

/** Changes that would lose points, or have them rolled up into steps that were flushed. */
const refused = new Set([
  ...Object.keys(retentions)
    .filter((name) => name !== 'of one tier')
    .map((name) => `${name} > of one tier`),
  ...Object.keys(retentions)
    .filter((name) => name !== 'with one more at the end')
    .map((name) => `with one more at the end > ${name}`),
]);

describe('a change of the retention', () => {
  const directory = temporaryFolder();
  const all = everyType.map((_, series) => ({ series, value: 1 + series, ageSteps: series % 5 }));
  let model: TierModel;
  let store: SqliteStore;

  const open = async (name: string): Promise<SqliteStore> =>
    SqliteStore.open(directory.file('x.db'), {
      retention: retentionOf(retentions[name]!),
      rollUpBounds: { series: 7, sketches: 40 },
      sealBounds: littleBlocks,
    });

  async function writeMinutes(name: string, from: number, minutes: number): Promise<void> {
    const stepMs = retentionOf(retentions[name]!)[0]!.stepMs;
    for (let timeMs = t0 + from * minuteMs; timeMs < t0 + (from + minutes) * minuteMs; timeMs += 30_000) {
      const alignedMs = Math.floor(timeMs / stepMs) * stepMs;
      const points = pointsAt(alignedMs, all, stepMs);
      model.add(points);
      await store.write(flushOf({ startMs: alignedMs, intervalMs: stepMs, points }));
      if (timeMs % 120_000 === 0) await maintainAll(store, timeMs + 30_000);
      else await store.maintain(timeMs + 30_000);
    }
  }

  async function check(): Promise<void> {
    for (const mostBuckets of [0, Number.POSITIVE_INFINITY]) {
      const detail = { alignMs: Number.POSITIVE_INFINITY, mostBuckets };
      expect(await storedTotals(store, window, detail)).to.deep.equal(model.totals(window));
    }
    const gauges = await store.lastGauges();
    expect(gauges).to.have.lengthOf(3);
  }

  beforeEach(() => {
    model = new TierModel();
  });

  const changes: readonly (readonly [string, readonly string[]])[] = [
    ['usual', Object.keys(retentions).filter((name) => name !== 'usual' && name !== 'of one tier')],
    ['of one tier', ['usual', 'with a finer one before']],
    ['from the second on', ['usual', 'with a coarser first']],
  ];
  for (const [from, others] of changes) {
    for (const to of others) {
      const title = `${from} > ${to}`;
      it(`loses and doubles nothing, now or later: ${title}`, async () => {
        store = await open(from);
        try {
          await writeMinutes(from, 0, 17);
          await store.close();
          store = await open(to);
          await check();
          await writeMinutes(to, 17, 12);
          await check();
          await maintainAll(store, t0 + 100 * minuteMs);
          await check();
        } finally {
          await store.close();
        }
      });
    }
  }

  it('is refused with a reason where points would be lost', async () => {
    for (const title of refused) {
      const [from = '', to = ''] = title.split(' > ');
      store = await SqliteStore.open(directory.file(`${from}.db`), {
        retention: retentionOf(retentions[from]!),
      });
      await store.close();
      const outcome = await SqliteStore.open(directory.file(`${from}.db`), {
        retention: retentionOf(retentions[to]!),
      }).then(
        (opened) => opened.close(),
        (error: unknown) => error,
      );
      expect(outcome, title).to.be.instanceOf(ConfigError);
      expect((outcome as Error).message)
        .to.contain('retention: ')
        .and.contain('keep these');
    }
  });
});
