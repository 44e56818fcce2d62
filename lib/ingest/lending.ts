import { type FlushPoint, type FlushPoints, type PointColumns, pointAt } from '../aggregate/flush-points.js';
import type { SealedList } from '../kernel/host.js';
import type { SealedReader } from '../kernel/sealed.js';
import type { SeriesNumbering } from '../series/numbering.js';
import { joined, ListedColumns, type RefPoint, SealedColumns } from './columns.js';
import { PackedColumns } from './packed-columns.js';

/** The points of a flush, wherever they lie at the moment. */
export class ColumnPoints implements FlushPoints {
  readonly length: number;
  private source: PointColumns | undefined;

  /** @param onRelease called once nobody reads them any more */
  constructor(
    source: PointColumns,
    private onRelease: () => void = () => {},
  ) {
    this.source = source;
    this.length = source.length;
  }

  get columns(): PointColumns {
    if (this.source === undefined) throw new Error('the points of this flush were given back');
    return this.source;
  }

  at(index: number): FlushPoint | undefined {
    return index < 0 || index >= this.length ? undefined : pointAt(this.columns, index);
  }

  *[Symbol.iterator](): Generator<FlushPoint> {
    for (let i = 0; i < this.length; i += 1) yield pointAt(this.columns, i);
  }

  release(): void {
    if (this.source === undefined) return;
    this.source = undefined;
    this.onRelease();
  }

  /** Moves them to memory of their own. */
  async moveOut(): Promise<void> {
    const { source } = this;
    if (source === undefined) return;
    const packed = await PackedColumns.copy(source, () => this.source === source);
    if (packed !== undefined) this.source = packed;
  }
}

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
export class Lender {
  private lent: ColumnPoints | undefined;
  private isOut = false;

  /** @param giveBack tells the kernel that the sealed half is read */
  constructor(
    private readonly numbering: SeriesNumbering,
    private readonly giveBack: () => void,
  ) {}

  /** The one lent before must have been taken back. */
  lend({ startMs, list, spilt, late }: Brought, reader: SealedReader): ColumnPoints {
    const sealed = new SealedColumns(this.numbering, reader, list, startMs, late);
    this.isOut = true;
    if (spilt.length > 0) return this.inOnePlace(sealed, spilt, startMs);
    this.lent = new ColumnPoints(sealed, () => this.end());
    return this.lent;
  }

  /** Has the sealed half back. */
  async takeBack(): Promise<void> {
    await this.lent?.moveOut();
    this.end();
  }

  /** A series may have been kept in two parts: both are needed at once. */
  private inOnePlace(sealed: SealedColumns, spilt: Brought['spilt'], startMs: number): ColumnPoints {
    const points = spilt.map(({ ref, partial }): RefPoint => ({ ref, timeMs: startMs, partial }));
    for (let i = 0; i < sealed.length; i += 1) {
      points.push({ ref: sealed.ref(i), timeMs: sealed.timeMs(i), partial: sealed.partial(i) });
    }
    this.end();
    return new ColumnPoints(new ListedColumns(this.numbering, joined(points)));
  }

  private end(): void {
    this.lent = undefined;
    if (!this.isOut) return;
    this.isOut = false;
    this.giveBack();
  }
}
