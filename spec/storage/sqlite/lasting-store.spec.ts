import {
  closeSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { expect } from 'chai';
import { DatabaseDamagedError, DatabaseHeldError, DatabaseOpenError } from '../../../lib/errors.js';
import { lineLogger } from '../../../lib/log.js';
import { LastingStore } from '../../../lib/storage/sqlite/lasting-store.js';
import { Owner } from '../../../lib/storage/sqlite/owner.js';
import { SqliteReader } from '../../../lib/storage/sqlite/reader.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import { counter, counterKey, flushOf, point, readAll, stepMs, t0 } from '../../contract/flushes.js';
import { temporaryFolder } from '../../support/temporary.js';

const flushNumber = (n: number, names = 1) =>
  flushOf({
    id: `flush-number-${n}`,
    startMs: t0 + n * stepMs,
    points: Array.from({ length: names }, (_, i) => point(counterKey(`c.${i}`), counter(n), t0 + n * stepMs)),
  });

/** The numbers of the flushes in a file, and that it is sound. */
async function flushesIn(path: string): Promise<number[]> {
  const owner = await Owner.open(path, 'read', 1000);
  expect(await owner.all('PRAGMA integrity_check')).to.deep.equal([{ integrity_check: 'ok' }]);
  await owner.close();
  const reader = await SqliteReader.open(path);
  const found = (await readAll(reader)).filter(({ name }) => name === 'c.0');
  await reader.close();
  return found.map(({ timeMs }) => (timeMs - t0) / stepMs).sort((a, b) => a - b);
}

/** Overwrites the pages of a table with noise. */
async function damage(path: string, table: string): Promise<void> {
  const owner = await Owner.open(path, 'create', 1000);
  await owner.all('PRAGMA wal_checkpoint(TRUNCATE)');
  const pages = await owner.all<{ page: number; bytes: number }>(
    'SELECT pageno AS page, pgsize AS bytes FROM dbstat WHERE name = ?',
    [table],
  );
  expect(pages).not.to.deep.equal([]);
  // Nobody must lose a lock by this: the file is written while a connection of this process is open on it.
  const file = openSync(path, 'r+');
  for (const { page, bytes } of pages)
    writeSync(file, Buffer.alloc(bytes, 0xa5), 0, bytes, (page - 1) * bytes);
  closeSync(file);
  // A write by another connection makes the server's forget the pages it has in memory.
  await owner.exclusive((session) => session.exec(`INSERT OR REPLACE INTO meta VALUES ('touched', 1)`));
  await owner.close();
}

describe('the store of a server', () => {
  const directory = temporaryFolder();
  let lines: string[];
  let store: LastingStore | undefined;
  const logger = lineLogger('info', (line) => lines.push(line), Date.now);
  const open = async (path: string, recover = false): Promise<LastingStore> => {
    store = await LastingStore.open(path, { logger, recover, busyTimeoutMs: 50 });
    return store;
  };
  const failure = (promise: Promise<unknown>): Promise<Error> =>
    promise.then(
      () => new Error('did not fail'),
      (error: Error) => error,
    );

  beforeEach(() => {
    lines = [];
  });
  afterEach(async () => {
    await store?.close();
    store = undefined;
  });

  it('is the only one on its file, which can be read beside it', async () => {
    const path = directory.file('x.db');
    const first = await open(path);
    await first.write(flushNumber(0));
    expect(await failure(LastingStore.open(path, { logger }))).to.be.instanceOf(DatabaseHeldError);
    expect(await flushesIn(path)).to.deep.equal([0]);
    await first.close();
    await (await open(path)).write(flushNumber(1));
    expect(await flushesIn(path)).to.deep.equal([0, 1]);
  });

  it('refuses a file that has another name too', async () => {
    const path = directory.file('x.db');
    await (await open(path)).close();
    linkSync(path, directory.file('y.db'));
    const error = await failure(open(directory.file('y.db')));
    expect(error).to.be.instanceOf(DatabaseOpenError);
    expect(error.message).to.contain('2 names (hard links)').and.contain('-inum');
  });

  it('goes on in a new file when the old one is moved, which is whole where it is then', async () => {
    const path = directory.file('x.db');
    const lasting = await open(path);
    for (const n of [0, 1]) await lasting.write(flushNumber(n));
    renameSync(path, directory.file('x.db.1'));
    for (const n of [2, 3]) await lasting.write(flushNumber(n));
    expect(await flushesIn(directory.file('x.db.1'))).to.deep.equal([0, 1]);
    expect(await flushesIn(path)).to.deep.equal([2, 3]);
    expect(lines.join('')).to.contain(`database ${path}: the file was moved, deleted or replaced`);
    expect(lasting.change).to.contain('was moved, deleted or replaced');
    renameSync(path, directory.file('x.db.2'));
    expect(await readAll(lasting.reader)).to.have.length(2);
    await lasting.checkWritable();
    expect(await readAll(lasting.reader)).to.deep.equal([]);
    await lasting.write(flushNumber(4));
    expect(await flushesIn(directory.file('x.db.2'))).to.deep.equal([2, 3]);
    expect(await flushesIn(path)).to.deep.equal([4]);
  });

  it('goes on in a new file when everything of the old one is deleted, and has it to itself', async () => {
    const path = directory.file('x.db');
    const lasting = await open(path);
    await lasting.announce(['udp 127.0.0.1:8125']);
    await lasting.write(flushNumber(0));
    for (const name of readdirSync(directory.path)) rmSync(directory.file(name));
    await lasting.write(flushNumber(1));
    expect(await flushesIn(path)).to.deep.equal([1]);
    const error = await failure(LastingStore.open(path, { logger }));
    expect(error).to.be.instanceOf(DatabaseHeldError);
    expect(error.message).to.contain('udp 127.0.0.1:8125');
  });

  it('goes on in the file that has taken the place of the old one, and adds nothing of that to it', async () => {
    const path = directory.file('x.db');
    const other = directory.file('other.db');
    const prepared = await SqliteStore.open(other);
    await prepared.write(flushNumber(7));
    await prepared.close();
    const lasting = await open(path);
    for (const n of [0, 1]) await lasting.write(flushNumber(n, 200));
    renameSync(other, path);
    await lasting.write(flushNumber(8));
    expect(await flushesIn(path)).to.deep.equal([7, 8]);
  });

  it('fails to write while its directory is away, and writes when it is back', async () => {
    mkdirSync(directory.file('disk'));
    const lasting = await open(directory.file('disk/x.db'));
    await lasting.write(flushNumber(0));
    renameSync(directory.file('disk'), directory.file('elsewhere'));
    const error = await failure(lasting.write(flushNumber(1)));
    expect(error.message).to.contain(`directory ${directory.file('disk')} does not exist`);
    expect(() => lasting.reader.events({ sinceMs: 0, untilMs: 1 })).to.throw(
      DatabaseOpenError,
      'is not open',
    );
    renameSync(directory.file('elsewhere'), directory.file('disk'));
    await lasting.write(flushNumber(1));
    expect(await flushesIn(directory.file('disk/x.db'))).to.deep.equal([0, 1]);
  });

  it('writes each flush once though it is offered again to the same file', async () => {
    const lasting = await open(directory.file('x.db'));
    for (let times = 0; times < 3; times += 1) await lasting.write(flushNumber(5));
    const [found] = await readAll(lasting.reader);
    expect(found?.partial).to.deep.equal(counter(5));
  });

  it('meets damage as it writes: says so, keeps nothing, and goes on once the file is moved away', async () => {
    const path = directory.file('x.db');
    const lasting = await open(path);
    for (const n of [0, 1]) await lasting.write(flushNumber(n, 500));
    await damage(path, 'series_key');
    const error = await failure(lasting.write(flushNumber(2, 600)));
    expect(error.message).to.contain('it is damaged').and.contain('move the file away');
    expect(lasting.damage).to.contain('it is damaged');
    for (const suffix of ['', '-wal', '-shm']) renameSync(path + suffix, directory.file(`bad.db${suffix}`));
    await lasting.write(flushNumber(2, 600));
    expect(lasting.damage).to.equal(undefined);
    expect(await flushesIn(path)).to.deep.equal([2]);
  });

  it('moves a file aside by itself when it was told to recover', async () => {
    const path = directory.file('x.db');
    const lasting = await open(path, true);
    for (const n of [0, 1]) await lasting.write(flushNumber(n, 500));
    await damage(path, 'series_key');
    await lasting.write(flushNumber(2, 600));
    expect(await flushesIn(path)).to.deep.equal([2]);
    expect(lasting.change).to.match(/it was damaged, and was moved to .*x\.db\.damaged-\d{8}T\d{6}Z/);
    expect(lasting.damage).to.equal(undefined);
    expect(readdirSync(directory.path).filter((name) => name.includes('.damaged-'))).not.to.deep.equal([]);
  });
});

describe('a damaged database, at the start of a server', () => {
  const directory = temporaryFolder();
  const lines: string[] = [];
  const logger = lineLogger('info', (line) => lines.push(line), Date.now);

  const kinds: Readonly<Record<string, { found: boolean; damage: (path: string) => void | Promise<void> }>> =
    {
      'a header that is noise': {
        found: true,
        damage: (path) => writeFileSync(path, Buffer.alloc(100, 0xa5), { flag: 'r+' }),
      },
      'nothing but zeros': {
        found: true,
        damage: (path) => writeFileSync(path, Buffer.alloc(statSync(path).size)),
      },
      'a file cut short': {
        found: true,
        damage: (path) => truncateSync(path, Math.floor(statSync(path).size / 8192) * 4096 + 100),
      },
      'a first page that is noise after its header': {
        found: true,
        damage: (path) => {
          const file = openSync(path, 'r+');
          writeSync(file, Buffer.alloc(3996, 0xa5), 0, 3996, 100);
          closeSync(file);
        },
      },
      'pages in the middle that are noise': { found: false, damage: (path) => damage(path, 'counter_point') },
    };

  for (const [kind, { found, damage: inflict }] of Object.entries(kinds)) {
    it(`with ${kind} is refused, and moved aside if that is asked for`, async () => {
      const path = directory.file('x.db');
      const filled = await SqliteStore.open(path);
      for (let n = 0; n < 20; n += 1) await filled.write(flushNumber(n, 200));
      await filled.close();
      await inflict(path);
      const before = readFileSync(path);
      const plain = await LastingStore.open(path, { logger, busyTimeoutMs: 50 }).catch(
        (error: Error) => error,
      );
      if (found) {
        expect(plain).to.be.instanceOf(DatabaseDamagedError);
        expect((plain as Error).message)
          .to.contain('--db-recover')
          .and.contain(path);
        expect(readFileSync(path).equals(before)).to.equal(true);
      } else {
        // What lies unread is found when it is read.
        expect(plain).to.be.instanceOf(LastingStore);
        await (plain as LastingStore).close();
      }
      copyFileSync(path, directory.file('copy'));
      const store = await LastingStore.open(path, { logger, recover: true, busyTimeoutMs: 50 });
      await store.write(flushNumber(99));
      await store.close();
      expect(await flushesIn(path)).to.deep.equal([99]);
      const [aside] = readdirSync(directory.path).filter((name) => /\.damaged-\d{8}T\d{6}Z$/.test(name));
      expect(readFileSync(directory.file(aside!)).equals(readFileSync(directory.file('copy')))).to.equal(
        true,
      );
      expect(lines.at(-1)).to.contain(`it was damaged, and was moved to ${directory.file(aside!)}`);
    });
  }

  it("is not moved aside when it is sound, or another program's", async () => {
    const path = directory.file('x.db');
    for (const n of [0, 1]) {
      const store = await LastingStore.open(path, { logger, recover: true });
      await store.write(flushNumber(n));
      await store.close();
    }
    expect(await flushesIn(path)).to.deep.equal([0, 1]);
    const other = directory.file('other.db');
    const owner = await Owner.open(other, 'create', 100);
    await owner.exclusive((session) => session.exec('CREATE TABLE t (x)'));
    await owner.close();
    const error = await LastingStore.open(other, { logger, recover: true }).catch((thrown: Error) => thrown);
    expect((error as Error).message).to.contain('it belongs to another program');
    expect(existsSync(other)).to.equal(true);
  });

  it('takes its log along, which SQLite finds by the name', async () => {
    const path = directory.file('x.db');
    const filled = await SqliteStore.open(path);
    await filled.write(flushNumber(0));
    for (const suffix of ['', '-wal']) copyFileSync(path + suffix, directory.file(`y.db${suffix}`));
    await filled.close();
    const wal = readFileSync(directory.file('y.db-wal'));
    writeFileSync(directory.file('y.db'), Buffer.alloc(100, 0xa5), { flag: 'r+' });
    const store = await LastingStore.open(directory.file('y.db'), { logger, recover: true });
    await store.close();
    const [aside] = readdirSync(directory.path).filter((name) => /y\.db\.damaged-.*Z-wal$/.test(name));
    expect(readFileSync(directory.file(aside!)).equals(wal)).to.equal(true);
  });
});
