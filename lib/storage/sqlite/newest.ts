import { MetricType, type SeriesKey } from '../../metric.js';
import type { GaugeValue, StoredPoint, StoredSeries, TimeWindow } from '../store.js';
import { lastBuckets, stepsOf } from './buckets.js';
import type { Owner } from './owner.js';
import { byTable, pointsAt, type Stream, toPoint } from './point-reader.js';
import { type PointRow, type PointTable, pointTableOf } from './point-tables.js';
import { chunks } from './rows.js';
import { tagsFromText } from './tag-text.js';
import { finestSpans } from './tier-spans.js';
import { bucketOf, Tiers } from './tiers.js';

const rowsPerBatch = 2000;
/** Buckets looked into at once on the way back: doubled from the first figure to the second. */
const firstStride = 32;
const lastStride = 4096;

/** The newest `limit` points of each series, newest first within a series. */
export async function readNewest(
  owner: Owner,
  series: readonly StoredSeries[],
  limit: number,
): Promise<StoredPoint[]> {
  if (limit < 1) return [];
  const found: StoredPoint[] = [];
  if (limit === 1) {
    for (const [table, types] of byTable(series)) {
      for (const ids of chunks([...types.keys()], rowsPerBatch)) {
        found.push(...(await lastPoints(owner, table, types, ids)));
      }
    }
    return found;
  }
  for (const one of series) found.push(...(await newestOf(owner, one, limit)));
  return found;
}

/** The last point of each series, which `series_span` knows the place of. */
async function lastPoints(
  owner: Owner,
  table: PointTable,
  types: ReadonlyMap<number, MetricType>,
  ids: readonly number[],
): Promise<StoredPoint[]> {
  const columns = ['series', 'time_ms', 'step_ms', ...table.columns].map((name) => `p.${name} AS ${name}`);
  const rows = await owner.all<PointRow & { readonly step_ms: number }>(
    `SELECT ${columns.join()} FROM json_each(?) AS asked
     CROSS JOIN series_span AS span ON span.series = asked.value
     CROSS JOIN ${table.name} AS p
       ON p.step_ms = span.last_step_ms AND p.time_ms = span.last_ms AND p.series = span.series`,
    [JSON.stringify(ids)],
  );
  return rows.map((row) => toPoint({ table, stepMs: row.step_ms, types }, row));
}

/** From the last bucket of one series back, until there are enough or its first one is reached. */
async function newestOf(owner: Owner, { id, type }: StoredSeries, limit: number): Promise<StoredPoint[]> {
  const [span] = await owner.all<{ first_ms: number; last_ms: number }>(
    'SELECT first_ms, last_ms FROM series_span WHERE series = ?',
    [id],
  );
  if (span === undefined) return [];
  const table = pointTableOf(type);
  const tiers = await Tiers.read(owner);
  const window = { sinceMs: 0, untilMs: span.last_ms + 1 };
  const everywhere = { ...window, stepsMs: await stepsOf(owner, table) };
  const spans = tiers.levels.length === 0 ? [everywhere] : finestSpans(tiers, window).reverse();
  const found: StoredPoint[] = [];
  for (const { stepsMs, sinceMs, untilMs } of spans) {
    const ofSpan: StoredPoint[] = [];
    for (const stepMs of stepsMs) {
      const stream = { owner, table, stepMs, types: new Map([[id, type]]) };
      const part = { sinceMs: Math.max(sinceMs, bucketOf(span.first_ms, stepMs)), untilMs };
      ofSpan.push(...(await newestIn(stream, id, part, limit)));
    }
    found.push(...ofSpan.sort((a, b) => b.timeMs - a.timeMs));
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}

/** The newest points of one series and step in the window, and a few more than asked for. */
async function newestIn(
  stream: Stream,
  id: number,
  window: TimeWindow,
  limit: number,
): Promise<StoredPoint[]> {
  const found: StoredPoint[] = [];
  let { untilMs } = window;
  for (let stride = firstStride; found.length < limit; stride = Math.min(2 * stride, lastStride)) {
    const part = { sinceMs: window.sinceMs, untilMs };
    const times = await lastBuckets(stream.owner, stream.table, stream.stepMs, part, stride);
    found.push(...(await pointsAt(stream, [id], times)).reverse());
    if (times.length < stride) break;
    untilMs = times.at(-1)!;
  }
  return found;
}

/** The latest value of every gauge. */
export async function readLastGauges(owner: Owner): Promise<GaugeValue[]> {
  const rows = await owner.all<{ name: string; tags: string; last: number | null; last_at_ms: number }>(
    `SELECT k.name AS name, k.tags AS tags, p.last AS last, p.time_ms + p.last_after_ms AS last_at_ms
     FROM series_key AS k
     CROSS JOIN series_span AS span ON span.series = k.id
     CROSS JOIN gauge_point AS p
       ON p.step_ms = span.last_step_ms AND p.time_ms = span.last_ms AND p.series = k.id
     WHERE k.type = ${MetricType.Gauge}`,
  );
  return rows.map(({ name, tags, last, last_at_ms }) => {
    const series: SeriesKey = { name, type: MetricType.Gauge, tags: tagsFromText(tags) };
    return { series, last: last ?? Number.NaN, lastAtMs: last_at_ms };
  });
}
