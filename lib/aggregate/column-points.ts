import { type FlushPoint, type FlushPoints, type PointColumns, pointAt } from './flush-points.js';
import { PackedColumns } from './packed-columns.js';

/** The points of a flush, wherever they lie at the moment. */
export class ColumnPoints implements FlushPoints {
  readonly length: number;
  private source: PointColumns | undefined;

  private holders = 1;

  /**
   * @param onRelease called once nobody reads them any more
   * @param onLetGo called once nobody needs their series to be known by their refs any more, either
   */
  constructor(
    source: PointColumns,
    private readonly onRelease: () => void = () => {},
    private readonly onLetGo: () => void = () => {},
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
    this.letGo();
  }

  hold(): () => void {
    this.holders += 1;
    return () => this.letGo();
  }

  private letGo(): void {
    this.holders -= 1;
    if (this.holders === 0) this.onLetGo();
  }

  /**
   * Moves them to memory of their own.
   *
   * @param pause lets the event loop turn
   */
  async moveOut(pause: () => Promise<unknown>): Promise<void> {
    const { source } = this;
    if (source === undefined) return;
    const packed = await PackedColumns.copy(source, { pause, isWanted: () => this.source === source });
    if (this.source === source) this.source = packed;
  }
}
