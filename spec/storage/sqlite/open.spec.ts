import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ExitCode, GoodallError } from '../../../lib/errors.js';
import { Owner } from '../../../lib/storage/sqlite/owner.js';
import { SqliteReader } from '../../../lib/storage/sqlite/reader.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import { always, counter, counterKey, flushOf, point, readAll } from '../../contract/flushes.js';
import { temporaryFolder } from '../../support/temporary.js';
import { useMount } from '../mounts.js';

/** What an opening that must fail says; closes what it should not have opened. */
async function refusal(opening: Promise<{ close(): Promise<void> }>): Promise<GoodallError> {
  const opened = await opening.then(
    async (store) => {
      await store.close();
      return undefined;
    },
    (error: unknown) => error,
  );
  expect(opened).to.be.instanceOf(GoodallError);
  const error = opened as GoodallError;
  expect(error.message).not.to.contain('\n');
  return error;
}

async function fill(path: string): Promise<void> {
  const store = await SqliteStore.open(path);
  await store.write(flushOf({ points: [point(counterKey('c'), counter(1))] }));
  await store.close();
}

/** Names and contents of a directory's files. */
const snapshot = (path: string): object =>
  Object.fromEntries(
    readdirSync(path).map((name) => [name, readFileSync(join(path, name)).toString('base64')]),
  );

describe('opening a database for a server', () => {
  const directory = temporaryFolder();
  const open = (path: string) => SqliteStore.open(path, { busyTimeoutMs: 50 });

  it('says that the directory is missing', async () => {
    const path = directory.file('no/such/x.db');
    const { exitCode, message } = await refusal(open(path));
    expect(exitCode).to.equal(ExitCode.DatabaseOpen);
    expect(message).to.equal(
      `cannot open database ${path}: directory ${directory.file('no/such')} does not exist; create it or choose another file with --db`,
    );
  });

  it('says that the directory is a file, or the file a directory', async () => {
    writeFileSync(directory.file('file'), '');
    mkdirSync(directory.file('directory'));
    const first = await refusal(open(directory.file('file/x.db')));
    expect(first.exitCode).to.equal(ExitCode.DatabaseOpen);
    expect(first.message).to.contain(`${directory.file('file')} is not a directory`);
    const second = await refusal(open(directory.file('directory')));
    expect(second.exitCode).to.equal(ExitCode.DatabaseOpen);
    expect(second.message).to.contain('it is not a file');
  });

  it('refuses what is no database, and leaves it as it was', async () => {
    writeFileSync(directory.file('short'), 'SQLite');
    writeFileSync(directory.file('text'), 'a text that is long enough to hold a header. '.repeat(10));
    const before = snapshot(directory.path);
    for (const name of ['short', 'text']) {
      const { exitCode, message } = await refusal(open(directory.file(name)));
      expect(exitCode).to.equal(ExitCode.DatabaseOpen);
      expect(message).to.contain('it is not a SQLite database').and.contain('--db');
    }
    expect(snapshot(directory.path)).to.deep.equal(before);
  });

  it('refuses the database of another program, and leaves it as it was', async () => {
    for (const [name, sql] of [
      ['plain', 'CREATE TABLE t (x)'],
      ['marked', 'PRAGMA application_id = 77; CREATE TABLE flush (x)'],
      ['wal', 'PRAGMA journal_mode = WAL; CREATE TABLE series_key (x)'],
    ] as const) {
      const owner = await Owner.open(directory.file(name), 'create', 100);
      await owner.exclusive((session) => session.exec(sql));
      await owner.close();
    }
    const before = snapshot(directory.path);
    for (const name of ['plain', 'marked', 'wal']) {
      const { exitCode, message } = await refusal(open(directory.file(name)));
      expect(exitCode).to.equal(ExitCode.DatabaseOpen);
      expect(message).to.contain('it belongs to another program').and.contain('--db');
    }
    expect(snapshot(directory.path)).to.deep.equal(before);
  });

  it('refuses a database of ours whose tables are missing', async () => {
    const path = directory.file('x.db');
    await fill(path);
    const owner = await Owner.open(path, 'create', 100);
    await owner.exclusive((session) => session.exec('DROP TABLE counter_point'));
    await owner.close();
    const { exitCode, message } = await refusal(open(path));
    expect(exitCode).to.equal(ExitCode.DatabaseOpen);
    expect(message).to.contain('tables of Goodall are missing');
  });

  it('says that the database is damaged', async () => {
    const path = directory.file('x.db');
    await fill(path);
    writeFileSync(path, Buffer.alloc(4000, 0xa5), { flag: 'r+' });
    const header = Buffer.from('SQLite format 3\0');
    writeFileSync(path, header, { flag: 'r+' });
    const first = await refusal(open(path));
    expect(first.exitCode).to.equal(ExitCode.DatabaseOpen);
    await fill(directory.file('y.db'));
    truncateSync(directory.file('y.db'), 9000);
    const second = await refusal(open(directory.file('y.db')));
    expect(second.exitCode).to.equal(ExitCode.DatabaseOpen);
    expect(second.message).to.contain('it is damaged').and.contain('restore a copy');
  });

  it('says that another process has the database locked', async () => {
    const path = directory.file('x.db');
    await fill(path);
    const other = await Owner.open(path, 'create', 100);
    await other.exclusive((session) => session.exec('BEGIN IMMEDIATE'));
    const { exitCode, message } = await refusal(open(path));
    await other.close();
    expect(exitCode).to.equal(ExitCode.DatabaseOpen);
    expect(message).to.contain('another process has it locked').and.contain('stop that process');
    await (await open(path)).close();
  });
});

