import { stat } from 'node:fs/promises';
import { DatabaseOpenError } from '../../errors.js';
import { keepCopy } from './before-migration.js';
import { openFailure, readFailure, schemaFailure, sqliteCode, writeFailure } from './failure.js';
import { inspectForReading, inspectForWriting } from './inspect.js';
import { Owner } from './owner.js';
import { realPath } from './real-path.js';
import { migrate, requireCurrent, versionOf } from './schema.js';

/**
 * Long enough for another connection's checkpoint or short write; a flush that waits in vain is tried again.
 */
export const defaultBusyTimeoutMs = 2000;

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

export interface OpenOptions {
  /** How long a statement waits for a lock that another connection holds. */
  readonly busyTimeoutMs?: number;
  /** Told what a person should know of an opening that went well, in one line each. */
  readonly notice?: (text: string) => void;
}

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

/** Opens a database to read it, beside a running server or without one. */
export async function openForReading(file: string, options: OpenOptions = {}): Promise<Owner> {
  const path = await realPath(file);
  await inspectForReading(path);
  const busyTimeoutMs = options.busyTimeoutMs ?? defaultBusyTimeoutMs;
  try {
    return await openChecked(path, 'read', busyTimeoutMs);
  } catch (error) {
    if (sqliteCode(error) !== 'SQLITE_CANTOPEN' && sqliteCode(error) !== 'SQLITE_READONLY') {
      throw openFailure(path, error);
    }
    // On a read-only medium SQLite cannot make the log's index. Without a log the file is complete as it is.
    if (await hasLog(path)) throw unreadableLog(path, error);
    return await opened(path, openChecked(path, 'immutable', busyTimeoutMs));
  }
}

async function openChecked(path: string, mode: 'read' | 'immutable', busyTimeoutMs: number): Promise<Owner> {
  const owner = await Owner.open(path, mode, busyTimeoutMs);
  try {
    await owner.exclusive((session) => requireCurrent(session, path));
    owner.explainFailures((error) => readFailure(path, error));
    return owner;
  } catch (error) {
    await owner.close();
    throw error;
  }
}

async function opened(path: string, opening: Promise<Owner>): Promise<Owner> {
  try {
    return await opening;
  } catch (error) {
    throw openFailure(path, error);
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

async function hasLog(path: string): Promise<boolean> {
  const log = await stat(`${path}-wal`).catch(() => undefined);
  return log !== undefined && log.size > 0;
}

function unreadableLog(path: string, cause: unknown): DatabaseOpenError {
  return new DatabaseOpenError(
    `cannot open database ${path}: its write-ahead log cannot be read in a read-only directory; ` +
      'copy the file together with its -wal to a writable directory',
    { cause },
  );
}
