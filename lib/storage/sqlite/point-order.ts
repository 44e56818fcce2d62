import { setImmediate } from 'node:timers/promises';
import type { FlushPoints } from '../../flush/flush.js';
import type { Session } from './owner.js';
import { type PointTable, pointTableOf } from './point-tables.js';
import type { SeriesIds } from './series-ids.js';
import { sortInTurns } from './sort-in-turns.js';

/** Points looked at before other work of the main thread gets its turn. */
const pointsPerTurn = 2048;

/** A little more than was needed, so that each new series does not ask for another room. */
const spareRoom = 9 / 8;

/** The points of one flush that go into one table and one bucket. */
export interface PointGroup {
  readonly table: PointTable;
  readonly timeMs: number;
  /**
   * series id · number of points in the flush + index of the point: one number that sorts by series. In order
   * of series the rows of a bucket are appended: full pages, and each written once.
   */
  readonly codes: Float64Array;
}

interface Counted {
  readonly table: PointTable;
  readonly timeMs: number;
  count: number;
  end: number;
}

/**
 * Sorts the points of flushes into the groups they are written in. Keeps its memory for the next flush: made
 * anew each time, what the last flushes took would lie about until V8 looks for it.
 */
export class PointOrder {
  private room = new Float64Array(0);
  /** For sorting: half as long. */
  private aside = new Float64Array(0);

  /** Runs inside the write transaction that will use the ids. What it returns holds until the next call. */
  async grouped(session: Session, points: FlushPoints, seriesIds: SeriesIds): Promise<PointGroup[]> {
    const groups = new Groups(points);
    await inTurns(points.length, async (start, end) => {
      for (let index = start; index < end; index += 1) groups.at(index).count += 1;
    });
    const all = groups.all();
    let end = 0;
    for (const group of all) {
      group.end = end;
      end += group.count;
    }
    this.makeRoom(points.length);
    const { room } = this;
    await inTurns(points.length, async (start, end) => {
      const ids = await seriesIds.resolve(session, points, start, end);
      for (let index = start; index < end; index += 1) {
        room[groups.at(index).end++] = ids[index - start]! * points.length + index;
      }
    });
    const sorted: PointGroup[] = [];
    for (const { table, timeMs, count, end } of all) {
      const codes = room.subarray(end - count, end);
      await sortInTurns(codes, this.aside);
      sorted.push({ table, timeMs, codes });
    }
    return sorted;
  }

  private makeRoom(points: number): void {
    const isAmple = this.room.length > 4 * points;
    if (this.room.length >= points && !isAmple) return;
    this.room = new Float64Array(Math.ceil(points * spareRoom));
    this.aside = new Float64Array(Math.ceil(this.room.length / 2));
  }
}

/** The groups of the points of a flush, by table and bucket. */
class Groups {
  private readonly byTable = new Map<PointTable, Map<number, Counted>>();

  constructor(private readonly points: FlushPoints) {}

  all(): Counted[] {
    return [...this.byTable.values()].flatMap((byTime) => [...byTime.values()]);
  }

  at(index: number): Counted {
    const { table, timeMs } = this.placeOf(index);
    let byTime = this.byTable.get(table);
    if (byTime === undefined) {
      byTime = new Map();
      this.byTable.set(table, byTime);
    }
    let group = byTime.get(timeMs);
    if (group === undefined) {
      group = { table, timeMs, count: 0, end: 0 };
      byTime.set(timeMs, group);
    }
    return group;
  }

  private placeOf(index: number): Pick<PointGroup, 'table' | 'timeMs'> {
    const { columns } = this.points;
    if (columns !== undefined)
      return { table: pointTableOf(columns.type(index)), timeMs: columns.timeMs(index) };
    const { series, timeMs } = this.points.at(index)!;
    return { table: pointTableOf(series.type), timeMs };
  }
}

async function inTurns(points: number, body: (start: number, end: number) => Promise<void>): Promise<void> {
  for (let start = 0; start < points; start += pointsPerTurn) {
    await body(start, Math.min(start + pointsPerTurn, points));
    await setImmediate();
  }
}
