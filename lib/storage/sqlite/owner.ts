import sqlite3 from 'sqlite3';
import { stat } from '../../files.js';

export type SqlValue = number | string | Uint8Array | null;

/** How a database file is opened. `immutable` promises SQLite that nobody writes it: no lock, no side file. */
export type OpenMode = 'create' | 'read' | 'immutable';

/** What has the connection to itself while it runs: see `Owner.exclusive`. */
export interface Session {
  /** Runs SQL without parameters, several statements if need be. */
  exec(sql: string): Promise<void>;
  /** Runs one statement that returns no rows; the number of rows it changed. */
  run(sql: string, parameters?: readonly SqlValue[]): Promise<number>;
  /** All rows of one query. */
  all<Row>(sql: string, parameters?: readonly SqlValue[]): Promise<Row[]>;
}

/** Compiled statements kept for their next use, the least recently used given up first. */
const maxStatements = 32;

/**
 * Owner of one SQLite connection, and the only door to the driver. Work is done one piece at a time in the
 * order it came: the driver would start the statements of two callers on two threads of libuv's pool, where one
 * of them only waits for the other, and would let one caller's statements into another's transaction.
 */
export class Owner {
  private tail: Promise<unknown> = Promise.resolve();
  private explain = (error: unknown): unknown => error;

  private constructor(private readonly connection: Connection) {}

  /**
   * Opens a database file.
   *
   * @param path an absolute path, so that no name means something else to SQLite (`:memory:`, `file:…`)
   * @param busyTimeoutMs how long a statement waits for another connection's lock
   */
  static async open(path: string, mode: OpenMode, busyTimeoutMs: number): Promise<Owner> {
    return new Owner(await Connection.open(path, mode, busyTimeoutMs));
  }

  /** From now on work that fails rejects with what `explain` makes of the error. */
  explainFailures(explain: (error: unknown) => unknown): void {
    this.explain = explain;
  }

  /** Runs `body` with the connection to itself, after everything asked for before. */
  exclusive<T>(body: (session: Session) => Promise<T>): Promise<T> {
    const result = this.tail
      .then(() => body(this.connection))
      .catch((error) => {
        throw this.explain(error);
      });
    this.tail = result.catch(() => undefined);
    return result;
  }

  /** Runs `body` in a write transaction: committed when it resolves, rolled back when it rejects. */
  transaction<T>(body: (session: Session) => Promise<T>): Promise<T> {
    return this.exclusive(async (session) => {
      // IMMEDIATE: a lock held elsewhere is met here, before any work, and never in the middle.
      await session.exec('BEGIN IMMEDIATE');
      try {
        const result = await body(session);
        await session.exec('COMMIT');
        return result;
      } catch (error) {
        // A full disk or an I/O error has ended the transaction already; then ROLLBACK fails, and means
        // nothing.
        await session.exec('ROLLBACK').catch(() => undefined);
        throw error;
      }
    });
  }

  /** All rows of one query, as a piece of work of its own. */
  all<Row>(sql: string, parameters?: readonly SqlValue[]): Promise<Row[]> {
    return this.exclusive((session) => session.all<Row>(sql, parameters));
  }

  /** Closes the connection after everything asked for before. */
  close(): Promise<void> {
    return this.exclusive(() => this.connection.close());
  }
}

/** A file, whatever its names. */
interface FileIdentity {
  readonly dev: number;
  readonly ino: number;
}

/** How many connections of this process have each file open. */
const openFiles = new Map<string, number>();

/**
 * Whether this process has the file open as a database. A process loses its POSIX locks on a file when it closes any
 * descriptor of it (https://sqlite.org/howtocorrupt.html, 2.2): such a file must not be opened by other means.
 */
export function isOpenHere(file: FileIdentity): boolean {
  return openFiles.has(keyOf(file));
}

function keyOf({ dev, ino }: FileIdentity): string {
  return `${dev}:${ino}`;
}

type Settle = (error: Error | null) => void;

function settled(start: (settle: Settle) => void): Promise<void> {
  return new Promise((resolve, reject) => start((error) => (error === null ? resolve() : reject(error))));
}

class Connection implements Session {
  private readonly statements = new Map<string, sqlite3.Statement>();

  private constructor(
    private readonly database: sqlite3.Database,
    private readonly file: string,
  ) {
    openFiles.set(file, (openFiles.get(file) ?? 0) + 1);
  }

  static async open(path: string, mode: OpenMode, busyTimeoutMs: number): Promise<Connection> {
    const database = await new Promise<sqlite3.Database>((resolve, reject) => {
      const [name, flags] = target(path, mode);
      const opened: sqlite3.Database = new sqlite3.Database(name, flags, (error) =>
        error === null ? resolve(opened) : reject(error),
      );
    });
    database.configure('busyTimeout', busyTimeoutMs);
    try {
      // The file is there by now, and not locked before the first statement.
      return new Connection(database, keyOf(await stat(path)));
    } catch (error) {
      database.close();
      throw error;
    }
  }

  exec(sql: string): Promise<void> {
    return settled((settle) => this.database.exec(sql, settle));
  }

  run(sql: string, parameters: readonly SqlValue[] = []): Promise<number> {
    return new Promise((resolve, reject) => {
      this.statement(sql, reject).run(parameters, function (error) {
        if (error === null) resolve(this.changes);
        else reject(error);
      });
    });
  }

  // Never the driver's get(): it leaves the statement on its first row, which holds a read lock open.
  all<Row>(sql: string, parameters: readonly SqlValue[] = []): Promise<Row[]> {
    return new Promise((resolve, reject) => {
      this.statement(sql, reject).all<Row>(parameters, (error, rows) =>
        error === null ? resolve(rows) : reject(error),
      );
    });
  }

  async close(): Promise<void> {
    for (const statement of this.statements.values()) await finalize(statement);
    this.statements.clear();
    await settled((settle) => this.database.close(settle));
    const others = (openFiles.get(this.file) ?? 1) - 1;
    if (others > 0) openFiles.set(this.file, others);
    else openFiles.delete(this.file);
  }

  /**
   * The statement of a text, kept or about to be compiled: what it is asked to do follows without a turn of the
   * main thread in between. Where it cannot be compiled `fail` is called, and nothing else.
   */
  private statement(sql: string, fail: (error: Error) => void): sqlite3.Statement {
    const known = this.statements.get(sql);
    if (known !== undefined) {
      // Put at the end again: the order of the map is the order of last use.
      this.statements.delete(sql);
      this.statements.set(sql, known);
      return known;
    }
    const statement = this.database.prepare(sql, (error: Error | null) => {
      if (error === null) return;
      this.statements.delete(sql);
      fail(error);
    });
    this.statements.set(sql, statement);
    const [oldest] = this.statements;
    if (oldest !== undefined && this.statements.size > maxStatements) {
      this.statements.delete(oldest[0]);
      void finalize(oldest[1]);
    }
    return statement;
  }
}

function finalize(statement: sqlite3.Statement): Promise<void> {
  return new Promise((resolve) => statement.finalize(() => resolve()));
}

function target(path: string, mode: OpenMode): [name: string, flags: number] {
  switch (mode) {
    case 'create':
      return [path, sqlite3.OPEN_READWRITE | sqlite3.OPEN_CREATE];
    case 'read':
      return [path, sqlite3.OPEN_READONLY];
    case 'immutable': {
      const escaped = path.replace(/[%?#]/g, encodeURIComponent);
      return [`file:${escaped}?immutable=1`, sqlite3.OPEN_READONLY | sqlite3.OPEN_URI];
    }
  }
}
