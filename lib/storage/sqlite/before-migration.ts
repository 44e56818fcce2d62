import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSchemaError, messageOf } from '../../errors.js';
import { copyInto } from './copy.js';
import { sqliteCode } from './failure.js';
import type { Owner } from './owner.js';
import { migrations, versionOf } from './schema.js';

/**
 * Keeps a copy of a database of an older version, beside it, before its tables are migrated: the older program
 * reads the copy as it did before. A new database, and one of this version, need none.
 *
 * @param current the version that it will be migrated to
 * @returns the path of the copy
 * @throws DatabaseSchemaError when there is no room for it; nothing is migrated then
 */
export async function keepCopy(
  owner: Owner,
  path: string,
  current = migrations.length,
): Promise<string | undefined> {
  const version = await owner.exclusive(versionOf);
  if (version === 0 || version >= current) return undefined;
  const copy = `${path}.before-v${current}`;
  const neededBytes = await contentBytes(owner);
  const { bavail, bsize } = await statfs(dirname(path));
  // The migration itself takes room too: as much again, at most.
  if (bavail * bsize < 2 * neededBytes) throw noRoom(path, copy, neededBytes, bavail * bsize);
  try {
    await copyInto(owner, copy);
  } catch (error) {
    if (sqliteCode(error) !== 'SQLITE_FULL' && !isNoSpace(error)) throw error;
    throw noRoom(path, copy, neededBytes, bavail * bsize, error);
  }
  return copy;
}

async function contentBytes(owner: Owner): Promise<number> {
  const [row] = await owner.all<{ bytes: number }>(
    `SELECT (page_count - freelist_count) * page_size AS bytes
     FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()`,
  );
  return row?.bytes ?? 0;
}

const isNoSpace = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOSPC';

function noRoom(
  path: string,
  copy: string,
  needed: number,
  free: number,
  cause?: unknown,
): DatabaseSchemaError {
  const why = cause === undefined ? '' : ` (${messageOf(cause)})`;
  return new DatabaseSchemaError(
    `cannot migrate the tables of ${path}: a copy of it is kept first, as ${copy}, and there is no room: free are ` +
      `${megabytes(free)}, needed ${megabytes(2 * needed)}; free some space${why}`,
    { cause },
  );
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
