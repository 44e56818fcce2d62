import type { Aggregator } from '../../lib/aggregate/aggregator.js';
import { MetricType, type Tag } from '../../lib/metric.js';
import type { SeriesTable } from '../../lib/series/table.js';

/** Records samples of named series, as the ingest path does once it has parsed them. */
export class Recorder {
  private readonly table: SeriesTable;
  private readonly aggregator: Aggregator<unknown>;

  constructor(table: SeriesTable, aggregator: Aggregator<unknown>) {
    this.table = table;
    this.aggregator = aggregator;
  }

  counter(name: string, value: number, tags: readonly Tag[] = []): void {
    this.aggregator.current.counter(this.ref(name, MetricType.Counter, tags), value, 1);
  }

  gauge(name: string, value: number, isDelta = false): void {
    const { current, openStartMs } = this.aggregator;
    this.aggregator.gauge(current, this.ref(name, MetricType.Gauge), value, isDelta, openStartMs);
  }

  timer(name: string, values: readonly number[], type: 2 | 3 = MetricType.Timer): void {
    const ref = this.ref(name, type);
    for (const value of values) this.aggregator.current.distribution(ref, type, value, 1);
  }

  set(name: string, members: readonly string[]): void {
    const ref = this.ref(name, MetricType.Set);
    for (const member of members) {
      const bytes = new TextEncoder().encode(member);
      this.aggregator.current.member(ref, bytes, 0, bytes.length);
    }
  }

  private ref(name: string, type: MetricType, tags: readonly Tag[] = []): number {
    return this.table.internKey({ name, type, tags });
  }
}
