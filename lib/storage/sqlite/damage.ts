import { rename } from 'node:fs/promises';
import { DatabaseDamagedError } from '../../errors.js';
import { openFailure, recovery, sqliteCode } from './failure.js';
import { inspectForWriting } from './inspect.js';
import { Owner } from './owner.js';

/**
 * Looks for damage all through a database, as `PRAGMA quick_check` does: that takes as long as reading it.
 * Passes for one that is not there.
 *
 * @throws DatabaseDamagedError saying what was found
 */
export async function requireSound(path: string, busyTimeoutMs: number): Promise<void> {
  await inspectForWriting(path);
  const owner = await Owner.open(path, 'create', busyTimeoutMs);
  try {
    const [first] = await owner.all<{ quick_check: string }>('PRAGMA quick_check(1)');
    if (first === undefined || first.quick_check === 'ok') return;
    throw new DatabaseDamagedError(
      `cannot open database ${path}: it is damaged (${first.quick_check.replaceAll('\n', ' ')}); ${recovery}`,
    );
  } catch (error) {
    throw sqliteCode(error) === undefined ? error : openFailure(path, error);
  } finally {
    await owner.close();
  }
}

/**
 * Moves a database out of the way, its log with it, under a name with the time. SQLite finds the log by that
 * name: whoever tries to save something from it has all there is.
 *
 * @returns the new path
 */
export async function moveAside(path: string, nowMs: number): Promise<string> {
  const aside = `${path}.damaged-${utcStamp(nowMs)}`;
  for (const suffix of ['-wal', '-shm', '']) {
    await rename(path + suffix, aside + suffix).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
  return aside;
}

/** As in `20260102T030405Z`. */
export function utcStamp(nowMs: number): string {
  return new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '');
}
