import { type Clock, systemClock } from '../../clock.js';
import type { Retention } from '../../config/retention.js';
import type { Flush } from '../../flush/flush.js';
import type { GaugeValue, Store } from '../store.js';
import { readLastGauges } from './newest.js';
import { type OpenOptions, openForReading } from './open-reading.js';
import { openForWriting } from './open-writing.js';
import type { Owner } from './owner.js';
import { SqliteReader } from './reader.js';
import { adoptRetention } from './retention.js';
import type { RollUpBounds } from './rollup.js';
import type { SealBounds } from './seal.js';
import { FlushWriter } from './writer.js';

export interface SqliteStoreOptions extends OpenOptions {
  readonly clock?: Clock;
  /** What is kept; without it the database's own retention holds, and a new database keeps everything. */
  readonly retention?: Retention;
  /** How much a call of `maintain` rolls up; specs make it little. */
  readonly rollUpBounds?: RollUpBounds;
  /** How large blocks are, and how much a call of `maintain` makes blocks of; specs make it little. */
  readonly sealBounds?: SealBounds;
}

/**
 * The embedded store: one SQLite file, written through one connection and read through another, so that a
 * report neither waits for a flush nor holds one up.
 */
export class SqliteStore extends SqliteReader implements Store {
  private constructor(
    reading: Owner,
    private readonly writer: FlushWriter,
    private readonly clock: Clock,
  ) {
    super(reading);
  }

  /**
   * Opens the database of a server, and makes it when there is none. Rejects with DatabaseOpenError or, when
   * the tables cannot be created or migrated, with DatabaseSchemaError.
   */
  static override async open(path: string, options: SqliteStoreOptions = {}): Promise<SqliteStore> {
    const writing = await openForWriting(path, options);
    try {
      if (options.retention !== undefined) await adoptRetention(writing, path, options.retention);
      const reading = await openForReading(path, options);
      return new SqliteStore(
        reading,
        new FlushWriter(writing, options.rollUpBounds, options.sealBounds),
        options.clock ?? systemClock,
      );
    } catch (error) {
      await writing.close();
      throw error;
    }
  }

  write(flush: Flush): Promise<void> {
    return this.writer.write(flush);
  }

  maintain(nowMs: number): Promise<boolean> {
    return this.writer.maintain(nowMs);
  }

  lastGauges(): Promise<GaugeValue[]> {
    return readLastGauges(this.reading);
  }

  checkWritable(): Promise<void> {
    return this.writer.checkWritable(this.clock.now());
  }

  /** Brings what is in the write-ahead log into the file itself. False when a reader is in the way of that. */
  emptyLog(): Promise<boolean> {
    return this.writer.emptyLog();
  }

  /** Finishes what was asked for; the last connection to close leaves one file without its log. */
  override async close(): Promise<void> {
    await super.close();
    await this.writer.close();
  }
}
