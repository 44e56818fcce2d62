import { DatabaseOpenError, messageOf } from '../../errors.js';
import type { BadLine, Refusal } from '../../flush/flush.js';
import { type CheckRecord, type EventRecord, type MetricType, metricTypeNames } from '../../metric.js';
import type {
  Footprint,
  IngestInterval,
  PointDetail,
  SeriesSelector,
  StoredPoint,
  StoredSeries,
  StoreReader,
  TimeWindow,
} from '../store.js';
import { fromWirePoint, fromWireSeries, seriesTexts, type WirePoint, type WireSeries } from './wire.js';

type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Reads the database of a running server through its HTTP listener (lib/docs/http.md). Points are taken as they come, some
 * thousand at a time. Rejects with DatabaseOpenError where nothing answers, or no goodall that has such an interface.
 */
export class RemoteReader implements StoreReader {
  private constructor(private readonly base: string) {}

  /** @param url of the HTTP listener, `http://host:8080` */
  static async open(url: string): Promise<RemoteReader> {
    const reader = new RemoteReader(url);
    await reader.extent();
    return reader;
  }

  async series({ patterns, types, tags }: SeriesSelector): Promise<StoredSeries[]> {
    if (types?.length === 0 || patterns?.length === 0) return [];
    const found = await this.all<WireSeries>('series', {
      pattern: patterns,
      type: types?.map((type) => metricTypeNames[type]),
      tag: tags?.map(({ key, value }) => `${key}:${value}`),
    });
    return found.map(fromWireSeries);
  }

  async *points(
    series: readonly StoredSeries[],
    window: TimeWindow,
    detail?: PointDetail,
  ): AsyncGenerator<readonly StoredPoint[]> {
    const types = typesOf(series);
    const query = { ...windowQuery(window), align: spelt(detail?.alignMs), most: spelt(detail?.mostBuckets) };
    for (const text of seriesTexts(series)) {
      for await (const lines of this.lines<WirePoint>('points', { ...query, series: text })) {
        yield pointsOf(lines, types);
      }
    }
  }

  async newest(series: readonly StoredSeries[], limit: number): Promise<readonly StoredPoint[]> {
    const found: StoredPoint[] = [];
    if (limit < 1) return found;
    const types = typesOf(series);
    for (const text of seriesTexts(series)) {
      const lines = await this.all<WirePoint>('newest', { series: text, limit: String(limit) });
      for (const point of pointsOf(lines, types)) found.push(point);
    }
    return found;
  }

  async ingest(window: TimeWindow, alignMs?: number): Promise<IngestInterval[]> {
    const query = { ...windowQuery(window), align: spelt(alignMs) };
    const found = await this.all<IngestInterval>('ingest', query);
    // JSON leaves out what is undefined.
    return found.map((interval) => ({ ...interval, datagramsDropped: interval.datagramsDropped }));
  }

  async events(window: TimeWindow): Promise<EventRecord[]> {
    const found = await this.all<EventRecord>('events', windowQuery(window));
    return found.map((event) => ({
      ...event,
      host: event.host,
      aggregationKey: event.aggregationKey,
      sourceType: event.sourceType,
    }));
  }

  async checks(window: TimeWindow): Promise<CheckRecord[]> {
    const found = await this.all<CheckRecord>('checks', windowQuery(window));
    return found.map((check) => ({ ...check, host: check.host, message: check.message }));
  }

  badLines(window: TimeWindow): Promise<BadLine[]> {
    return this.all<BadLine>('bad-lines', windowQuery(window));
  }

  refusals(window: TimeWindow): Promise<Refusal[]> {
    return this.all<Refusal>('refusals', windowQuery(window));
  }

  async footprints(series: readonly StoredSeries[]): Promise<Footprint[]> {
    const found = new Map<number, Footprint>();
    for (const text of seriesTexts(series)) {
      for (const { series: id, points, bytes, firstMs, lastMs } of await this.all<
        Footprint & { readonly series: number }
      >('footprints', { series: text })) {
        found.set(id, { points, bytes, firstMs, lastMs });
      }
    }
    const none = { points: 0, bytes: 0, firstMs: undefined, lastMs: undefined };
    return series.map(({ id }) => found.get(id) ?? none);
  }

  async extent(): Promise<TimeWindow | undefined> {
    const [extent] = await this.all<TimeWindow>('extent', {});
    return extent;
  }

  async close(): Promise<void> {}

  private async all<T>(route: string, query: Query): Promise<T[]> {
    const found: T[] = [];
    for await (const lines of this.lines<T>(route, query)) for (const line of lines) found.push(line);
    return found;
  }

  /** The lines of an answer, as many at a time as came together. */
  private async *lines<T>(route: string, query: Query): AsyncGenerator<readonly T[]> {
    const body = await this.answer(route, query);
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const chunk of body) {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
        rest = lines.pop() ?? '';
        if (lines.length > 0) yield lines.map((line) => JSON.parse(line) as T);
      }
    } catch (error) {
      throw this.failure(`the answer broke off: ${reasonOf(error)}; try again`);
    }
  }

  private async answer(route: string, query: Query): Promise<AsyncIterable<Uint8Array>> {
    const url = new URL(`api/v1/${route}`, this.base.endsWith('/') ? this.base : `${this.base}/`);
    for (const [name, value] of Object.entries(query)) {
      for (const one of value === undefined ? [] : [value].flat()) url.searchParams.append(name, one);
    }
    let response: Response;
    try {
      response = await fetch(url);
    } catch (error) {
      throw this.failure(
        `no server answers (${reasonOf(error)}); start goodall there, or give the address of its HTTP listener`,
      );
    }
    if (response.ok && response.body !== null && isLines(response)) return response.body;
    const { error } = (await response.json().catch(() => ({}))) as { error?: unknown };
    const isOurs = typeof error === 'string' && response.status !== 404;
    throw this.failure(
      isOurs
        ? error
        : 'what answers there is no goodall, or one of a version without this interface; read its file with --db',
    );
  }

  private failure(reason: string): DatabaseOpenError {
    return new DatabaseOpenError(`cannot read ${this.base}: ${reason}`);
  }
}

function isLines(response: Response): boolean {
  return response.headers.get('content-type') === 'application/x-ndjson';
}

function typesOf(series: readonly StoredSeries[]): ReadonlyMap<number, MetricType> {
  return new Map(series.map(({ id, type }) => [id, type]));
}

function pointsOf(lines: readonly WirePoint[], types: ReadonlyMap<number, MetricType>): StoredPoint[] {
  return lines.flatMap((line) => {
    const type = types.get(line.series);
    return type === undefined ? [] : [fromWirePoint(line, type)];
  });
}

function windowQuery({ sinceMs, untilMs }: TimeWindow): Query {
  return { since: spelt(sinceMs), until: spelt(untilMs) };
}

function spelt(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

function reasonOf(error: unknown): string {
  return messageOf(error instanceof Error ? (error.cause ?? error) : error);
}
