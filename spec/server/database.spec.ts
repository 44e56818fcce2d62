import { expect } from 'chai';
import { systemClock } from '../../lib/clock.js';
import { loadConfig } from '../../lib/config/load.js';
import { lineLogger } from '../../lib/log.js';
import { openDatabase } from '../../lib/server/database.js';
import { Owner } from '../../lib/storage/sqlite/owner.js';
import { temporaryFolder } from '../support/temporary.js';

describe('the database of a server that starts', () => {
  const folder = temporaryFolder();

  const parts = async (onLine: (line: string) => void) => {
    const { config } = await loadConfig({ flags: { db: folder.file('a.db') }, env: {}, file: undefined });
    return { config, clock: systemClock, logger: lineLogger('info', onLine, systemClock.now) };
  };

  const locked = async () => {
    const owner = await Owner.open(folder.file('a.db'), 'create', 1000);
    await owner.exclusive((session) => session.exec('BEGIN IMMEDIATE'));
    return owner;
  };

  it('is refused at once while another process has it locked', async () => {
    const other = await locked();
    const refused: unknown = await openDatabase(await parts(() => {}), false).catch(
      (error: unknown) => error,
    );
    expect(String(refused)).to.contain('another process has it locked');
    await other.close();
  });

  it('is waited for by one that has taken over, for nobody else keeps what comes', async function () {
    // SQLite waits two seconds for a lock before it says so.
    this.timeout(20_000);
    const other = await locked();
    let tell: (line: string) => void = () => {};
    const told = new Promise<string>((resolve) => {
      tell = resolve;
    });
    const opening = openDatabase(await parts(tell), true);
    expect(await told)
      .to.contain('another process has it locked')
      .and.contain('is kept');
    await other.close();
    await (await opening).close();
  });
});
