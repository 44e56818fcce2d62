import { expect } from 'chai';
import fc from 'fast-check';
import { exportDatabase } from '../../../lib/storage/sqlite/export.js';
import { importDatabase } from '../../../lib/storage/sqlite/import.js';
import { Owner } from '../../../lib/storage/sqlite/owner.js';
import { applicationId, migrations } from '../../../lib/storage/sqlite/schema.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import type { TimeWindow } from '../../../lib/storage/store.js';
import { always, flushOf, noIngest, t0 } from '../../contract/flushes.js';
import { makeTemporaryFolder, temporaryFolder } from '../../support/temporary.js';
import { joined } from '../ingest-model.js';
import { maintainAll, retentionOf } from '../tier-model.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const flushMs = 10 * minuteMs;
/** The second tier begins within an hour, and has buckets that are longer than one. */
const retention = retentionOf('10m:3h,30m:10h,2h:2d');
const alignments = [minuteMs, flushMs, hourMs, 24 * hourMs, Number.POSITIVE_INFINITY];

const open = (path: string): Promise<SqliteStore> => SqliteStore.open(path, { retention });

/** A flush with all counts different from another's, and exact in any sum. */
function flushAt(startMs: number, seed: number, parts: { source?: string; lengthMs?: number } = {}) {
  const { source = 'a', lengthMs = flushMs } = parts;
  return flushOf({
    source,
    startMs,
    heard: { sinceMs: startMs, untilMs: startMs + lengthMs },
    ingest: {
      datagrams: 10 + seed,
      bytes: 1000 + seed,
      lines: 20 + seed,
      badLines: seed % 3 === 0 ? { BadValue: 1 + seed, ...(seed % 2 === 0 && { BadName: 2 }) } : {},
      unknownFields: seed % 4,
      datagramsDropped: seed % 5 === 0 ? undefined : seed % 2,
      samplesOverflowed: seed % 7,
      seriesLive: 5 + (seed % 11),
      seriesRefused: seed % 6,
      flushDurationMs: seed / 4,
    },
  });
}

interface Hour {
  readonly hour: number;
  readonly whole: number | null;
  readonly flushes: number | null;
}

async function withOwner<T>(path: string, work: (owner: Owner) => Promise<T>): Promise<T> {
  const owner = await Owner.open(path, 'create', 2000);
  return work(owner).finally(() => owner.close());
}

const hoursOf = (path: string): Promise<Hour[]> =>
  withOwner(path, (owner) =>
    owner.all<Hour>(
      `SELECT (hour_ms - ${t0}) / ${hourMs} AS hour, whole, flushes FROM flush_hour ORDER BY hour_ms`,
    ),
  );

const change = (path: string, sql: string): Promise<void> =>
  withOwner(path, (owner) => owner.exclusive((session) => session.exec(sql)));

/** That all windows are answered as they are from single flushes, with the hours that are added up and without. */
async function expectRightAnswers(
  store: SqliteStore,
  path: string,
  windows: readonly TimeWindow[],
): Promise<void> {
  const ask = () =>
    Promise.all(windows.flatMap((window) => alignments.map((alignMs) => store.ingest(window, alignMs))));
  const expected = [];
  for (const window of windows) {
    const flushes = await store.ingest(window);
    for (const alignMs of alignments) expected.push(joined(flushes, alignMs).map(withoutCount));
  }
  expect((await ask()).map((found) => found.map(withoutCount))).to.deep.equal(expected);
  const answers = await ask();
  await change(path, 'UPDATE flush_hour SET whole = NULL');
  expect(await ask()).to.deep.equal(answers);
}

/** A flush that is told alone may say that it is one. */
const withoutCount = <T extends { flushes?: number }>({ flushes = 1, ...rest }: T) => ({ ...rest, flushes });

