import { setImmediate as nextTurn } from 'node:timers/promises';
import { ColumnPoints } from '../aggregate/column-points.js';
import { ListedColumns, type RefPoint } from '../aggregate/listed-columns.js';
import type { SealedList } from '../kernel/host.js';
import type { SealedReader } from '../kernel/sealed.js';
import type { SeriesNumbering } from '../series/numbering.js';
import type { LentIntervals } from './idle.js';
import { joined, SealedColumns } from './sealed-columns.js';

/** What one interval has brought, by refs. */
export interface Brought {
  readonly startMs: number;
  readonly list: SealedList;
  readonly spilt: readonly Omit<RefPoint, 'timeMs'>[];
  readonly late: readonly RefPoint[];
}

/**
 * Lends what is sealed in a kernel's memory, without copying it, until it is given back or the kernel needs the memory
 * for the next interval: then it is copied for the borrower.
 */
export class Lender implements LentIntervals {
  private lent: ColumnPoints | undefined;
  private isOut = false;
  private lentCount = 0;
  /** Numbers of the intervals whose series somebody needs by their refs. */
  private readonly held = new Set<number>();

  /** @param giveBack tells the kernel that the sealed half is read */
  constructor(
    private readonly numbering: SeriesNumbering,
    private readonly giveBack: () => void,
  ) {}

  /** How many intervals were lent. */
  get collected(): number {
    return this.lentCount;
  }

  get firstHeld(): number {
    return Math.min(...this.held);
  }

  /** The one lent before must have been taken back. */
  lend({ startMs, list, spilt, late }: Brought, reader: SealedReader): ColumnPoints {
    const sealed = new SealedColumns(this.numbering, reader, list, startMs, late);
    this.isOut = true;
    this.lentCount += 1;
    const number = this.lentCount;
    this.held.add(number);
    const letGo = () => this.held.delete(number);
    if (spilt.length > 0) return this.inOnePlace(sealed, spilt, startMs, letGo);
    const onRelease = () => {
      // What was moved out may be given back while the next is lent.
      if (this.lent === points) this.end();
    };
    const points = new ColumnPoints(sealed, onRelease, letGo);
    this.lent = points;
    return points;
  }

  /** Has the sealed half back. */
  async takeBack(): Promise<void> {
    await this.lent?.moveOut(nextTurn);
    this.end();
  }

  /** A series may have been kept in two parts: both are needed at once. */
  private inOnePlace(
    sealed: SealedColumns,
    spilt: Brought['spilt'],
    startMs: number,
    letGo: () => void,
  ): ColumnPoints {
    const points = spilt.map(({ ref, partial }): RefPoint => ({ ref, timeMs: startMs, partial }));
    for (let i = 0; i < sealed.length; i += 1) {
      points.push({ ref: sealed.ref(i), timeMs: sealed.timeMs(i), partial: sealed.partial(i) });
    }
    this.end();
    return new ColumnPoints(new ListedColumns(this.numbering, joined(points)), undefined, letGo);
  }

  private end(): void {
    this.lent = undefined;
    if (!this.isOut) return;
    this.isOut = false;
    this.giveBack();
  }
}
