import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ExitCode, GoodallError, messageOf, UsageError } from '../../errors.js';
import { copyInto } from './copy.js';
import { openForReading } from './open-reading.js';

/**
 * Copies a database as it is at this moment into one file, beside a running server: a reader holds up no
 * writer.
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
  try {
    return await copyInto(owner, absolute);
  } catch (error) {
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
