import { setImmediate as nextTurn } from 'node:timers/promises';
import { ColumnPoints } from '../aggregate/column-points.js';
import { MergedColumns } from '../aggregate/merged-columns.js';
import { addLineCounts, type Snapshot } from '../aggregate/snapshot.js';
import { CommonNumbering } from '../series/common-numbering.js';
import { addRefusals } from '../series/refusals.js';

/** What one thread gives away. */
export interface ThreadSnapshot extends Snapshot {
  readonly points: ColumnPoints;
}

/**
 * Makes one snapshot an interval out of those of several threads. Of two gauges the later setting wins; everything else
 * adds up.
 */
export class SnapshotMerger {
  private readonly numbering = new CommonNumbering();

  async merge(snapshots: readonly ThreadSnapshot[]): Promise<ThreadSnapshot[]> {
    const byStart = new Map<number, ThreadSnapshot[]>();
    for (const snapshot of snapshots) {
      const same = byStart.get(snapshot.startMs);
      if (same === undefined) byStart.set(snapshot.startMs, [snapshot]);
      else same.push(snapshot);
    }
    const inOrder = [...byStart.values()].sort((a, b) => a[0]!.startMs - b[0]!.startMs);
    const merged: ThreadSnapshot[] = [];
    for (const same of inOrder) merged.push(await this.join(same));
    return merged;
  }

  private async join(snapshots: readonly ThreadSnapshot[]): Promise<ThreadSnapshot> {
    const lent = snapshots.map(({ points }) => points);
    const holds = lent.map((points) => points.hold());
    const columns = await MergedColumns.of(this.numbering, lent, nextTurn);
    return {
      startMs: snapshots[0]!.startMs,
      points: new ColumnPoints(
        columns,
        () => {
          for (const points of lent) points.release();
        },
        () => {
          for (const letGo of holds) letGo();
        },
      ),
      events: snapshots.flatMap(({ events }) => events),
      checks: snapshots.flatMap(({ checks }) => checks),
      badLines: snapshots.flatMap(({ badLines }) => badLines),
      refusals: addRefusals(snapshots.flatMap(({ refusals = [] }) => refusals)),
      counts: snapshots.map(({ counts }) => counts).reduce(addLineCounts),
    };
  }
}
