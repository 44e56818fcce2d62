import { expect } from 'chai';
import fc from 'fast-check';
import type { SealBounds } from '../../../lib/storage/sqlite/seal.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import type { TimeWindow } from '../../../lib/storage/store.js';
import { flushOf, t0 } from '../../contract/flushes.js';
import { makeTemporaryFolder } from '../../support/temporary.js';
import { everyType, maintainAll, pointsAt, retentionOf, storedTotals, TierModel } from '../tier-model.js';

const stepMs = 10_000;
const coarsestMs = 120_000;
const retention = retentionOf('10s:1m,30s:5m,2m:20m');
/** So little that most buckets are rolled up in several parts. */
const rollUpBounds = { series: 3, sketches: 12 };
/** Blocks from less than one to many series wide, and from two to a dozen buckets long. */
const sealBounds = fc.record({
  buckets: fc.integer({ min: 2, max: 12 }),
  sketchBuckets: fc.integer({ min: 2, max: 12 }),
  rows: fc.integer({ min: 1, max: 60 }),
  sketchRows: fc.integer({ min: 1, max: 60 }),
});
const keepMs = 20 * 60_000;

interface Sample {
  readonly series: number;
  readonly value: number;
  readonly ageSteps: number;
}

type Action =
  | { readonly kind: 'flush'; readonly steps: number; readonly samples: readonly Sample[] }
  | { readonly kind: 'maintain'; readonly parts: number }
  | { readonly kind: 'restart' };

const sample = fc.record({
  series: fc.nat(everyType.length - 1),
  value: fc.integer({ min: 1, max: 9_999 }),
  ageSteps: fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.nat(12) },
    { weight: 1, arbitrary: fc.nat(90) },
  ),
});

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('flush' as const),
      steps: fc.oneof(fc.constant(1), fc.nat(30)),
      samples: fc.array(sample, { maxLength: 8 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('maintain' as const), parts: fc.nat(12) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
);

const openStore = (path: string, bounds: SealBounds): Promise<SqliteStore> =>
  SqliteStore.open(path, { retention, rollUpBounds, sealBounds: bounds });

/** A store and its model that time passes over. */
class Run {
  readonly model = new TierModel();
  private nowMs = t0;

  constructor(
    private readonly path: string,
    public store: SqliteStore,
    private readonly sealBounds: SealBounds,
  ) {}

  async act(action: Action): Promise<void> {
    if (action.kind === 'restart') {
      await this.store.close();
      this.store = await openStore(this.path, this.sealBounds);
    } else if (action.kind === 'maintain') {
      for (let i = 0; i < action.parts; i += 1) await this.store.maintain(this.nowMs);
    } else {
      const points = pointsAt(this.nowMs, action.samples, stepMs);
      this.model.add(points);
      await this.store.write(flushOf({ startMs: this.nowMs, points }));
      this.nowMs += action.steps * stepMs;
    }
  }

  /** A window whose ends lie on edges of the longest buckets, in the part that is kept. */
  window(fromEnd: number, length: number): TimeWindow {
    const endMs = Math.ceil(this.nowMs / coarsestMs) * coarsestMs + coarsestMs;
    const keptMs = Math.ceil((this.nowMs - keepMs) / coarsestMs) * coarsestMs;
    const sinceMs = Math.max(keptMs, endMs - fromEnd * coarsestMs);
    return { sinceMs, untilMs: Math.max(sinceMs, Math.min(endMs, sinceMs + length * coarsestMs)) };
  }

  async check(window: TimeWindow): Promise<void> {
    const expected = this.model.totals(window);
    for (const mostBuckets of [undefined, 0, 10, Number.POSITIVE_INFINITY]) {
      const detail = mostBuckets === undefined ? undefined : { alignMs: coarsestMs, mostBuckets };
      expect(await storedTotals(this.store, window, detail)).to.deep.equal(expected);
    }
  }

  async settle(): Promise<void> {
    await maintainAll(this.store, this.nowMs);
  }
}

describe('tiers', () => {
  it('add up to what was written, whatever the order of flushes, late points, roll-ups, blocks, expiry and restarts', async function () {
    this.timeout(60_000);
    const windows = fc.array(fc.tuple(fc.nat(12), fc.integer({ min: 1, max: 13 })), {
      minLength: 1,
      maxLength: 2,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { maxLength: 40 }),
        windows,
        sealBounds,
        async (actions, asked, bounds) => {
          const directory = makeTemporaryFolder();
          const path = directory.file('x.db');
          const run = new Run(path, await openStore(path, bounds), bounds);
          try {
            for (const one of actions) await run.act(one);
            for (const [fromEnd, length] of asked) await run.check(run.window(fromEnd, length));
            await run.settle();
            for (const [fromEnd, length] of asked) await run.check(run.window(fromEnd, length));
          } finally {
            await run.store.close();
            directory.remove();
          }
        },
      ),
      { numRuns: Number(process.env.GOODALL_TIER_RUNS ?? 60) },
    );
  });
});
