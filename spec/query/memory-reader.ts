import type { BadLine, Flush, Refusal } from '../../lib/flush/flush.js';
import type { CheckRecord, EventRecord, SeriesKey, Tag } from '../../lib/metric.js';
import type {
  Footprint,
  IngestInterval,
  SeriesSelector,
  StoredPoint,
  StoredSeries,
  StoreReader,
  TimeWindow,
} from '../../lib/storage/store.js';

/**
 * A store in memory, for questions about the arithmetic of queries. It gives points in small batches, series by
 * series from the last to the first, and keeps what it was asked for.
 */
export class MemoryReader implements StoreReader {
  readonly asked: { readonly seriesCount: number; readonly window: TimeWindow }[] = [];
  private readonly known: StoredSeries[] = [];
  private readonly stored: StoredPoint[] = [];
  private readonly intervals: IngestInterval[] = [];

  write({ startMs, intervalMs, points, source, ingest }: Flush): this {
    this.intervals.push({ source, timeMs: startMs, stepMs: intervalMs, ...ingest });
    for (const { series, timeMs, partial } of points) {
      this.stored.push({ seriesId: this.idOf(series), timeMs, stepMs: intervalMs, partial });
    }
    return this;
  }

  async series({ patterns, types, tags }: SeriesSelector): Promise<StoredSeries[]> {
    return this.known.filter(
      (series) =>
        (patterns?.some((pattern) => matches(pattern, series.name)) ?? true) &&
        (types?.includes(series.type) ?? true) &&
        (tags?.every((tag) => carries(series, tag)) ?? true),
    );
  }

  async *points(series: readonly StoredSeries[], window: TimeWindow): AsyncIterable<readonly StoredPoint[]> {
    this.asked.push({ seriesCount: series.length, window });
    for (const { id } of [...series].reverse()) {
      const own = this.stored
        .filter(({ seriesId, timeMs }) => seriesId === id && isIn(window, timeMs))
        .sort((a, b) => a.timeMs - b.timeMs);
      for (let i = 0; i < own.length; i += 3) yield own.slice(i, i + 3);
    }
  }

  async newest(): Promise<readonly StoredPoint[]> {
    return [];
  }

  async ingest(window: TimeWindow): Promise<IngestInterval[]> {
    return this.intervals.filter(({ timeMs }) => isIn(window, timeMs));
  }

  async events(): Promise<EventRecord[]> {
    return [];
  }

  async checks(): Promise<CheckRecord[]> {
    return [];
  }

  async badLines(): Promise<BadLine[]> {
    return [];
  }

  async refusals(): Promise<Refusal[]> {
    return [];
  }

  async footprints(series: readonly StoredSeries[]): Promise<Footprint[]> {
    return series.map(({ id }) => {
      const times = this.stored.flatMap(({ seriesId, timeMs }) => (seriesId === id ? [timeMs] : []));
      const [firstMs, lastMs] = times.length === 0 ? [] : [Math.min(...times), Math.max(...times)];
      return { points: times.length, bytes: 0, firstMs, lastMs };
    });
  }

  async extent(): Promise<TimeWindow | undefined> {
    if (this.stored.length === 0) return undefined;
    return {
      sinceMs: Math.min(...this.stored.map(({ timeMs }) => timeMs)),
      untilMs: Math.max(...this.stored.map(({ timeMs, stepMs }) => timeMs + stepMs)),
    };
  }

  async close(): Promise<void> {}

  private idOf(key: SeriesKey): number {
    const found = this.known.find(
      (series) =>
        series.name === key.name &&
        series.type === key.type &&
        JSON.stringify(series.tags) === JSON.stringify(key.tags),
    );
    if (found !== undefined) return found.id;
    this.known.push({ ...key, id: this.known.length + 1 });
    return this.known.length;
  }
}

function isIn({ sinceMs, untilMs }: TimeWindow, timeMs: number): boolean {
  return timeMs >= sinceMs && timeMs < untilMs;
}

function matches(pattern: string, name: string): boolean {
  const [start = '', end] = pattern.split('*');
  return end === undefined ? name === pattern : name.startsWith(start) && name.endsWith(end);
}

function carries(series: StoredSeries, wanted: Tag): boolean {
  return series.tags.some(({ key, value }) => key === wanted.key && value === wanted.value);
}
