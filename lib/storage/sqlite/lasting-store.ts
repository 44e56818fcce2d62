import { stat } from 'node:fs/promises';
import { type Clock, systemClock } from '../../clock.js';
import type { Retention } from '../../config/retention.js';
import { DatabaseDamagedError, DatabaseOpenError, messageOf } from '../../errors.js';
import type { Flush } from '../../flush/flush.js';
import type { Logger } from '../../log.js';
import type { GaugeValue, StoreReader } from '../store.js';
import { moveAside, requireSound } from './damage.js';
import { isDamage, isLossOfFiles } from './failure.js';
import { inspectForWriting } from './inspect.js';
import { lastingReader } from './lasting-reader.js';
import { DatabaseLock } from './lock.js';
import { finishMoved, inodeOf, requireDisk } from './moved-file.js';
import { defaultBusyTimeoutMs } from './open-reading.js';
import { realPath } from './real-path.js';
import { SqliteStore } from './store.js';

export interface LastingStoreOptions {
  readonly logger: Logger;
  readonly clock?: Clock;
  readonly retention?: Retention;
  readonly busyTimeoutMs?: number;
  /** Whether a damaged database is moved aside and a new one started. */
  readonly recover?: boolean;
  /**
   * Told when the files of a failed disk are let go of, so that it can be unmounted, and when they are open
   * again.
   */
  readonly onReach?: (isWithinReach: boolean) => void;
  /** How long to wait for another server to let go of the database. */
  readonly waitMs?: number;
}

/** A store, and which file it is open on. */
interface Opened {
  readonly store: SqliteStore;
  readonly inode: string;
}

/**
 * The store of a server: the only one on its file, and always on the file that has the name. When that was
 * moved away (by a rotation of logs), deleted or replaced, the next flush goes to the file that is there then,
 * or to a new one.
 */
export class LastingStore {
  /** Reads whichever file is open; rejects with DatabaseOpenError while none is. */
  readonly reader: StoreReader;
  private opened: Opened | undefined;
  private lock: DatabaseLock | undefined;
  /** The file system that the file was on last. */
  private device: number | undefined;
  private listeners: readonly string[] = [];
  /** What is being opened or closed, one after the other. */
  private turn: Promise<unknown> = Promise.resolve();
  private foundDamage: string | undefined;
  private lastChange: string | undefined;
  private toldChange: string | undefined;

  private constructor(
    private readonly path: string,
    private readonly options: LastingStoreOptions,
  ) {
    this.reader = lastingReader(() => this.required());
  }

  /**
   * Rejects with DatabaseHeldError when another server writes the file; DatabaseDamagedError, DatabaseOpenError
   * or DatabaseSchemaError when it cannot be used; ConfigError for a retention that would lose points.
   */
  static async open(file: string, options: LastingStoreOptions): Promise<LastingStore> {
    const lasting = new LastingStore(await realPath(file), options);
    try {
      await lasting.follow();
    } catch (error) {
      await lasting.close();
      throw error;
    }
    return lasting;
  }

  /** What damage was met in the open file, in words. */
  get damage(): string | undefined {
    return this.foundDamage;
  }

  /** What became of the file that was written before, in words. */
  get change(): string | undefined {
    return this.lastChange;
  }

  /** As `Store.write`. */
  write(flush: Flush): Promise<void> {
    return this.work((store) => store.write(flush));
  }

  /** As `Store.maintain`. */
  maintain(nowMs: number): Promise<boolean> {
    return this.work((store) => store.maintain(nowMs));
  }

  /** As `Store.checkWritable`. */
  checkWritable(): Promise<void> {
    return this.work((store) => store.checkWritable());
  }

  /** As `Store.lastGauges`. */
  lastGauges(): Promise<GaugeValue[]> {
    return this.work((store) => store.lastGauges());
  }

  /** Says what the server listens on, to another that would write the same file. */
  async announce(listeners: readonly string[]): Promise<void> {
    this.listeners = listeners;
    await this.lock?.announce(listeners).catch((error: unknown) => {
      this.options.logger.warn(`cannot say in ${this.path}-lock what is listened on: ${messageOf(error)}`);
    });
  }

  close(): Promise<void> {
    return this.inTurn(async () => {
      const { opened, lock } = this;
      this.opened = undefined;
      this.lock = undefined;
      try {
        await opened?.store.close();
      } finally {
        await lock?.release();
      }
    });
  }

