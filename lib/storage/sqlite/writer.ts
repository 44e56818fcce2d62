import type { Flush } from '../../flush/flush.js';
import type { Owner, Session } from './owner.js';
import { writePoints } from './point-writer.js';
import { writeBadLines, writeChecks, writeEvents, writeFlushRow } from './record-writer.js';
import { SeriesIds } from './series-ids.js';

/** Writes flushes through a connection of its own, each in one transaction. */
export class FlushWriter {
  private readonly seriesIds = new SeriesIds();

  /** @param owner of a connection from `openForWriting` */
  constructor(private readonly owner: Owner) {}

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
    }
  }

  /** Commits a small write. Rejects with DatabaseWriteError when a flush could not be written either. */
  async checkWritable(nowMs: number): Promise<void> {
    const sql = `INSERT OR REPLACE INTO meta (key, value) VALUES ('writable_at_ms', ?)`;
    await this.owner.transaction((session) => session.run(sql, [nowMs]));
  }

  close(): Promise<void> {
    return this.owner.close();
  }

  private async writeAll(session: Session, flush: Flush): Promise<void> {
    if (!(await writeFlushRow(session, flush))) return;
    await writePoints(session, flush, this.seriesIds);
    await writeEvents(session, flush.events);
    await writeChecks(session, flush.checks);
    await writeBadLines(session, flush.badLines);
  }
}
