import { rmSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { DatabaseWriteError } from '../../../lib/errors.js';
import type { Flush } from '../../../lib/flush/flush.js';
import { Owner } from '../../../lib/storage/sqlite/owner.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import { always, counter, counterKey, flushOf, point, readAll, stepMs, t0 } from '../../contract/flushes.js';
import { temporaryFolder } from '../../support/temporary.js';
import { useMount } from '../mounts.js';

/** Flush number n: series that are there every time, and some that are new. */
function flushNumber(n: number, names = 50): Flush {
  const timeMs = t0 + n * stepMs;
  const old = Array.from({ length: names }, (_, i) => counterKey(`steady.${i}`, `i:${i}`));
  const young = Array.from({ length: names }, (_, i) => counterKey(`new.${n}.${i}`, `n:${n}`));
  const points = [...old, ...young].map((key, i) => point(key, counter(n + i / 8), timeMs));
  return flushOf({ startMs: timeMs, points });
}

async function failure(write: Promise<void>): Promise<string> {
  const error = await write.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(DatabaseWriteError);
  return (error as Error).message;
}

async function expectExactly(store: SqliteStore, flushes: readonly Flush[]): Promise<void> {
  const place = (name: string, timeMs: number) => `${name} ${timeMs}`;
  const found = new Map((await readAll(store)).map((p) => [place(p.name, p.timeMs), p.partial]));
  const points = flushes.flatMap((flush) => [...flush.points]);
  expect(found).to.deep.equal(new Map(points.map((p) => [place(p.series.name, p.timeMs), p.partial])));
  expect(await store.ingest(always)).to.have.lengthOf(flushes.length);
}

describe('a lock that another process holds', () => {
  const directory = temporaryFolder();

  it('fails a write, which is whole when it is tried again', async () => {
    const path = directory.file('x.db');
    const store = await SqliteStore.open(path, { busyTimeoutMs: 50 });
    const flushes = [flushNumber(0), flushNumber(1), flushNumber(2)];
    await store.write(flushes[0]!);
    const other = await Owner.open(path, 'create', 50);
    await other.exclusive((session) => session.exec('BEGIN IMMEDIATE'));
    expect(await failure(store.write(flushes[1]!)))
      .to.contain(path)
      .and.contain('another process has it locked');
    expect(await failure(store.checkWritable())).to.contain('another process has it locked');
    await expectExactly(store, flushes.slice(0, 1));
    await other.exclusive((session) => session.exec('ROLLBACK'));
    for (const flush of flushes.slice(1)) await store.write(flush);
    await store.checkWritable();
    await expectExactly(store, flushes);
    await other.close();
    await store.close();
  });
});

describe('a disk that gives trouble', () => {
  const mount = useMount(3_000_000);
  let store: SqliteStore;

  beforeEach(async () => {
    store = await SqliteStore.open(mount.file('x.db'));
  });

  it('keeps nothing of a flush for which the disk is too full, and takes it when there is room', async () => {
    const ballast = mount.file('ballast');
    writeFileSync(ballast, Buffer.alloc(2_000_000));
    const written: Flush[] = [];
    let refused: Flush | undefined;
    let message = '';
    for (let n = 0; refused === undefined && n < 100; n += 1) {
      const flush = flushNumber(n, 300);
      await store.write(flush).then(
        () => written.push(flush),
        async (error: unknown) => {
          refused = flush;
          message = await failure(Promise.reject(error));
        },
      );
    }
    expect(written.length).to.be.greaterThan(0);
    expect(message).to.contain('the disk is full').and.contain('free some space');
    await expectExactly(store, written);
    expect(await failure(store.write(refused!))).to.contain('cannot write to database');
    rmSync(ballast);
    const last = flushNumber(101);
    await store.write(refused!);
    await store.write(last);
    await store.checkWritable();
    await expectExactly(store, [...written, refused!, last]);
    await store.close();
    const owner = await Owner.open(mount.file('x.db'), 'read', 50);
    expect(await owner.all('PRAGMA integrity_check')).to.deep.equal([{ integrity_check: 'ok' }]);
    await owner.close();
  });
});
