import { rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseOpenError, messageOf } from '../../errors.js';
import { utcStamp } from './damage.js';
import type { SqliteStore } from './store.js';

/**
 * Finishes and closes a file that is no longer where it was. SQLite leaves the log of such a file as it is when
 * it closes it, and would read it into whatever file has the name next. So what is in the log is brought into
 * the file, wherever that is now; where that fails, the log is put aside.
 *
 * @returns what a person must do about the log, or undefined
 */
export async function finishMoved(
  store: SqliteStore,
  path: string,
  nowMs: number,
): Promise<string | undefined> {
  let failure = 'a reader is in the way';
  const emptied = await store.emptyLog().catch((error: unknown) => {
    failure = messageOf(error);
    return false;
  });
  // What is wrong with a file that is given up has been said, or does not matter any more.
  await store.close().catch(() => undefined);
  if (emptied) return undefined;
  const left = `${path}-wal.left-${utcStamp(nowMs)}`;
  const isLeft = await rename(`${path}-wal`, left).then(
    () => true,
    () => false,
  );
  if (!isLeft) return undefined;
  return (
    `the last flushes of the file that was moved could not be brought into it (${failure}) and are in ${left}; ` +
    'put that beside the file, under its name with -wal'
  );
}

/** Which file has the name; empty when none has. */
export async function inodeOf(path: string): Promise<string> {
  return stat(path).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    () => '',
  );
}

/**
 * Refuses to start a new file where the old one is missing because its whole file system is: what was written
 * below the place of a disk that is mounted again later would be hidden.
 *
 * @param device the file system that had the file
 */
export async function requireDisk(path: string, device: number): Promise<void> {
  if ((await inodeOf(path)) !== '') return;
  const directory = dirname(path);
  const found = await stat(directory).catch(() => undefined);
  if (found === undefined || found.dev === device) return;
  throw new DatabaseOpenError(
    `cannot open database ${path}: directory ${directory} is on another file system than before, and the file is not there; ` +
      'mount the one that has it, or start the server again to begin a new file here',
  );
}
