import { DatabaseOpenError } from '../../errors.js';
import { keepCopy } from './before-migration.js';
import { schemaFailure, writeFailure } from './failure.js';
import { inspectForWriting } from './inspect.js';
import { defaultBusyTimeoutMs, type OpenOptions, opened } from './open-reading.js';
import { Owner } from './owner.js';
import { realPath } from './real-path.js';
import { migrate, requireCurrent, versionOf } from './schema.js';

/**
 * Must be chosen before the first table; expired pages can then go back to the file system bit by bit, without the
 * exclusive rewrite of VACUUM. Later it would write to the file, which may be one of a newer version.
 */
const firstPragma = 'PRAGMA auto_vacuum = INCREMENTAL';

/**
 * Settings of a connection that writes.
 *
 * - synchronous FULL: each commit is on the disk when it returns. NORMAL would lose the last flushes in a power
 *   cut, to save one fsync in each flush interval.
 * - journal_size_limit: a log that grew behind a long reader is cut back.
 */
const writingPragmas = `
PRAGMA synchronous = FULL;
PRAGMA temp_store = MEMORY;
PRAGMA journal_size_limit = 16777216;
`;

/** Opens the database for the one server that writes it; makes it when there is none. */
export async function openForWriting(file: string, options: OpenOptions = {}): Promise<Owner> {
  const path = await realPath(file);
  await inspectForWriting(path);
  const owner = await opened(path, Owner.open(path, 'create', options.busyTimeoutMs ?? defaultBusyTimeoutMs));
  try {
    await owner.exclusive(async (session) => {
      await session.exec(writingPragmas);
      if ((await versionOf(session)) === 0) await session.exec(firstPragma);
    });
    const copy = await keepCopy(owner, path);
    if (copy !== undefined) {
      options.notice?.(
        `database ${path} is migrated to tables of a newer version; as it was it is kept in ${copy}`,
      );
    }
    // Before WAL: an application id that is still in the log would make our file look like another program's.
    await owner.transaction((session) => migrate(session, path));
    await owner.exclusive((session) => requireCurrent(session, path));
    await enterWal(owner, path);
    owner.explainFailures((error) => writeFailure(path, error));
    return owner;
  } catch (error) {
    await owner.close();
    throw schemaFailure(path, error);
  }
}

async function enterWal(owner: Owner, path: string): Promise<void> {
  const rows = await owner.all<{ journal_mode: string }>('PRAGMA journal_mode = WAL');
  if (rows[0]?.journal_mode === 'wal') return;
  throw new DatabaseOpenError(
    `cannot open database ${path}: its file system does not support write-ahead logging; ` +
      'choose a file on a local disk with --db',
  );
}
