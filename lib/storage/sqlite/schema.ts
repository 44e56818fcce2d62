import { DatabaseDamagedError, DatabaseSchemaError } from '../../errors.js';
import { recovery } from './failure.js';
import type { Session } from './owner.js';
import { version1 } from './tables.js';
import { version2 } from './tables-2.js';
import { version3 } from './tables-3.js';
import { version4 } from './tables-4.js';
import { version5 } from './tables-5.js';

/** In the header of our files, so that nothing else is taken for one: the letters `Good`. */
export const applicationId = 0x476f6f64;

/** Step n brings a database from version n - 1 to n. The version is SQLite's `user_version`. */
export const migrations: readonly string[] = [version1, version2, version3, version4, version5];

/** Tables that every version has. */
const knownTables = [
  'counter_point',
  'gauge_point',
  'distribution_point',
  'set_point',
  'series_key',
  'flush',
];

/**
 * Creates the tables, or brings those of an older version up to date. Runs in a write transaction: all of it
 * is done or nothing.
 */
export async function migrate(
  session: Session,
  path: string,
  steps: readonly string[] = migrations,
): Promise<void> {
  const version = await versionOf(session);
  refuseNewer(path, version, steps.length);
  if (version === steps.length) return;
  for (const step of steps.slice(version)) await session.exec(step);
  await session.exec(`PRAGMA user_version = ${steps.length}; PRAGMA application_id = ${applicationId};`);
}

/** Refuses a database that this program cannot read as it stands. Changes nothing. */
export async function requireCurrent(session: Session, path: string): Promise<void> {
  const version = await versionOf(session);
  refuseNewer(path, version, migrations.length);
  if (version < migrations.length) {
    throw new DatabaseSchemaError(
      `database ${path} has tables of the older version ${version}; start goodall on it once to migrate them`,
    );
  }
  await requireTables(session, path);
}

/** Whether the tables are those of this version; older ones can be migrated. Rejects with DatabaseSchemaError for newer ones. */
export async function isCurrent(session: Session, path: string): Promise<boolean> {
  const version = await versionOf(session);
  refuseNewer(path, version, migrations.length);
  return version === migrations.length;
}

export async function versionOf(session: Session): Promise<number> {
  const rows = await session.all<{ user_version: number }>('PRAGMA user_version');
  return rows[0]?.user_version ?? 0;
}

function refuseNewer(path: string, version: number, supported: number): void {
  if (version <= supported) return;
  throw new DatabaseSchemaError(
    `database ${path} was written by a newer goodall (tables of version ${version}, this program knows ${supported}); ` +
      'run the newer program or choose another file with --db',
  );
}

async function requireTables(session: Session, path: string): Promise<void> {
  const rows = await session.all<{ found: number }>(
    `SELECT count(*) AS found FROM sqlite_schema WHERE type = 'table' AND name IN (${knownTables.map(() => '?').join()})`,
    knownTables,
  );
  if (rows[0]?.found === knownTables.length) return;
  throw new DatabaseDamagedError(
    `cannot open database ${path}: tables of Goodall are missing in it; ${recovery}`,
  );
}
