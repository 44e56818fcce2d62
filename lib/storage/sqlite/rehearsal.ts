import type { Retention } from '../../config/retention.js';
import { readFailure } from './failure.js';
import { defaultBusyTimeoutMs } from './open-reading.js';
import { Owner } from './owner.js';
import { realPath } from './real-path.js';
import { refuseLoss } from './retention.js';
import { isCurrent } from './schema.js';
import { Tiers } from './tiers.js';

/**
 * Passes when nothing in a database speaks against its being opened later by this program, for writing and with
 * that retention. It only reads, beside the server that has the file; passes where there is no file.
 *
 * @throws DatabaseSchemaError for a newer version, ConfigError for a retention that would lose points,
 *   DatabaseOpenError when it cannot be read
 */
export async function rehearseOpening(file: string, retention: Retention): Promise<void> {
  const path = await realPath(file);
  const owner = await Owner.open(path, 'read', defaultBusyTimeoutMs).catch(() => undefined);
  if (owner === undefined) return;
  try {
    await owner.exclusive(async (session) => {
      if (await isCurrent(session, path)) refuseLoss(await Tiers.read(session), retention);
    });
  } catch (error) {
    throw readFailure(path, error);
  } finally {
    await owner.close();
  }
}