describe('opening a database on a disk without room for the tables', () => {
  const mount = useMount(32_768);

  it('says so', async () => {
    const { exitCode, message } = await refusal(SqliteStore.open(mount.file('x.db')));
    expect(exitCode).to.equal(ExitCode.DatabaseSchema);
    expect(message).to.contain('cannot create or migrate the tables').and.contain('the disk is full');
  });
});

describe('opening a database to read it', () => {
  const directory = temporaryFolder();

  it('says that there is no such file', async () => {
    const { exitCode, message } = await refusal(SqliteReader.open(directory.file('x.db')));
    expect(exitCode).to.equal(ExitCode.DatabaseOpen);
    expect(message).to.contain('there is no such file').and.contain('--db');
    expect(readdirSync(directory.path)).to.deep.equal([]);
  });

  it('finds nothing to report in an empty file and in the database of another program', async () => {
    writeFileSync(directory.file('empty'), '');
    const owner = await Owner.open(directory.file('foreign'), 'create', 100);
    await owner.exclusive((session) => session.exec('CREATE TABLE t (x)'));
    await owner.close();
    const before = snapshot(directory.path);
    for (const name of ['empty', 'foreign']) {
      const { exitCode, message } = await refusal(SqliteReader.open(directory.file(name)));
      expect(exitCode).to.equal(ExitCode.NothingToReport);
      expect(message).to.contain(directory.file(name));
    }
    expect(snapshot(directory.path)).to.deep.equal(before);
  });

  it('refuses what is no database', async () => {
    writeFileSync(directory.file('text'), 'a text that is long enough to hold a header. '.repeat(10));
    const { exitCode } = await refusal(SqliteReader.open(directory.file('text')));
    expect(exitCode).to.equal(ExitCode.DatabaseOpen);
  });

  it('says so when it meets damage on the way', async () => {
    const path = directory.file('x.db');
    await fill(path);
    const owner = await Owner.open(path, 'read', 100);
    const [place] = await owner.all<{ page: number; bytes: number }>(
      `SELECT rootpage AS page, page_size AS bytes FROM sqlite_schema, pragma_page_size() WHERE name = 'event_time'`,
    );
    await owner.close();
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(place!.bytes, 0xa5), 0, place!.bytes, (place!.page - 1) * place!.bytes);
    closeSync(file);
    const reader = await SqliteReader.open(path);
    expect(await readAll(reader)).to.have.lengthOf(1);
    const { exitCode, message } = await refusal(reader.events(always).then(() => reader));
    await reader.close();
    expect(exitCode).to.equal(ExitCode.DatabaseOpen);
    expect(message).to.contain(`cannot read database ${path}: it is damaged`);
  });

  it('cannot write', async () => {
    const path = directory.file('x.db');
    await fill(path);
    const owner = await Owner.open(path, 'read', 100);
    const error = await owner.all('DELETE FROM flush').catch((thrown: NodeJS.ErrnoException) => thrown.code);
    await owner.close();
    expect(error).to.equal('SQLITE_READONLY');
  });
});