describe('the hours of flushes', () => {
  const directory = temporaryFolder();
  let path: string;
  let store: SqliteStore;

  beforeEach(async () => {
    path = directory.file('x.db');
    store = await open(path);
  });

  afterEach(() => store.close());

  async function writeHours(from: number, hours: number): Promise<void> {
    for (let i = from * 6; i < (from + hours) * 6; i += 1) {
      await store.write(flushAt(t0 + i * flushMs, i));
    }
  }

  it('are added up when they are past, but for those that a tier is letting go of', async () => {
    await writeHours(0, 6);
    await store.write(flushAt(t0 + 6 * hourMs, 36));
    await maintainAll(store, t0 + 6 * hourMs + 3 * flushMs);
    // Three hours ago the first tier ends; before, flushes are joined within half an hour.
    expect(await hoursOf(path)).to.deep.equal([
      { hour: 0, whole: 1, flushes: 2 },
      { hour: 1, whole: 1, flushes: 2 },
      { hour: 2, whole: 1, flushes: 2 },
      { hour: 3, whole: null, flushes: null },
      { hour: 4, whole: 1, flushes: 6 },
      { hour: 5, whole: 1, flushes: 6 },
      { hour: 6, whole: null, flushes: null },
    ]);
  });

  it('are read where the window has all of them, and joined as they are', async () => {
    await writeHours(0, 3);
    await maintainAll(store, t0 + 3 * hourMs + 2 * flushMs);
    await change(path, 'UPDATE flush_hour SET lines = -1');
    const linesOf = async (window: TimeWindow, alignMs: number): Promise<number[]> =>
      (await store.ingest(window, alignMs)).map(({ lines }) => lines);
    for (const alignMs of [hourMs, 24 * hourMs, Number.POSITIVE_INFINITY]) {
      expect(await linesOf(always, alignMs)).to.deep.equal([-1, -1, -1]);
      const [first, second, third] = await linesOf(
        { sinceMs: t0 + 1, untilMs: t0 + 3 * hourMs - 1 },
        alignMs,
      );
      expect(first).to.be.above(0);
      expect(second).to.equal(-1);
      expect(third).to.be.above(0);
    }
    expect(Math.min(...(await linesOf(always, flushMs)))).to.be.above(0);
  });

  it('are added up anew when one of their flushes comes late, is changed or deleted', async () => {
    await writeHours(0, 3);
    const nowMs = t0 + 3 * hourMs + 2 * flushMs;
    await maintainAll(store, nowMs);
    const wholes = async (): Promise<unknown> => (await hoursOf(path)).map(({ whole }) => whole);
    expect(await wholes()).to.deep.equal([1, 1, 1]);
    const id = flushAt(t0 + hourMs + 1, 1);
    await store.write(id);
    expect(await wholes()).to.deep.equal([1, null, 1]);
    await maintainAll(store, nowMs);
    expect(await wholes()).to.deep.equal([1, 0, 1]);
    await store.write(id);
    expect(await wholes(), 'a flush that is known').to.deep.equal([1, 0, 1]);
    await change(path, `DELETE FROM flush WHERE start_ms = ${t0 + hourMs + 1}`);
    expect(await wholes()).to.deep.equal([1, null, 1]);
    await maintainAll(store, nowMs);
    expect(await wholes()).to.deep.equal([1, 1, 1]);
    await change(path, `UPDATE flush SET start_ms = start_ms + ${hourMs} WHERE start_ms = ${t0}`);
    expect(await wholes()).to.deep.equal([null, null, 1]);
    await change(path, `DELETE FROM flush WHERE start_ms < ${t0 + hourMs}`);
    await maintainAll(store, nowMs);
    expect((await hoursOf(path)).map(({ hour, whole }) => [hour, whole])).to.deep.equal([
      [1, 0],
      [2, 1],
    ]);
    await expectRightAnswers(store, path, [always]);
  });

  it('are not told as one where a flush is missing, even if another is there twice, or two servers wrote', async () => {
    await writeHours(0, 4);
    await store.write(flushAt(t0 + 2 * hourMs + 2 * flushMs, 2, { source: 'b', lengthMs: minuteMs }));
    await store.write(flushAt(t0 + 3 * hourMs + 2 * flushMs, 2));
    for (const missing of [3, 21]) {
      await change(path, `DELETE FROM flush WHERE start_ms = ${t0 + missing * flushMs}`);
    }
    await maintainAll(store, t0 + 4 * hourMs + 2 * flushMs);
    expect((await hoursOf(path)).map(({ whole }) => whole)).to.deep.equal([0, 1, 0, 0]);
    await expectRightAnswers(store, path, [always]);
  });

  it('go with their flushes', async () => {
    await writeHours(0, 3);
    await maintainAll(store, t0 + 60 * hourMs);
    expect(await hoursOf(path)).to.deep.equal([]);
  });

  it('are added up again after an import', async () => {
    await writeHours(0, 4);
    const nowMs = t0 + 4 * hourMs + 2 * flushMs;
    await maintainAll(store, nowMs);
    const expected = await hoursOf(path);
    const lines: string[] = [];
    await exportDatabase(path, (line) => void lines.push(line));
    const copy = directory.file('copy.db');
    await importDatabase(
      copy,
      (async function* () {
        yield* lines;
      })(),
    );
    expect(expected.some(({ whole }) => whole === 1)).to.equal(true);
    expect(await hoursOf(copy)).to.deep.equal(
      expected.map(({ hour }) => ({ hour, whole: null, flushes: null })),
    );
    const imported = await open(copy);
    await maintainAll(imported, nowMs);
    await imported.close();
    expect(await hoursOf(copy)).to.deep.equal(expected);
  });

  it('are added up for a database of version 4', async () => {
    const old = directory.file('old.db');
    await withOwner(old, (owner) =>
      owner.exclusive(async (session) => {
        await session.exec(`PRAGMA auto_vacuum = INCREMENTAL; ${migrations.slice(0, 4).join('')}
          PRAGMA user_version = 4; PRAGMA application_id = ${applicationId};`);
        for (let i = 0; i < 24; i += 1) {
          const { datagrams, ...others } = noIngest;
          await session.run(
            `INSERT INTO flush (flush_id, source, start_ms, interval_ms, datagrams, bytes, lines, bad_lines, unknown_fields,
              datagrams_dropped, samples_overflowed, series_live, series_refused, flush_duration_ms)
              VALUES (?, 'a', ?, ?, ?, 0, 0, '{}', 0, NULL, 0, 0, 0, 0)`,
            [`f${i}`, t0 + i * flushMs, flushMs, datagrams + i + others.bytes],
          );
        }
      }),
    );
    const migrated = await open(old);
    expect((await hoursOf(old)).map(({ hour, whole }) => [hour, whole])).to.deep.equal(
      [0, 1, 2, 3].map((hour) => [hour, null]),
    );
    await maintainAll(migrated, t0 + 4 * hourMs + 2 * flushMs);
    expect((await hoursOf(old)).filter(({ whole }) => whole === 1)).to.have.length.above(2);
    await expectRightAnswers(migrated, old, [always]);
    await migrated.close();
  });
});

