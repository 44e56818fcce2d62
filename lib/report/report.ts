import type { Percentile } from '../query/percentile.js';
import type { AnswerFacts } from '../query/query.js';
import type { Rows } from '../query/row-shelf.js';
import type { TimeWindow } from '../storage/store.js';

/** An answer with what a reader needs to know of the question: all that a format needs. */
export interface Report {
  readonly answer: AnswerFacts;
  /** The answer's rows in their final order, cut to the limit. */
  readonly rows: Rows;
  /** How many rows there were before the limit. */
  readonly rowCount: number;
  readonly window: TimeWindow;
  /** The step as asked for. */
  readonly step: string | undefined;
  readonly percentiles: readonly Percentile[];
  /** What was sorted by; undefined for the busiest first. */
  readonly sortColumn: string | undefined;
  /** What was read, in a word or two: `goodall.db`. */
  readonly origin: string;
  /** Tag keys of the grouping that no series has. */
  readonly unknownKeys?: readonly string[];
  /** How the hosts are, where the report stands for everything: facts, host by host. */
  readonly hostFacts?: readonly (readonly string[])[];
  /** What was left out of the rows, in words. */
  readonly leftOut?: string | undefined;
}
