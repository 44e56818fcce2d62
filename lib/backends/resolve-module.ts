import { createRequire } from 'node:module';
import { isAbsolute, join } from 'node:path';
import { ConfigError } from '../errors.js';

/**
 * Finds the file of a backend module, as statsd's `require` would, from several places in turn: the folder of
 * the config file, the working directory, and, for what lay in statsd's own folder, that of the `statsd`
 * package.
 *
 * @param folders absolute
 * @throws ConfigError when there is no such module
 */
export function resolveModule(name: string, folders: readonly string[]): string {
  if (isAbsolute(name)) folders = ['/'];
  for (const folder of [...folders, ...statsdFolders(folders)]) {
    const found = resolved(name, folder);
    if (found !== undefined) return found;
  }
  // What is installed beside Goodall, wherever it is run.
  const installed = name.startsWith('.') ? undefined : resolved(name, import.meta.dirname);
  if (installed !== undefined) return installed;
  throw new ConfigError(
    `backends: ${JSON.stringify(name)} is not console, graphite or repeater, and no module of that name is found from ` +
      `${folders.join(' or ')}: correct it, or install it there with npm`,
  );
}

function statsdFolders(folders: readonly string[]): string[] {
  return folders.flatMap((folder) => {
    const found = resolved('statsd/package.json', folder);
    return found === undefined ? [] : [join(found, '..')];
  });
}

function resolved(name: string, folder: string): string | undefined {
  try {
    return createRequire(join(folder, 'any.js')).resolve(name);
  } catch {
    return undefined;
  }
}
