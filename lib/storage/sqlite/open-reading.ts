import { DatabaseOpenError } from '../../errors.js';
import { stat } from '../../files.js';
import { openFailure, readFailure, sqliteCode } from './failure.js';
import { inspectForReading } from './inspect.js';
import { Owner } from './owner.js';
import { realPath } from './real-path.js';
import { requireCurrent } from './schema.js';

/**
 * Long enough for another connection's checkpoint or short write; a flush that waits in vain is tried again.
 */
export const defaultBusyTimeoutMs = 2000;

export interface OpenOptions {
  /** How long a statement waits for a lock that another connection holds. */
  readonly busyTimeoutMs?: number;
  /** Told what a person should know of an opening that went well, in one line each. */
  readonly notice?: (text: string) => void;
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

/** The connection that is being opened, or why a person cannot have it. */
export async function opened(path: string, opening: Promise<Owner>): Promise<Owner> {
  try {
    return await opening;
  } catch (error) {
    throw openFailure(path, error);
  }
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
