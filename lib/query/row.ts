import type { MetricTypeName, Tag } from '../metric.js';
import type { Flaw } from './flaws.js';
import type { Shape } from './shape.js';
import type { Trust } from './trust.js';

/** One line of a report: one group of series over one span of time. What a type does not have is absent. */
export interface Row extends RowNumbers {
  readonly name: string;
  readonly type: MetricTypeName;
  /** At most one tag a key: several values of one key are joined with commas. */
  readonly tags: readonly Tag[];
  /** Start of the step, milliseconds since the epoch; absent when the report has no step. */
  readonly timeMs?: number;
  /** What is missing in the row's step; absent when nothing is, and without steps. */
  readonly flaw?: Flaw;
  /** How it went over the window, where the query asks for it; NaN where nothing is known. */
  readonly trend?: readonly number[];
  /** How long its buckets are, those of several lengths on an average; beside a shape. */
  readonly bucketMs?: number;
}

/** The figures of a row; what each means for each type is in `lib/docs/report.md`. */
export interface RowNumbers {
  readonly count: number;
  /** Per second. */
  readonly rate?: number;
  readonly sum?: number;
  readonly min?: number;
  readonly mean?: number;
  readonly max?: number;
  readonly last?: number;
  /** When it was set, milliseconds since the epoch. */
  readonly lastAtMs?: number;
  /** In the order they were asked for. */
  readonly percentiles?: readonly number[];
  /** Beside percentiles, always. */
  readonly trust?: Trust;
  /** What the percentiles are taken from, where the query asks for it. */
  readonly shape?: Shape;
}
