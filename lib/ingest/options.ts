import type { AggregatorOptions } from '../aggregate/aggregator.js';
import type { SeriesKey } from '../metric.js';
import type { LineParserOptions } from '../protocol/line.js';
import type { SeriesLimits } from '../series/table.js';

/** How datagrams become aggregates, whatever path they take. */
export interface IngestOptions extends AggregatorOptions, LineParserOptions, SeriesLimits {
  /**
   * A series that was not heard for so long leaves memory, a quarter of that time or an interval later at most.
   * Never, unless it is said.
   */
  readonly idleMs?: number;
  /** What gauges were when the last server stopped. */
  readonly gauges: readonly { readonly series: SeriesKey; readonly last: number }[];
}