interface Action {
  readonly kind: 'write' | 'late' | 'gap' | 'maintain' | 'delete';
  readonly count: number;
  readonly source: string;
  readonly lengthMs: number;
}

const action: fc.Arbitrary<Action> = fc.record({
  kind: fc.constantFrom('write', 'write', 'write', 'late', 'gap', 'maintain', 'maintain', 'delete'),
  count: fc.integer({ min: 1, max: 24 }),
  source: fc.constantFrom('a', 'a', 'a', 'b'),
  lengthMs: fc.constantFrom(flushMs, flushMs, flushMs, 7 * minuteMs, 25 * minuteMs),
});

/** A server whose flushes come one after the other, but for what goes wrong. */
class History {
  private nowMs = t0;
  private flushes = 0;

  constructor(
    private readonly path: string,
    readonly store: SqliteStore,
  ) {}

  async act({ kind, count, source, lengthMs }: Action): Promise<void> {
    switch (kind) {
      case 'write':
        for (let i = 0; i < count; i += 1) await this.write(source, lengthMs);
        return;
      case 'late':
        return this.store.write(flushAt(this.nowMs - count * flushMs, ++this.flushes, { source, lengthMs }));
      case 'gap':
        this.nowMs += count * minuteMs;
        return;
      case 'maintain':
        for (let i = 0; i < count; i += 1) await this.store.maintain(this.nowMs);
        return;
      case 'delete':
        return change(this.path, `DELETE FROM flush WHERE id % 24 = ${count}`);
    }
  }

  window(fromEnd: number, length: number): TimeWindow {
    const sinceMs = this.nowMs - fromEnd * 7 * minuteMs;
    return { sinceMs, untilMs: sinceMs + length * 7 * minuteMs };
  }

  settle(): Promise<void> {
    return maintainAll(this.store, this.nowMs);
  }

  private async write(source: string, lengthMs: number): Promise<void> {
    await this.store.write(flushAt(this.nowMs, ++this.flushes, { source, lengthMs }));
    this.nowMs += lengthMs;
  }
}

describe('what was received over a window', () => {
  it('is the same with hours that are added up as without, whatever was written, late, joined, missing or deleted', async function () {
    this.timeout(60_000);
    const windows = fc.array(fc.tuple(fc.nat(200), fc.integer({ min: 1, max: 200 })), {
      minLength: 1,
      maxLength: 3,
    });
    let wholes = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 20 }), windows, async (actions, asked) => {
        const directory = makeTemporaryFolder();
        const path = directory.file('x.db');
        const history = new History(path, await open(path));
        try {
          for (const one of actions) await history.act(one);
          const parts = asked.map(([fromEnd, length]) => history.window(fromEnd, length));
          wholes += (await hoursOf(path)).filter(({ whole }) => whole === 1).length;
          await expectRightAnswers(history.store, path, [always, ...parts]);
          await history.settle();
          wholes += (await hoursOf(path)).filter(({ whole }) => whole === 1).length;
          await expectRightAnswers(history.store, path, [always, ...parts]);
        } finally {
          await history.store.close();
          directory.remove();
        }
      }),
      { numRuns: Number(process.env.GOODALL_HOUR_RUNS ?? 30) },
    );
    expect(wholes).to.be.above(0);
  });
});