  private inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.turn.then(task);
    this.turn = result.catch(() => undefined);
    return result;
  }

  private async work<T>(task: (store: SqliteStore) => Promise<T>): Promise<T> {
    await this.follow();
    try {
      return await task(this.required());
    } catch (error) {
      // The next piece of work opens everything anew.
      if (isLossOfFiles(error)) await this.giveUp();
      if (!isDamage(error)) throw error;
      this.foundDamage = messageOf(error);
      if (this.options.recover !== true) throw error;
      await this.replaceDamaged(error);
      return task(this.required());
    }
  }

  private async giveUp(): Promise<void> {
    await this.close().catch(() => undefined);
    this.options.onReach?.(false);
  }

  private required(): SqliteStore {
    if (this.opened !== undefined) return this.opened.store;
    throw new DatabaseOpenError(`database ${this.path} is not open: see the log of the server`);
  }

  /** Makes the open file the one that has the name. */
  private follow(): Promise<void> {
    return this.inTurn(() => this.look());
  }

  private async look(): Promise<void> {
    const { path, opened, lock, options } = this;
    const isLocked = (await lock?.isInPlace()) === true;
    if (opened !== undefined && isLocked && (await inodeOf(path)) === opened.inode) return;
    if (opened !== undefined && (await inodeOf(path)) !== opened.inode) await this.letGo(opened);
    if (this.device !== undefined) await requireDisk(path, this.device);
    if (!isLocked) await this.takeLock();
    if (this.opened !== undefined) return;
    const store = await this.openSound();
    this.opened = { store, inode: await inodeOf(path) };
    this.device = (await stat(path)).dev;
    this.foundDamage = undefined;
    options.onReach?.(true);
    if (this.lastChange !== this.toldChange) options.logger.warn(`database ${path}: ${this.lastChange}`);
    this.toldChange = this.lastChange;
  }

  private async takeLock(): Promise<void> {
    const { path, lock, listeners, options } = this;
    this.lock = undefined;
    await lock?.release();
    // It says better than SQLite why a file cannot be made. Damage is looked at once nobody else is at work.
    await inspectForWriting(path).catch((error: unknown) => {
      if (!(error instanceof DatabaseDamagedError)) throw error;
    });
    this.lock = await DatabaseLock.acquire(path, options);
    if (listeners.length > 0) await this.lock.announce(listeners);
  }

  private async openSound(): Promise<SqliteStore> {
    const { path, options } = this;
    if (options.recover !== true) return this.openStore();
    try {
      await requireSound(path, options.busyTimeoutMs ?? defaultBusyTimeoutMs);
      return await this.openStore();
    } catch (error) {
      if (!(error instanceof DatabaseDamagedError)) throw error;
      await this.putAside(error);
      return this.openStore();
    }
  }

  private openStore(): Promise<SqliteStore> {
    const { logger, clock, retention, busyTimeoutMs } = this.options;
    return SqliteStore.open(this.path, {
      notice: (text) => logger.warn(text),
      ...(clock === undefined ? {} : { clock }),
      ...(retention === undefined ? {} : { retention }),
      ...(busyTimeoutMs === undefined ? {} : { busyTimeoutMs }),
    });
  }

  private replaceDamaged(error: unknown): Promise<void> {
    const damaged = this.opened;
    return this.inTurn(async () => {
      // Of two that meet the damage at once, the second finds the new file.
      if (damaged === undefined || this.opened !== damaged) return;
      this.opened = undefined;
      await damaged.store.close().catch(() => undefined);
      await this.putAside(error);
      await this.look();
    });
  }

  private async putAside(error: unknown): Promise<void> {
    const aside = await moveAside(this.path, this.now);
    this.lastChange = `it was damaged, and was moved to ${aside}; a new one was started (${messageOf(error)})`;
  }

  private async letGo({ store }: Opened): Promise<void> {
    const { path, now } = this;
    this.opened = undefined;
    this.lastChange =
      `the file was moved, deleted or replaced, which was seen at ${new Date(now).toISOString()}; ` +
      'what comes is written to the one that is there now';
    const left = await finishMoved(store, path, now);
    if (left !== undefined) this.options.logger.error(`database ${path}: ${left}`);
  }

  private get now(): number {
    return (this.options.clock ?? systemClock).now();
  }
}
