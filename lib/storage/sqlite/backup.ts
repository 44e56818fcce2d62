import { open, rename, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ExitCode, GoodallError, messageOf, UsageError } from '../../errors.js';
import { openForReading } from './open.js';

/**
 * Copies a database as it is at this moment into one file, beside a running server: SQLite's `VACUUM INTO` reads in one
 * transaction, and a reader holds up no writer. The copy has no log and no free pages. It appears under its name only
 * when it is complete and on the disk.
 *
 * @param replace whether a file of that name may go
 * @returns its size in bytes
 */
export async function backUp(database: string, target: string, replace: boolean): Promise<number> {
  const absolute = resolve(target);
  if (await isSameFile(database, absolute)) {
    throw new UsageError(`${target} is the database itself; choose another name`);
  }
  if (!replace && (await exists(absolute))) {
    throw new UsageError(`${target} exists; choose another name, or let --replace overwrite it`);
  }
  const owner = await openForReading(resolve(database));
  const unfinished = `${absolute}.unfinished`;
  try {
    // Left by a backup that was cut short.
    await rm(unfinished, { force: true });
    await owner.exclusive((session) => session.run('VACUUM INTO ?', [unfinished]));
    const file = await open(unfinished, 'r+');
    await file.sync().finally(() => file.close());
    await rename(unfinished, absolute);
    return (await stat(absolute)).size;
  } catch (error) {
    await rm(unfinished, { force: true });
    throw backupError(target, error);
  } finally {
    await owner.close();
  }
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map((path) => stat(path).catch(() => undefined)));
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function backupError(target: string, cause: unknown): GoodallError {
  // What the owner of the connection makes of it speaks of the database that is read.
  const reason = messageOf(cause instanceof GoodallError ? (cause.cause ?? cause) : cause);
  const message = `cannot write the backup ${target}: ${reason}; choose a directory that exists, can be written and has room`;
  return new GoodallError('ERR_BACKUP', ExitCode.DatabaseOpen, message, { cause });
}
