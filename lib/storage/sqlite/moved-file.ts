import { rename } from 'node:fs/promises';
import { messageOf } from '../../errors.js';
import { utcStamp } from './damage.js';
import type { SqliteStore } from './store.js';

/**
 * Finishes and closes a file that is no longer where it was. SQLite leaves the log of such a file as it is when it closes it, and
 * would read it into whatever file has the name next. So what is in the log is brought into the file, wherever that
 * is now; where that fails, the log is put aside.
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
