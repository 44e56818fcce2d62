import { UsageError } from '../errors.js';
import { type MetricType, type MetricTypeName, metricTypeNames } from '../metric.js';
import { readSeriesText, type SeriesRef, toWirePoint, toWireSeries } from '../storage/remote/wire.js';
import type { SeriesSelector, StoredSeries, StoreReader, TimeWindow } from '../storage/store.js';

/** Lines of an answer, some at a time, before they are JSON. */
export type Lines = AsyncIterable<readonly unknown[]>;

interface ReadRoute {
  readonly path: string;
  readonly summary: string;
  /** Throws UsageError for a query that is not understood. */
  lines(reader: StoreReader, query: URLSearchParams): Lines;
}

/** What a report asks of a store, route by route (lib/docs/http.md). Everything is read as it is sent. */
export const readRoutes: readonly ReadRoute[] = [
  {
    path: '/api/v1/series',
    summary: 'series by ?pattern= ?type= ?tag=, a line each, with the number that the others take',
    lines: (reader, query) => listed(reader.series(selectorOf(query)).then((list) => list.map(toWireSeries))),
  },
  {
    path: '/api/v1/points',
    summary: 'the mergeable partials of ?series= whose buckets start in ?since= &until=, a line each',
    lines: (reader, query) => points(reader, query),
  },
  {
    path: '/api/v1/newest',
    summary: 'the newest &limit= points of ?series=',
    lines(reader, query) {
      const series = seriesOf(query);
      const limit = limitOf(query, Math.floor(mostNewest / series.length));
      return listed(reader.newest(series, limit).then((found) => found.map(toWirePoint)));
    },
  },
  {
    path: '/api/v1/footprints',
    summary: 'what each of ?series= takes of the database',
    lines(reader, query) {
      const series = seriesOf(query);
      const found = reader.footprints(series);
      return listed(found.then((list) => list.map((one, i) => ({ series: series[i]?.id, ...one }))));
    },
  },
  {
    path: '/api/v1/ingest',
    summary: 'what was received, refused and lost in ?since= &until=, a line a flush',
    lines: (reader, query) => listed(reader.ingest(windowOf(query), numberOf(query, 'align'))),
  },
  {
    path: '/api/v1/events',
    summary: 'events of ?since= &until=',
    lines: (reader, query) => listed(reader.events(windowOf(query))),
  },
  {
    path: '/api/v1/checks',
    summary: 'service checks of ?since= &until=',
    lines: (reader, query) => listed(reader.checks(windowOf(query))),
  },
  {
    path: '/api/v1/bad-lines',
    summary: 'lines that could not be read in ?since= &until=',
    lines: (reader, query) => listed(reader.badLines(windowOf(query))),
  },
  {
    path: '/api/v1/refusals',
    summary: 'names that were refused series of their own in ?since= &until=',
    lines: (reader, query) => listed(reader.refusals(windowOf(query))),
  },
  {
    path: '/api/v1/extent',
    summary: 'from the start of the first bucket to the end of the last; no line where there is none',
    lines: (reader) => listed(reader.extent().then((extent) => (extent === undefined ? [] : [extent]))),
  },
];

async function* listed(found: Promise<readonly unknown[]>): Lines & AsyncGenerator<readonly unknown[]> {
  const list = await found;
  for (let i = 0; i < list.length; i += linesAtOnce) yield list.slice(i, i + linesAtOnce);
}

const linesAtOnce = 1000;

async function* points(reader: StoreReader, query: URLSearchParams): AsyncGenerator<readonly unknown[]> {
  const [alignMs, mostBuckets] = [numberOf(query, 'align'), numberOf(query, 'most')];
  const detail = alignMs === undefined || mostBuckets === undefined ? undefined : { alignMs, mostBuckets };
  for await (const batch of reader.points(seriesOf(query), windowOf(query), detail)) {
    yield batch.map(toWirePoint);
  }
}

function selectorOf(query: URLSearchParams): SeriesSelector {
  const [patterns, types, tags] = ['pattern', 'type', 'tag'].map((name) => query.getAll(name)) as [
    string[],
    string[],
    string[],
  ];
  return {
    ...(patterns.length > 0 && { patterns }),
    ...(types.length > 0 && { types: types.map(typeOf) }),
    ...(tags.length > 0 && { tags: tags.map(tagOf) }),
  };
}

function typeOf(name: string): MetricType {
  const index = metricTypeNames.indexOf(name as MetricTypeName);
  if (index >= 0) return index as MetricType;
  throw refused('type', name, metricTypeNames.join(', '));
}

function tagOf(text: string): { readonly key: string; readonly value: string } {
  const colon = text.indexOf(':');
  if (colon < 0) return { key: text, value: '' };
  return { key: text.slice(0, colon), value: text.slice(colon + 1) };
}

/** Names and tags are not needed to read points, and are not asked for again. */
function seriesOf(query: URLSearchParams): StoredSeries[] {
  const text = query.get('series') ?? '';
  const found: SeriesRef[] | undefined = readSeriesText(text);
  if (found === undefined) throw refused('series', text, 'a type and numbers, such as timer:1-20,25');
  return found.map((one) => ({ ...one, name: '', tags: [] }));
}

function windowOf(query: URLSearchParams): TimeWindow {
  const [sinceMs, untilMs] = [numberOf(query, 'since'), numberOf(query, 'until')];
  return { sinceMs: sinceMs ?? Number.NEGATIVE_INFINITY, untilMs: untilMs ?? Number.POSITIVE_INFINITY };
}

function limitOf(query: URLSearchParams, mostLimit: number): number {
  const limit = numberOf(query, 'limit') ?? 1;
  if (Number.isInteger(limit) && limit >= 1 && limit <= mostLimit) return limit;
  throw refused('limit', String(limit), `a whole number from 1 to ${mostLimit}`);
}

/** All of them are held at once. */
const mostNewest = 100_000;

/** Milliseconds since the epoch, and the like. */
function numberOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw refused(name, text, 'a number');
  return value;
}

function refused(name: string, text: string, allowed: string): UsageError {
  return new UsageError(`${name}: ${JSON.stringify(text)} is not allowed; give ${allowed}`);
}
