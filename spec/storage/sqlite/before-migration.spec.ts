import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { DatabaseSchemaError } from '../../../lib/errors.js';
import { keepCopy } from '../../../lib/storage/sqlite/before-migration.js';
import { Owner } from '../../../lib/storage/sqlite/owner.js';
import { applicationId, migrations } from '../../../lib/storage/sqlite/schema.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import { temporaryFolder } from '../../support/temporary.js';
import { useMount } from '../mounts.js';

const current = migrations.length;

/** A database as the first version made it, with one series of its own in it and some events. */
async function makeFirstVersion(path: string, events = 1): Promise<void> {
  const owner = await Owner.open(path, 'create', 100);
  await owner.exclusive((session) =>
    session.exec(`PRAGMA auto_vacuum = INCREMENTAL; ${migrations[0]};
      PRAGMA user_version = 1; PRAGMA application_id = ${applicationId};
      INSERT INTO series_key (name, type, tags) VALUES ('old.hits', 0, '');`),
  );
  const sql = `INSERT INTO event (time_ms, title, text, priority, alert_type, tags) VALUES (1, 't', ?, 'normal', 'info', '')`;
  for (let i = 0; i < events; i += 1)
    await owner.exclusive((session) => session.run(sql, ['x'.repeat(1000)]));
  await owner.exclusive((session) => session.exec('PRAGMA journal_mode = WAL'));
  await owner.close();
}

async function versionOf(path: string): Promise<unknown> {
  const owner = await Owner.open(path, 'read', 100);
  const rows = await owner.all('SELECT user_version AS version, name FROM pragma_user_version(), series_key');
  await owner.close();
  return rows;
}

describe('a database of an older version', () => {
  const directory = temporaryFolder();

  it('is kept as a copy before it is migrated, which is said', async () => {
    const path = directory.file('x.db');
    await makeFirstVersion(path);
    const notices: string[] = [];
    const store = await SqliteStore.open(path, { notice: (text) => notices.push(text) });
    await store.close();
    const copy = `${path}.before-v${current}`;
    expect(readdirSync(directory.path)).to.have.members(['x.db', `x.db.before-v${current}`]);
    expect(await versionOf(copy)).to.deep.equal([{ version: 1, name: 'old.hits' }]);
    expect(await versionOf(path)).to.deep.equal([{ version: current, name: 'old.hits' }]);
    expect(notices).to.have.length(1);
    expect(notices[0]).to.contain(path).and.contain(copy);
  });

  it('is copied anew when a migration did not come to its end', async () => {
    const path = directory.file('x.db');
    await makeFirstVersion(path);
    writeFileSync(`${path}.before-v${current}`, 'old');
    writeFileSync(`${path}.before-v${current}.unfinished`, 'cut short');
    await (await SqliteStore.open(path)).close();
    expect(await versionOf(`${path}.before-v${current}`)).to.deep.equal([{ version: 1, name: 'old.hits' }]);
    expect(existsSync(`${path}.before-v${current}.unfinished`)).to.equal(false);
  });

  it('is named after the version it will have', async () => {
    const path = directory.file('x.db');
    await makeFirstVersion(path);
    const owner = await Owner.open(path, 'create', 100);
    expect(await keepCopy(owner, path, 9)).to.equal(`${path}.before-v9`);
    expect(await keepCopy(owner, path, 1)).to.equal(undefined);
    await owner.close();
  });

  it('leaves no copy when it is new, or of this version', async () => {
    const path = directory.file('x.db');
    for (const _ of [1, 2]) await (await SqliteStore.open(path)).close();
    expect(readdirSync(directory.path)).to.deep.equal(['x.db']);
  });
});

describe('a database of an older version on a disk without room for a copy', () => {
  const mount = useMount(2_000_000);

  it('is refused, and stays as it was', async () => {
    const path = mount.file('x.db');
    await makeFirstVersion(path, 500);
    writeFileSync(mount.file('ballast'), Buffer.alloc(900_000));
    const error = await SqliteStore.open(path).then(
      () => new Error('was opened'),
      (thrown: Error) => thrown,
    );
    expect(error).to.be.instanceOf(DatabaseSchemaError);
    expect(error.message)
      .to.contain(path)
      .and.contain(`.before-v${current}`)
      .and.contain('there is no room')
      .and.contain('free some space');
    expect(readdirSync(mount.path)).to.have.members(['x.db', 'ballast']);
    expect(await versionOf(path)).to.deep.equal([{ version: 1, name: 'old.hits' }]);
  });
});
