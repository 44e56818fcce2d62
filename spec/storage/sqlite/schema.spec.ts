import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { DatabaseSchemaError } from '../../../lib/errors.js';
import { Owner } from '../../../lib/storage/sqlite/owner.js';
import { SqliteReader } from '../../../lib/storage/sqlite/reader.js';
import { applicationId, migrate, migrations } from '../../../lib/storage/sqlite/schema.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import { counter, counterKey, flushOf, point, readAll } from '../../contract/flushes.js';
import { temporaryFolder } from '../../support/temporary.js';

describe('a new database', () => {
  const directory = temporaryFolder();

  it('says whose it is and of which version, in its header from the start', async () => {
    const path = directory.file('x.db');
    const store = await SqliteStore.open(path);
    const header = readFileSync(path).subarray(0, 100);
    await store.close();
    expect(header.readUInt32BE(68)).to.equal(applicationId);
    expect(header.readUInt32BE(60)).to.equal(migrations.length);
  });

  it('writes ahead, and can give single pages back', async () => {
    const path = directory.file('x.db');
    const store = await SqliteStore.open(path);
    await store.close();
    const owner = await Owner.open(path, 'read', 100);
    expect(await owner.all('PRAGMA journal_mode')).to.deep.equal([{ journal_mode: 'wal' }]);
    expect(await owner.all('PRAGMA auto_vacuum')).to.deep.equal([{ auto_vacuum: 2 }]);
    await owner.close();
  });

  it('is one file once it is closed', async () => {
    const store = await SqliteStore.open(directory.file('x.db'));
    await store.write(flushOf({ points: [point(counterKey('c'), counter(1))] }));
    await store.close();
    expect(readdirSync(directory.path)).to.deep.equal(['x.db']);
  });

  it('lies where a symbolic link points to, its log beside it', async () => {
    mkdirSync(directory.file('target'));
    const path = directory.file('target/x.db');
    await (await SqliteStore.open(path)).close();
    symlinkSync(path, directory.file('link'));
    const store = await SqliteStore.open(directory.file('link'));
    await store.write(flushOf({}));
    expect(readdirSync(directory.file('target'))).to.have.members(['x.db', 'x.db-shm', 'x.db-wal']);
    await store.close();
    expect(readdirSync(directory.path)).to.have.members(['link', 'target']);
  });

  it('can be made from an empty file, and under a name that means something to SQLite', async () => {
    const before = process.cwd();
    writeFileSync(directory.file('empty'), '');
    await (await SqliteStore.open(directory.file('empty'))).close();
    try {
      process.chdir(directory.path);
      for (const name of [':memory:', 'file:a?mode=memory', 'a#b%20.db']) {
        await (await SqliteStore.open(name)).close();
        expect(readdirSync('.')).to.include(name);
      }
    } finally {
      process.chdir(before);
    }
  });
});

describe('the migration of a database', () => {
  const directory = temporaryFolder();
  const next = [...migrations, 'ALTER TABLE series_key ADD COLUMN unit TEXT; CREATE TABLE more (x);'];
  let path: string;
  let owner: Owner;

  beforeEach(async () => {
    path = directory.file('x.db');
    const store = await SqliteStore.open(path);
    await store.write(flushOf({ points: [point(counterKey('c'), counter(5))] }));
    await store.close();
    owner = await Owner.open(path, 'create', 100);
  });

  afterEach(() => owner.close());

  const version = async (): Promise<unknown> =>
    (await owner.all<{ user_version: number }>('PRAGMA user_version'))[0]?.user_version;

  it('does the steps that are missing and keeps what is stored', async () => {
    await owner.transaction((session) => migrate(session, path, next));
    expect(await version()).to.equal(next.length);
    expect(await owner.all('SELECT name, unit FROM series_key')).to.deep.equal([{ name: 'c', unit: null }]);
    await owner.transaction((session) => migrate(session, path, next));
    expect(await version()).to.equal(next.length);
  });

  it('leaves the old version whole when a step fails', async () => {
    const failing = [...next, 'CREATE TABLE other (x); CREATE TABLE other (x);'];
    const error = await owner
      .transaction((session) => migrate(session, path, failing))
      .catch((thrown: Error) => thrown.message);
    expect(error).to.contain('other');
    expect(await version()).to.equal(migrations.length);
    const [tables] = await owner.all<{ n: number }>(
      `SELECT count(*) AS n FROM sqlite_schema WHERE name = 'more'`,
    );
    expect(tables).to.deep.equal({ n: 0 });
  });

  it('refuses a database of a newer version and leaves it as it is', async () => {
    await owner.transaction((session) => migrate(session, path, next));
    const before = readFileSync(path);
    for (const open of [() => SqliteStore.open(path), () => SqliteReader.open(path)]) {
      const error = await open().then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).to.be.instanceOf(DatabaseSchemaError);
      expect((error as Error).message)
        .to.contain(path)
        .and.contain('newer')
        .and.contain('--db');
    }
    expect(readFileSync(path).equals(before)).to.equal(true);
  });

  it('reads back what an older program wrote', async () => {
    const store = await SqliteStore.open(path);
    expect((await readAll(store)).map(({ partial }) => partial)).to.deep.equal([counter(5)]);
    await store.close();
  });
});
