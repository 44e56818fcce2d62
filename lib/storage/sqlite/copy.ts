import { open, rename, rm, stat } from 'node:fs/promises';
import type { Owner } from './owner.js';

/**
 * Copies a database, as one moment sees it, into one file without a log and without free pages, by SQLite's
 * `VACUUM INTO`. The copy appears under its name only when it is complete and on the disk; one of that name
 * gives way.
 *
 * @returns its size in bytes
 */
export async function copyInto(owner: Owner, target: string): Promise<number> {
  const unfinished = `${target}.unfinished`;
  try {
    // Left by a copy that was cut short.
    await rm(unfinished, { force: true });
    await owner.exclusive((session) => session.run('VACUUM INTO ?', [unfinished]));
    const file = await open(unfinished, 'r+');
    await file.sync().finally(() => file.close());
    await rename(unfinished, target);
    return (await stat(target)).size;
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
