import { existsSync, readFileSync, statSync } from 'node:fs';
import { expect } from 'chai';
import { Owner } from '../../../lib/storage/sqlite/owner.js';
import { SqliteReader } from '../../../lib/storage/sqlite/reader.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import { always, counter, counterKey, flushOf, point, stepMs, t0 } from '../../contract/flushes.js';
import { temporaryFolder } from '../../support/temporary.js';

describe('a reader', () => {
  const directory = temporaryFolder();

  it('holds no more than 2,000 points at once, for few series and for all', async () => {
    const path = directory.file('x.db');
    const store = await SqliteStore.open(path);
    const keys = Array.from({ length: 150 }, (_, i) => counterKey(`c${i}`));
    for (let b = 0; b < 70; b += 1) {
      const timeMs = t0 + b * stepMs;
      await store.write(
        flushOf({ startMs: timeMs, points: keys.map((key) => point(key, counter(b), timeMs)) }),
      );
    }
    await store.close();
    const reader = await SqliteReader.open(path);
    const series = await reader.series({});
    for (const asked of [series.slice(0, 35), series.slice(0, 100), series]) {
      const sizes: number[] = [];
      for await (const batch of reader.points(asked, always)) sizes.push(batch.length);
      expect(Math.max(...sizes)).to.be.at.most(2000);
      expect(sizes.reduce((sum, size) => sum + size)).to.equal(70 * asked.length);
    }
    await reader.close();
  });

  it('lets the log be started over while a stream is left waiting', async () => {
    const path = directory.file('x.db');
    const store = await SqliteStore.open(path);
    const keys = Array.from({ length: 1500 }, (_, i) => counterKey(`c${i}`));
    for (let b = 0; b < 3; b += 1) {
      const timeMs = t0 + b * stepMs;
      await store.write(
        flushOf({ startMs: timeMs, points: keys.map((key) => point(key, counter(b), timeMs)) }),
      );
    }
    const reader = await SqliteReader.open(path);
    const stream = reader.points(await reader.series({}), always)[Symbol.asyncIterator]();
    expect((await stream.next()).done).to.equal(false);
    const writer = await Owner.open(path, 'create', 0);
    const [checkpoint] = await writer.all<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)');
    expect(checkpoint?.busy).to.equal(0);
    await writer.close();
    let rest = 0;
    for (let next = await stream.next(); !next.done; next = await stream.next()) rest += next.value.length;
    expect(rest).to.equal(4500 - 2000);
    await reader.close();
    await store.close();
  });

  it('leaves the writer beside it its lock, without which other programs take the log away', async function () {
    // The shell of SQLite 3.40 removes the log when it leaves a database that nobody else seems to have open.
    if (!existsSync('/proc/locks')) this.skip();
    const path = directory.file('x.db');
    const store = await SqliteStore.open(path);
    const file = `${process.pid} [0-9a-f:]+:${statSync(path).ino} `;
    const locks = () => readFileSync('/proc/locks', 'utf8').match(new RegExp(`POSIX .*${file}.*`, 'g'));
    expect(locks()).to.have.lengthOf(1);
    const reader = await SqliteReader.open(path);
    expect(locks()).to.have.lengthOf(1);
    await store.write(flushOf({ points: [point(counterKey('c'), counter(1))] }));
    await reader.close();
    expect(locks()).to.have.lengthOf(1);
    await store.close();
    expect(locks()).to.equal(null);
  });
});
