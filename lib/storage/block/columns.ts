import {
  ruleFirst,
  ruleFirstRange,
  ruleMiddle,
  ruleRange,
  ruleTurn,
  ruleTurnHigh,
  ruleTurnLow,
  ruleTurnRange,
} from './rules.js';

/** A column of numbers. NaN stands for NULL. How each is foretold is a rule of rules.ts. */
export interface NumberColumn {
  readonly name: string;
  /** What to expect of a number, from the columns before it in its row. */
  readonly guess?: number;
  /** How far it may be from that, about. */
  readonly spread?: number;
  /** Which of three kinds of numbers it is, that are off in different ways. */
  readonly side?: number;
}

/** What a rule says of a row and the one before it, each as far as it is known; NaN stands for NULL, and before the first row. */
export function foretold(rule: number, row: ArrayLike<number>, before: ArrayLike<number>): number {
  const [first, , third, fourth, fifth] = row as readonly [number, number, number, number, number];
  const last = Number.isNaN(before[0]!) ? first : before[0]!;
  switch (rule) {
    case ruleFirst:
      return first;
    case ruleTurnLow:
      return Math.min(first, last);
    case ruleTurnHigh:
      return Math.max(first, last);
    case ruleMiddle:
      return ((fourth + fifth) / 2) * third;
    case ruleTurnRange:
      return Math.max(first, last) - fourth;
    case ruleRange:
      return (fifth - fourth) * third;
    case ruleFirstRange:
      return first - fourth;
    case ruleTurn:
      return first > last ? 1 : first < last ? 2 : 0;
    default:
      return Number.NaN;
  }
}

/**
 * How the points of one kind lie in a block: columns of numbers, and for some kinds one of sketches after them.
 */
export interface BlockLayout {
  readonly numbers: readonly NumberColumn[];
  readonly hasSketch: boolean;
  /** The columns of blocks of version 2, where they are others. */
  readonly numbers2?: readonly NumberColumn[];
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

/** The first byte of a block: that of blocks as they are written, and an older one that is read as well. */
export const version = 3;
export type BlockVersion = 2 | 3;

/** What a presence is learnt by: whether the row before has a number, and this row one in the column before. */
export const presenceContext = (last: number, before: number): number => last * 2 + before;