describe('a database on a read-only file system', () => {
  const mount = useMount(4_000_000);

  it('is refused to a server, whether it is there or not', async () => {
    await fill(mount.file('x.db'));
    mount.makeReadOnly();
    for (const name of ['x.db', 'new.db']) {
      const { exitCode, message } = await refusal(SqliteStore.open(mount.file(name)));
      expect(exitCode).to.equal(ExitCode.DatabaseOpen);
      expect(message).to.contain('read-only file system').and.contain(mount.path);
    }
  });

  it('can be read, also under a name that a URI would read otherwise', async () => {
    for (const name of ['x.db', 'a#b%20?c.db']) await fill(mount.file(name));
    mount.makeReadOnly();
    for (const name of ['x.db', 'a#b%20?c.db']) {
      const reader = await SqliteReader.open(mount.file(name));
      expect(await readAll(reader)).to.have.lengthOf(1);
      await reader.close();
    }
  });

  it('is refused to a reader when there is a log that cannot be read without writing', async () => {
    const path = mount.file('x.db');
    const store = await SqliteStore.open(path);
    await store.write(flushOf({ points: [point(counterKey('c'), counter(1))] }));
    const copy = mount.file('copy.db');
    for (const suffix of ['', '-wal']) writeFileSync(copy + suffix, readFileSync(path + suffix));
    await store.close();
    mount.makeReadOnly();
    const { exitCode, message } = await refusal(SqliteReader.open(copy));
    expect(exitCode).to.equal(ExitCode.DatabaseOpen);
    expect(message).to.contain('write-ahead log').and.contain('copy the file together with its -wal');
  });
});

describe('a user without the rights', () => {
  const directory = temporaryFolder();
  const nobody = 65_534;
  const program = join(import.meta.dirname, '..', 'open-program.js');

  /** Runs the program as a user whom permissions bind, which root is not. */
  function run(mode: 'read' | 'write', path: string): { status: number | null; output: string } {
    const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
    const { status, stdout } = spawnSync(process.execPath, [program, mode, path], {
      ...user,
      encoding: 'utf8',
    });
    return { status, output: stdout.trim() };
  }

  beforeEach(async function () {
    await fill(directory.file('x.db'));
    chmodSync(directory.path, 0o755);
    chmodSync(directory.file('x.db'), 0o644);
    // The other user may not be let in to where this project lies.
    if (run('read', directory.file('missing.db')).status !== ExitCode.DatabaseOpen) this.skip();
  });

  it('is told that the directory is not writable', () => {
    chmodSync(directory.path, 0o555);
    const { status, output } = run('write', directory.file('new.db'));
    expect(status).to.equal(ExitCode.DatabaseOpen);
    expect(output).to.contain(
      `directory ${directory.path} is not writable: permission denied; make it writable`,
    );
  });

  it('is told that the file is not writable', () => {
    chmodSync(directory.path, 0o777);
    chmodSync(directory.file('x.db'), 0o444);
    const { status, output } = run('write', directory.file('x.db'));
    expect(status).to.equal(ExitCode.DatabaseOpen);
    expect(output).to.contain('the file is not writable: permission denied');
  });

  it('is told that the file is not readable', () => {
    chmodSync(directory.file('x.db'), 0o000);
    const { status, output } = run('read', directory.file('x.db'));
    expect(status).to.equal(ExitCode.DatabaseOpen);
    expect(output).to.contain('the file is not readable: permission denied');
  });

  it('can read beside the server of another user, and without one', async () => {
    chmodSync(directory.path, 0o555);
    expect(run('read', directory.file('x.db'))).to.deep.equal({ status: 0, output: '1' });
    chmodSync(directory.path, 0o755);
    const store = await SqliteStore.open(directory.file('x.db'));
    await store.write(flushOf({ points: [point(counterKey('d'), counter(1))] }));
    chmodSync(directory.path, 0o555);
    expect(run('read', directory.file('x.db'))).to.deep.equal({ status: 0, output: '2' });
    chmodSync(directory.path, 0o755);
    await store.close();
  });
});
