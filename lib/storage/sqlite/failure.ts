import {
  DatabaseDamagedError,
  DatabaseOpenError,
  DatabaseSchemaError,
  DatabaseWriteError,
  messageOf,
} from '../../errors.js';

/** What to do about a damaged database. */
export const recovery = 'restore a copy, or start goodall with --db-recover, which moves it aside';

/** Why SQLite refused, and what a person can do about it, by SQLite's primary result code. */
const explanations: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  SQLITE_BUSY: ['another process has it locked', 'stop that process or choose another file with --db'],
  SQLITE_LOCKED: ['another process has it locked', 'stop that process or choose another file with --db'],
  SQLITE_FULL: ['the disk is full', 'free some space'],
  SQLITE_READONLY: ['it is read-only', 'make the file and its directory writable'],
  SQLITE_PERM: ['permission is denied', 'check the permissions of the file and its directory'],
  SQLITE_CANTOPEN: [
    'a file of it cannot be opened',
    'check the permissions of the file, its -wal and -shm, and their directory',
  ],
  SQLITE_IOERR: ['the system reports an input or output error', 'check the disk and its free space'],
  SQLITE_CORRUPT: ['it is damaged', recovery],
  SQLITE_NOTADB: ['it is damaged', recovery],
};

/** SQLite's primary result code (`SQLITE_BUSY`), or undefined when SQLite did not raise the error. */
export function sqliteCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : undefined;
}

function explain(error: unknown): string {
  const [reason, remedy] = explanations[sqliteCode(error) ?? ''] ?? [];
  return reason === undefined ? messageOf(error) : `${reason}; ${remedy} (${messageOf(error)})`;
}

/**
 * Whether SQLite says, itself or as the cause of one of our errors, that the file is not what it was written
 * as.
 */
export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  if (code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB') return true;
  return error instanceof Error && error.cause !== undefined && isDamage(error.cause);
}

const lostFiles = ['SQLITE_READONLY', 'SQLITE_IOERR', 'SQLITE_CANTOPEN'];

/**
 * Whether the open files may be of no use any more: a file system that went read-only after an error stays so
 * for whoever has files of it open, and cannot be unmounted and repaired as long as somebody has.
 */
export function isLossOfFiles(error: unknown): boolean {
  if (lostFiles.includes(sqliteCode(error) ?? '')) return true;
  return error instanceof Error && error.cause !== undefined && isLossOfFiles(error.cause);
}

/** Says that a database cannot be opened. What is no error of SQLite comes back as it is. */
export function openFailure(path: string, error: unknown): unknown {
  if (sqliteCode(error) === undefined) return error;
  const Failure = isDamage(error) ? DatabaseDamagedError : DatabaseOpenError;
  return new Failure(`cannot open database ${path}: ${explain(error)}`, { cause: error });
}

/** Says that an open database cannot be read. What is no error of SQLite comes back as it is. */
export function readFailure(path: string, error: unknown): unknown {
  if (sqliteCode(error) === undefined) return error;
  const Failure = isDamage(error) ? DatabaseDamagedError : DatabaseOpenError;
  return new Failure(`cannot read database ${path}: ${explain(error)}`, { cause: error });
}

/**
 * Says that tables cannot be created or migrated, or, for a lock or damage, that the database cannot be opened.
 */
export function schemaFailure(path: string, error: unknown): unknown {
  const code = sqliteCode(error);
  if (code === undefined) return error;
  if (code !== 'SQLITE_ERROR' && code !== 'SQLITE_FULL' && code in explanations)
    return openFailure(path, error);
  return new DatabaseSchemaError(`cannot create or migrate the tables of ${path}: ${explain(error)}`, {
    cause: error,
  });
}

/** Says that a write failed and was rolled back. What is no error of SQLite comes back as it is. */
export function writeFailure(path: string, error: unknown): unknown {
  if (sqliteCode(error) === undefined) return error;
  if (isDamage(error)) {
    return new DatabaseWriteError(
      `cannot write to database ${path}: it is damaged; what comes waits in memory: move the file away, with its -wal and ` +
        `-shm, and a new one is started and takes it (${messageOf(error)})`,
      { cause: error },
    );
  }
  return new DatabaseWriteError(`cannot write to database ${path}: ${explain(error)}`, { cause: error });
}
