import { deletePoints, deleteRecords, deleteSeries, forgettableBefore, letGo } from './expiry.js';
import { sumHours } from './flush-hours.js';
import { joinFlushes } from './flush-runs.js';
import type { Owner, Session } from './owner.js';
import { type RollUpBounds, rollUpSlice } from './rollup.js';
import { type SealBounds, sealSlice } from './seal.js';
import { Tiers } from './tiers.js';

/** Pages given back to the file system at once: a megabyte. */
const pagesPerSlice = 256;

/** Free pages that stay, as a part of the file: what one expiry frees, the next flushes fill. */
const sparePart = 16;
const fewestSparePages = 64;

/**
 * Keeps a database within its retention, slice by slice: each is a transaction of its own that leaves
 * everything as right as before, so that it may end anywhere and writes wait for one slice at most.
 */
export class Maintenance {
  private forgottenBeforeMs = 0;

  /**
   * @param owner of the connection that writes
   * @param forgetSeries called before series may be deleted
   */
  constructor(
    private readonly owner: Owner,
    private readonly forgetSeries: () => void,
    private readonly bounds?: RollUpBounds,
    private readonly sealBounds?: SealBounds,
  ) {}

  /** Does one slice of what is due. Whether there may be more to do at this time. */
  async step(nowMs: number): Promise<boolean> {
    if (await this.owner.transaction((session) => this.slice(session, nowMs))) return true;
    return this.owner.exclusive(giveBackPages);
  }

  private async slice(session: Session, nowMs: number): Promise<boolean> {
    const tiers = await Tiers.read(session);
    const [first] = tiers.levels;
    if (first === undefined) return false;
    // A flush or two may be on their way; what comes later still is merged into both tiers by its writer.
    const closedMs = nowMs - 2 * first.stepMs;
    return (
      (await rollUpSlice(session, tiers, closedMs, this.bounds)) ||
      (await letGo(session, tiers, nowMs)) ||
      (await deletePoints(session, tiers)) ||
      (await joinFlushes(session, tiers)) ||
      (await deleteRecords(session, tiers)) ||
      (await this.deleteSeries(session, tiers)) ||
      (await sumHours(session, tiers, closedMs)) ||
      (await sealSlice(session, tiers, closedMs, this.sealBounds))
    );
  }

  private async deleteSeries(session: Session, tiers: Tiers): Promise<boolean> {
    const beforeMs = await forgettableBefore(session, tiers);
    // Looks at all series: once for each time that the last tier lets go of something.
    if (beforeMs <= this.forgottenBeforeMs) return false;
    this.forgetSeries();
    if (await deleteSeries(session, beforeMs)) return true;
    this.forgottenBeforeMs = beforeMs;
    return false;
  }
}

async function giveBackPages(session: Session): Promise<boolean> {
  const [free] = await session.all<{ freelist_count: number }>('PRAGMA freelist_count');
  const [all] = await session.all<{ page_count: number }>('PRAGMA page_count');
  const spare = Math.max(fewestSparePages, Math.floor((all?.page_count ?? 0) / sparePart));
  const pages = Math.min(pagesPerSlice, (free?.freelist_count ?? 0) - spare);
  if (pages <= 0) return false;
  await session.exec(`PRAGMA incremental_vacuum(${pages})`);
  return true;
}
