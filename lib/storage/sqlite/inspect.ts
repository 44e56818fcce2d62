import { closeSync, constants, openSync, readSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseDamagedError, DatabaseOpenError, messageOf, NothingToReportError } from '../../errors.js';
import { access, stat } from '../../files.js';
import { recovery } from './failure.js';
import { isOpenHere } from './owner.js';
import { applicationId } from './schema.js';

/**
 * Looks at a path before SQLite does: SQLite says only "unable to open", opens a file read-only when it cannot
 * write it, and leaves side files next to whatever it opens, another program's database included.
 */

/** Passes for a Goodall database that can be written, and for a place where a new one can be made. */
export async function inspectForWriting(path: string): Promise<void> {
  const directory = dirname(path);
  await requireDirectory(path, directory);
  const problem = await accessProblem(directory, constants.W_OK | constants.X_OK);
  if (problem !== undefined) {
    throw refused(
      path,
      `directory ${directory} is not writable: ${problem}`,
      'make it writable for this user',
    );
  }
  const found = await fileAt(path);
  if (found === undefined) return;
  if (found.nlink > 1) {
    throw refused(
      path,
      `the file has ${found.nlink} names (hard links), and SQLite keeps its log by the name: a program that uses another one ` +
        'would damage it',
      `leave it one name (find them with: find / -xdev -inum ${found.ino})`,
    );
  }
  const fileProblem = await accessProblem(path, constants.R_OK | constants.W_OK);
  if (fileProblem !== undefined) {
    throw refused(path, `the file is not writable: ${fileProblem}`, 'make it writable for this user');
  }
  if (found.size === 0) return;
  const owner = ownerOf(path, found);
  if (owner !== applicationId && owner !== nobody) {
    throw refused(
      path,
      `it belongs to another program (application id ${owner})`,
      'choose another file with --db',
    );
  }
}

/** Passes for a Goodall database that can be read. */
export async function inspectForReading(path: string): Promise<void> {
  const found = await fileAt(path);
  if (found === undefined) {
    throw refused(path, 'there is no such file', 'name the file that goodall writes with --db');
  }
  const problem = await accessProblem(path, constants.R_OK);
  if (problem !== undefined) {
    throw refused(path, `the file is not readable: ${problem}`, 'make it readable for this user');
  }
  const owner = found.size === 0 ? nobody : ownerOf(path, found);
  if (owner === applicationId) return;
  const content = owner === nobody ? 'it is empty' : 'it belongs to another program';
  throw new NothingToReportError(
    `nothing to report from database ${path}: ${content}; name the file that goodall writes with --db`,
  );
}

async function requireDirectory(path: string, directory: string): Promise<void> {
  const found = await stat(directory).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) {
    const reason = found.code === 'ENOENT' ? 'does not exist' : `cannot be used: ${wordsFor(found)}`;
    throw refused(path, `directory ${directory} ${reason}`, 'create it or choose another file with --db');
  }
  if (!found.isDirectory()) {
    throw refused(path, `${directory} is not a directory`, 'choose another file with --db');
  }
}

/** The file, undefined when there is none. */
async function fileAt(path: string): Promise<Stats | undefined> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (!(found instanceof Error)) {
    if (!found.isFile()) throw refused(path, 'it is not a file', 'choose another file with --db');
    return found;
  }
  if (found.code === 'ENOENT') return undefined;
  throw refused(path, wordsFor(found), 'choose another file with --db');
}

/** What the system says against such an access, undefined when nothing. */
async function accessProblem(path: string, mode: number): Promise<string | undefined> {
  try {
    await access(path, mode);
    return undefined;
  } catch (error) {
    return wordsFor(error);
  }
}

function wordsFor(error: unknown): string {
  const words: Readonly<Record<string, string>> = {
    EACCES: 'permission denied',
    EPERM: 'operation not permitted',
    EROFS: 'read-only file system',
    ENOTDIR: 'a part of the path is not a directory',
  };
  return words[(error as NodeJS.ErrnoException).code ?? ''] ?? messageOf(error);
}

const magic = 'SQLite format 3\0';
/** How often the tables were changed. */
const schemaCookieOffset = 40;
const applicationIdOffset = 68;
const headerBytes = 100;

/** In the place of an application id: a server was killed before it had made the first table. */
const nobody = 'nobody';

/**
 * The application id in the header of a SQLite file (https://sqlite.org/fileformat2.html, 1.3). It is in the
 * file itself, not in the write-ahead log: the transaction that creates our tables runs before the database
 * goes over to WAL.
 */
function ownerOf(path: string, found: Stats): number | typeof nobody {
  // It was looked at before it was opened. To look again would give up the locks that keep others from its log.
  if (isOpenHere(found)) return applicationId;
  const header = Buffer.alloc(headerBytes);
  // At one go, so that nothing of this process can lock the file in between.
  const file = openSync(path, 'r');
  let bytesRead: number;
  try {
    bytesRead = readSync(file, header, 0, headerBytes, 0);
  } finally {
    closeSync(file);
  }
  if (bytesRead < headerBytes || header.toString('latin1', 0, magic.length) !== magic) {
    throw new DatabaseDamagedError(
      `cannot open database ${path}: it is not a SQLite database; choose another file with --db, ` +
        `or, if it was one of goodall's, ${recovery}`,
    );
  }
  const id = header.readUInt32BE(applicationIdOffset);
  return id === 0 && header.readUInt32BE(schemaCookieOffset) === 0 ? nobody : id;
}

function refused(path: string, reason: string, remedy: string): DatabaseOpenError {
  return new DatabaseOpenError(`cannot open database ${path}: ${reason}; ${remedy}`);
}
