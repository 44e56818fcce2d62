import type { SeriesRef } from '../series/table.js';

/** Series are made older so many times while they are idle for as long as it takes to leave. */
const stepsToLeave = 4;

/** The oldest age there is. */
const oldest = 255;

/** When series are made older, and of which age they leave, counted in intervals. */
export interface IdleSchedule {
  /** Intervals between two times that series are made older. */
  readonly every: number;
  /** From the first of these times to the last a series has been idle for as long as it takes. */
  readonly age: number;
}

/** Undefined when series never leave. */
export function idleSchedule(idleMs: number | undefined, intervalMs: number): IdleSchedule | undefined {
  if (idleMs === undefined) return undefined;
  const every = Math.max(1, Math.floor(idleMs / stepsToLeave / intervalMs));
  return { every, age: Math.min(oldest, Math.ceil(idleMs / (every * intervalMs)) + 1) };
}

/** Series that have just left, and whether more are to leave. */
export interface Retired {
  readonly refs: readonly SeriesRef[];
  readonly hasMore: boolean;
}

/** Where series are, maybe another thread. */
export interface SeriesPlace {
  growOlder(): Promise<void>;
  /**
   * Takes a part of the series of this age out, and has those who keep something by their refs forget it.
   * Whether there are more.
   */
  retire(age: number): Promise<boolean>;
}

/** What is lent of a place: intervals are numbered from 1 on, as they are collected. */
export interface LentIntervals {
  readonly collected: number;
  /** The first one whose series must be known by their refs; Infinity when there is none. */
  readonly firstHeld: number;
}

/**
 * Has idle series leave a place, in the background between two collections. A series leaves only when no
 * interval that has it is held by anybody: flushes that wait for a backend name it by its ref.
 *
 * A series of age n has not been in an interval that was collected after the n-th last time that series were
 * made older.
 */
export class Retirement {
  private readonly schedule: IdleSchedule | undefined;
  private intervals = 0;
  /** Intervals collected at each of the last times that series were made older. */
  private readonly marks: number[] = [];
  private looks = 0;
  private hasMore = false;
  private isStopped = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    options: { readonly idleMs?: number; readonly intervalMs: number },
    private readonly lent: LentIntervals,
    private readonly place: SeriesPlace,
  ) {
    this.schedule = idleSchedule(options.idleMs, options.intervalMs);
  }

  /**
   * Ends what was begun; what is left goes on with the next turn. Nothing may be collected before it has ended.
   */
  stop(): Promise<void> {
    this.isStopped = true;
    return this.running;
  }

  /** Keeps series from leaving while somebody looks at them by their refs. */
  hold(): () => void {
    this.looks += 1;
    return () => {
      this.looks -= 1;
    };
  }

  /** An interval was collected. */
  turn(): void {
    const { schedule } = this;
    if (schedule === undefined) return;
    this.intervals += 1;
    const isDue = this.intervals % schedule.every === 0;
    if (isDue || this.hasMore) this.running = this.run(schedule.age, isDue);
  }

  private async run(least: number, isDue: boolean): Promise<void> {
    this.isStopped = false;
    if (isDue) {
      this.marks.push(this.lent.collected);
      if (this.marks.length > oldest) this.marks.shift();
      await this.place.growOlder();
    }
    const age = this.ageToLeave(least);
    if (age === undefined) return;
    this.hasMore = true;
    while (this.hasMore && this.looks === 0 && !this.isStopped) this.hasMore = await this.place.retire(age);
  }

  /** The least age from `least` on of series that nobody holds. */
  private ageToLeave(least: number): number | undefined {
    const { marks, lent } = this;
    for (let age = least; age <= marks.length; age += 1) {
      if (marks[marks.length - age]! < lent.firstHeld) return age;
    }
    return undefined;
  }
}
