import { stat, truncate } from 'node:fs/promises';
import { hostname } from 'node:os';
import { type Clock, systemClock } from '../../clock.js';
import { DatabaseHeldError } from '../../errors.js';
import { isDamage, openFailure, sqliteCode } from './failure.js';
import { Owner } from './owner.js';
import { realPath } from './real-path.js';

/** Who writes a database. */
export interface Holder {
  /** Its process, as the namespace it runs in numbers it. */
  readonly pid: number;
  readonly host: string;
  readonly sinceMs: number;
  /** What it listens on, for a person; empty until it does. */
  readonly listeners: readonly string[];
}

export interface LockOptions {
  /** How long to wait for another process to let go; without it, one that holds on is refused at once. */
  readonly waitMs?: number;
  readonly clock?: Clock;
}

/** Each attempt waits this long within SQLite: two that start at once get in each other's way for a moment. */
const attemptMs = 100;

/**
 * Locking mode EXCLUSIVE keeps the lock of the first transaction until the connection closes. Nothing here has
 * to survive a crash: no journal, and no waiting for the disk.
 */
const lockSql = `
PRAGMA page_size = 512;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA journal_mode = MEMORY;
PRAGMA synchronous = OFF;
BEGIN EXCLUSIVE;
CREATE TABLE IF NOT EXISTS holder (pid INTEGER, host TEXT, since_ms INTEGER, listeners TEXT);
COMMIT;
`;

/**
 * What this process holds, or is about to, by path. POSIX locks do not keep a process from itself, and it loses
 * them when it closes any descriptor of the file: so the file of an own lock is never opened a second time.
 */
const own = new Map<string, Holder>();

/**
 * The right to write a database: one server has it at a time, and the operating system takes it back when the
 * process ends, however it ends. It is SQLite's own lock on a small file beside the database, so that it works
 * wherever SQLite does, and that readers of the database need not know of it.
 */
export class DatabaseLock {
  private constructor(
    private readonly path: string,
    private readonly owner: Owner,
    private readonly inode: string,
  ) {}

  /**
   * Takes the lock of a database, which need not be there yet. Rejects with DatabaseHeldError, which says who
   * has it, when that one does not let go in time; with DatabaseOpenError when the file of the lock cannot be
   * written.
   */
  static async acquire(database: string, options: LockOptions = {}): Promise<DatabaseLock> {
    const { waitMs = 0, clock = systemClock } = options;
    const file = await realPath(database);
    const path = `${file}-lock`;
    const untilMs = clock.monotonic() + waitMs;
    for (;;) {
      const isOwn = own.has(path);
      const lock = isOwn ? undefined : await DatabaseLock.attempt(path, clock.now());
      if (lock !== undefined) return lock;
      if (clock.monotonic() >= untilMs) throw heldError(file, own.get(path) ?? (await readHolder(path)));
      // SQLite has waited by itself, but not for a lock of this process.
      if (isOwn) await new Promise<void>((resolve) => clock.setTimer(resolve, attemptMs));
    }
  }

  /** Whether the locked file is still the one that another server would lock. */
  async isInPlace(): Promise<boolean> {
    return (await inodeOf(this.path).catch(() => '')) === this.inode;
  }

  /** Says what this server listens on, to those that it is in the way of. */
  async announce(listeners: readonly string[]): Promise<void> {
    const holder = own.get(this.path);
    if (holder === undefined) return;
    own.set(this.path, { ...holder, listeners });
    await writeHolder(this.owner, { ...holder, listeners });
  }

  async release(): Promise<void> {
    await this.owner.close().finally(() => own.delete(this.path));
  }

  /** The lock, or undefined when another process has it. */
  private static async attempt(path: string, nowMs: number): Promise<DatabaseLock | undefined> {
    const holder: Holder = { pid: process.pid, host: hostname(), sinceMs: nowMs, listeners: [] };
    own.set(path, holder);
    let owner: Owner | undefined;
    try {
      owner = await Owner.open(path, 'create', attemptMs);
      await owner.exclusive((session) => session.exec(lockSql));
      await writeHolder(owner, holder);
      return new DatabaseLock(path, owner, await inodeOf(path));
    } catch (error) {
      await owner?.close();
      own.delete(path);
      if (sqliteCode(error) === 'SQLITE_BUSY') return undefined;
      if (!isDamage(error)) throw openFailure(path, error);
      // Left by a process that was killed as it wrote it. Emptied, not removed: another server may hold this
      // very file.
      await truncate(path, 0);
      return undefined;
    }
  }
}

async function inodeOf(path: string): Promise<string> {
  const { dev, ino } = await stat(path);
  return `${dev}:${ino}`;
}

function writeHolder(owner: Owner, { pid, host, sinceMs, listeners }: Holder): Promise<void> {
  return owner.transaction(async (session) => {
    await session.run('DELETE FROM holder');
    const values = [pid, host, sinceMs, JSON.stringify(listeners)];
    await session.run('INSERT INTO holder (pid, host, since_ms, listeners) VALUES (?, ?, ?, ?)', values);
  });
}

/** Who writes a database or has written it last; undefined when that is not known. */
export async function holderOf(database: string): Promise<Holder | undefined> {
  return readHolder(`${await realPath(database)}-lock`);
}

/** Read past the lock, hence perhaps while it is written: then nothing is known of the holder. */
async function readHolder(path: string): Promise<Holder | undefined> {
  let owner: Owner | undefined;
  try {
    owner = await Owner.open(path, 'immutable', 0);
    const [row] = await owner.all<{ pid: number; host: string; since_ms: number; listeners: string }>(
      'SELECT pid, host, since_ms, listeners FROM holder',
    );
    if (row === undefined) return undefined;
    const listeners = JSON.parse(row.listeners) as string[];
    return { pid: row.pid, host: row.host, sinceMs: row.since_ms, listeners };
  } catch {
    return undefined;
  } finally {
    await owner?.close();
  }
}

function heldError(file: string, holder: Holder | undefined): DatabaseHeldError {
  const who = holder === undefined ? 'another server' : spoken(holder);
  return new DatabaseHeldError(
    `cannot open database ${file}: ${who} writes it; stop that one or choose another file with --db`,
  );
}

function spoken({ pid, host, sinceMs, listeners }: Holder): string {
  const where = listeners.length === 0 ? '' : `, listening on ${listeners.join(', ')}`;
  const since = new Date(sinceMs).toISOString();
  return `the server with process id ${pid} on ${host}, running since ${since}${where},`;
}
