import { basename, dirname, join, resolve } from 'node:path';
import { readlink, realpath } from '../../files.js';

/** As many as Linux follows. */
const mostLinks = 40;

/**
 * The file itself, behind symbolic links, also where it is not there yet: that is where SQLite puts the log,
 * and what two servers must agree on, whichever names they were given.
 */
export async function realPath(file: string, links = mostLinks): Promise<string> {
  const path = resolve(file);
  const found = await realpath(path).catch(() => undefined);
  if (found !== undefined) return found;
  const target = await readlink(path).catch(() => undefined);
  if (target !== undefined && links > 0) return realPath(resolve(dirname(path), target), links - 1);
  const directory = await realpath(dirname(path)).catch(() => dirname(path));
  return join(directory, basename(path));
}
