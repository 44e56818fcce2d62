import { expect } from 'chai';
import { Owner } from '../../../lib/storage/sqlite/owner.js';
import { temporaryFolder } from '../../support/temporary.js';

describe('the owner of a connection', () => {
  const directory = temporaryFolder();
  let owner: Owner;

  beforeEach(async () => {
    owner = await Owner.open(directory.file('x.db'), 'create', 100);
    await owner.exclusive((session) => session.exec('CREATE TABLE t (n INTEGER UNIQUE)'));
  });

  afterEach(() => owner.close());

  const numbers = async (): Promise<number[]> =>
    (await owner.all<{ n: number }>('SELECT n FROM t ORDER BY n')).map(({ n }) => n);
  const insert = 'INSERT INTO t VALUES (?)';

  it('keeps the statements of others out of a transaction', async () => {
    const failing = owner.transaction(async (session) => {
      await session.run(insert, [1]);
      await new Promise(setImmediate);
      throw new Error('no');
    });
    const other = owner.exclusive((session) => session.run(insert, [2]));
    const seen = numbers();
    expect(await failing.catch((error: Error) => error.message)).to.equal('no');
    expect(await other).to.equal(1);
    expect(await seen).to.deep.equal([2]);
  });

  it('commits a transaction that resolves and gives its result', async () => {
    const result = await owner.transaction(async (session) => session.run('INSERT INTO t VALUES (1), (2)'));
    expect(result).to.equal(2);
    expect(await numbers()).to.deep.equal([1, 2]);
  });

  it('undoes a transaction in which a statement fails, and can be used on', async () => {
    const failing = owner.transaction(async (session) => {
      await session.run(insert, [1]);
      await session.run(insert, [1]);
    });
    const error = await failing.catch((thrown: NodeJS.ErrnoException) => thrown.code);
    expect(error).to.equal('SQLITE_CONSTRAINT');
    await owner.transaction((session) => session.run(insert, [3]));
    expect(await numbers()).to.deep.equal([3]);
  });

  it('says what is wrong with a statement', async () => {
    const error = await owner.all('SELEC 1').catch((thrown: Error) => thrown.message);
    expect(error).to.contain('near "SELEC": syntax error');
  });

  it('runs more different statements than it keeps, each again after it was given up', async () => {
    for (let round = 0; round < 2; round += 1) {
      for (let i = 0; i < 100; i += 1) {
        expect(await owner.all(`SELECT ${i} AS i, ? AS x`, [round])).to.deep.equal([{ i, x: round }]);
      }
    }
  });

  it('holds no read lock after a query, so that the log can be started over', async () => {
    await owner.exclusive((session) => session.exec('PRAGMA journal_mode = WAL'));
    const reader = await Owner.open(directory.file('x.db'), 'read', 100);
    await owner.exclusive((session) => session.run('INSERT INTO t VALUES (1), (2), (3)'));
    await reader.all('SELECT n FROM t');
    expect(await owner.all('PRAGMA wal_checkpoint(TRUNCATE)')).to.deep.equal([
      { busy: 0, log: 0, checkpointed: 0 },
    ]);
    await reader.close();
  });

  it('takes what is in the part of a buffer that it is given, and no more', async () => {
    const part = new Uint8Array([1, 2, 3, 4, 5]).subarray(1, 4);
    const [row] = await owner.all<{ b: Uint8Array }>('SELECT ? AS b', [part]);
    expect([...row!.b]).to.deep.equal([2, 3, 4]);
  });
});
