import type { Flush } from '../../flush/flush.js';
import { Maintenance } from './maintenance.js';
import type { Owner, Session } from './owner.js';
import { PointOrder } from './point-order.js';
import { writePoints } from './point-writer.js';
import { writeBadLines, writeChecks, writeEvents, writeFlushRow } from './record-writer.js';
import { writeRefusals } from './refusals.js';
import type { RollUpBounds } from './rollup.js';
import type { SealBounds } from './seal.js';
import { SeriesIds } from './series-ids.js';
import { WriteCache } from './write-cache.js';

/** Writes flushes through a connection of its own, each in one transaction. */
export class FlushWriter {
  private readonly cache = new WriteCache();
  private readonly seriesIds = new SeriesIds(this.cache);
  private readonly order = new PointOrder();
  private readonly maintenance: Maintenance;

  /** @param owner of a connection from `openForWriting` */
  constructor(
    private readonly owner: Owner,
    rollUpBounds?: RollUpBounds,
    sealBounds?: SealBounds,
  ) {
    this.maintenance = new Maintenance(owner, () => this.seriesIds.forget(), rollUpBounds, sealBounds);
  }

  /**
   * Writes a flush, whole or not at all; one that was written before changes nothing. Rejects with
   * DatabaseWriteError when the disk or a lock is in the way: then it may be tried again.
   */
  async write(flush: Flush): Promise<void> {
    try {
      await this.owner.transaction((session) => this.writeAll(session, flush));
    } catch (error) {
      this.seriesIds.forget();
      throw error;
    } finally {
      await this.owner.exclusive((session) => this.cache.narrow(session));
    }
  }

  /** Does a slice of what keeps the database within its retention. Whether there may be more to do. */
  maintain(nowMs: number): Promise<boolean> {
    return this.maintenance.step(nowMs);
  }

  /** Commits a small write. Rejects with DatabaseWriteError when a flush could not be written either. */
  async checkWritable(nowMs: number): Promise<void> {
    const sql = `INSERT OR REPLACE INTO meta (key, value) VALUES ('writable_at_ms', ?)`;
    await this.owner.transaction((session) => session.run(sql, [nowMs]));
  }

  async emptyLog(): Promise<boolean> {
    const [row] = await this.owner.all<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)');
    return row?.busy === 0;
  }

  close(): Promise<void> {
    return this.owner.close();
  }

  private async writeAll(session: Session, flush: Flush): Promise<void> {
    if (!(await writeFlushRow(session, flush))) return;
    await writePoints(session, flush, this.seriesIds, this.order);
    await writeEvents(session, flush.events);
    await writeChecks(session, flush.checks);
    await writeBadLines(session, flush.badLines);
    await writeRefusals(session, flush.refusals ?? []);
  }
}
