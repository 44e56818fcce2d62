/** A column of numbers. NaN stands for NULL. */
export interface NumberColumn {
  readonly name: string;
  /** What to expect of a number, from the columns before it in its row. */
  guess?(row: ArrayLike<number>): number;
  /** How far it may be from that, about. */
  spread?(row: ArrayLike<number>): number;
}

/**
 * How the points of one kind lie in a block: columns of numbers, and for some kinds one of sketches after them.
 */
export interface BlockLayout {
  readonly numbers: readonly NumberColumn[];
  readonly hasSketch: boolean;
}

/** The points of one series in one span of time, column by column. */
export interface Columns {
  /** Numbers of the buckets within the span, rising. */
  readonly buckets: Float64Array;
  /** In the order of the layout. */
  readonly numbers: readonly Float64Array[];
  /** Empty where the layout has none. */
  readonly sketches: readonly Uint8Array[];
}

/** The first byte of a block. */
export const version = 2;

/** At the end of the numbers: a coder that has lost its way does not find it. */
export const endMark = 0x6b1d;

/** What a presence is learnt by: whether the row before has a number, and this row one in the column before. */
export const presenceContext = (last: number, before: number): number => last * 2 + before;
