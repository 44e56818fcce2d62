import { expect } from 'chai';
import { parseRetention } from '../../../lib/config/retention.js';
import { ConfigError, DatabaseSchemaError } from '../../../lib/errors.js';
import { Owner } from '../../../lib/storage/sqlite/owner.js';
import { rehearseOpening } from '../../../lib/storage/sqlite/rehearsal.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import { temporaryFolder } from '../../support/temporary.js';

describe('what would be in the way of opening a database that a server has open', () => {
  const folder = temporaryFolder();
  const kept = parseRetention('1s:1h,1m:1d,1h:30d')!;

  it('is nothing for a file that is not there, and none is made', async () => {
    await rehearseOpening(folder.file('none.db'), kept);
    const refused: unknown = await Owner.open(folder.file('none.db'), 'read', 10).catch(() => 'none');
    expect(refused).to.equal('none');
  });

  it('is a retention that would lose points', async () => {
    const path = folder.file('a.db');
    const store = await SqliteStore.open(path, { retention: kept });
    await rehearseOpening(path, kept);
    await rehearseOpening(path, parseRetention('1s:2h,1m:1d,1h:30d')!);
    const refused: unknown = await rehearseOpening(path, parseRetention('1s:1h,1m:365d')!).catch(
      (error: unknown) => error,
    );
    expect(refused).to.be.instanceOf(ConfigError);
    await store.close();
  });

  it('are tables of a newer version, and not those of an older one', async () => {
    const path = folder.file('a.db');
    const store = await SqliteStore.open(path, { retention: kept });
    await store.close();
    const owner = await Owner.open(path, 'create', 10);
    await owner.exclusive((session) => session.exec('PRAGMA user_version = 1'));
    await rehearseOpening(path, kept);
    await owner.exclusive((session) => session.exec('PRAGMA user_version = 1000'));
    const refused: unknown = await rehearseOpening(path, kept).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(DatabaseSchemaError);
    await owner.close();
  });
});
