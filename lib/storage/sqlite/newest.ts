import { setImmediate } from 'node:timers/promises';
import { mergePartial } from '../../aggregate/partial.js';
import { MetricType, type SeriesKey } from '../../metric.js';
import type { GaugeValue, StoredPoint, StoredSeries, TimeWindow } from '../store.js';
import { type BlockRow, pointsOf, readBlocks, readSealed, spansOf } from './blocks.js';
import { lastBuckets, stepsOf } from './buckets.js';
import type { Owner, Session } from './owner.js';
import { byTable, pointsAt, type Stream, toPoint } from './point-rows.js';
import { type PointRow, type PointTable, pointTableOf } from './point-tables.js';
import { chunks } from './rows.js';
import { snapshot } from './sealed-reader.js';
import { tagsFromText } from './tag-text.js';
import { finestSpans } from './tier-spans.js';
import { bucketOf, Tiers } from './tiers.js';

const rowsPerBatch = 2000;
const gaugesAtOnce = 1000;
/** Buckets looked into at once on the way back: doubled from the first figure to the second. */
const firstStride = 32;
const lastStride = 4096;
const spansAtOnce = 8;

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

/**
 * The last point of each series, which `series_span` knows the place of: a row, a point of a block, or both.
 */
async function lastPoints(
  owner: Owner,
  table: PointTable,
  types: ReadonlyMap<number, MetricType>,
  ids: readonly number[],
): Promise<StoredPoint[]> {
  const columns = ['series', 'time_ms', 'step_ms', ...table.columns].map((name) => `p.${name} AS ${name}`);
  const [rows, blocks] = await snapshot(owner, async (session) => [
    await session.all<PointRow & { readonly step_ms: number }>(
      `SELECT ${columns.join()} FROM json_each(?) AS asked
       CROSS JOIN series_span AS span ON span.series = asked.value
       CROSS JOIN ${table.name} AS p
         ON p.step_ms = span.last_step_ms AND p.time_ms = span.last_ms AND p.series = span.series`,
      [JSON.stringify(ids)],
    ),
    await session.all<BlockRow & { readonly step_ms: number; readonly last_ms: number }>(
      `SELECT b.series AS series, b.start_ms AS start_ms, b.points AS points, b.body AS body, b.step_ms AS step_ms,
         span.last_ms AS last_ms
       FROM json_each(?1) AS asked
       CROSS JOIN series_span AS span ON span.series = asked.value
       CROSS JOIN ${lastBlock(table)}`,
      [JSON.stringify(ids)],
    ),
  ]);
  const found = new Map(rows.map((row) => [row.series, toPoint({ table, stepMs: row.step_ms, types }, row)]));
  for (const block of blocks) {
    const { series, step_ms: stepMs, last_ms: lastMs } = block;
    const window = { sinceMs: lastMs, untilMs: lastMs + 1 };
    const [point] = pointsOf(table, stepMs, block, types.get(series)!, window);
    if (point !== undefined) found.set(series, merged(point, found.get(series)));
    await setImmediate();
  }
  return [...found.values()];
}

/** The block with the last point of the series of `span`. */
function lastBlock({ kind }: PointTable): string {
  return `sealed AS s ON s.kind = ${kind} AND s.step_ms = span.last_step_ms
    CROSS JOIN block AS b ON b.kind = ${kind} AND b.step_ms = span.last_step_ms AND b.series = span.series
      AND b.start_ms = span.last_ms - span.last_ms % s.span_ms
      AND b.start_ms + b.last_bucket * b.step_ms = span.last_ms`;
}

/** What a block has for a bucket, with what came later for it. */
function merged(sealed: StoredPoint, late: StoredPoint | undefined): StoredPoint {
  if (late !== undefined) mergePartial(sealed.partial, late.partial);
  return sealed;
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

/** The newest points of one series and step in the window, newest first, and a few more than asked for. */
function newestIn(stream: Stream, id: number, window: TimeWindow, limit: number): Promise<StoredPoint[]> {
  return snapshot(stream.owner, async (session) => {
    const rows = await newestRows(session, stream, id, window, limit);
    const late = new Map(rows.map((point) => [point.timeMs, point]));
    for (const point of await newestOfBlocks(session, stream, id, window, limit)) {
      late.set(point.timeMs, merged(point, late.get(point.timeMs)));
    }
    return [...late.values()].sort((a, b) => b.timeMs - a.timeMs);
  });
}

async function newestRows(
  session: Session,
  stream: Stream,
  id: number,
  window: TimeWindow,
  limit: number,
): Promise<StoredPoint[]> {
  const found: StoredPoint[] = [];
  let { untilMs } = window;
  for (let stride = firstStride; found.length < limit; stride = Math.min(2 * stride, lastStride)) {
    const part = { sinceMs: window.sinceMs, untilMs };
    const times = await lastBuckets(session, stream.table, stream.stepMs, part, stride);
    found.push(...(await pointsAt(session, stream, [id], times)).reverse());
    if (times.length < stride) break;
    untilMs = times.at(-1)!;
  }
  return found;
}

async function newestOfBlocks(
  session: Session,
  { table, stepMs, types }: Stream,
  id: number,
  window: TimeWindow,
  limit: number,
): Promise<StoredPoint[]> {
  const sealed = await readSealed(session, table, stepMs);
  if (sealed === undefined) return [];
  const until = { ...window, untilMs: Math.min(window.untilMs, sealed.untilMs) };
  const found: StoredPoint[] = [];
  for (const startsMs of chunks(spansOf(until, sealed.spanMs).reverse(), spansAtOnce)) {
    const blocks = await readBlocks(session, table, stepMs, startsMs, [id]);
    found.push(...blocks.flatMap((block) => pointsOf(table, stepMs, block, types.get(id)!, window)));
    if (found.length >= limit) break;
  }
  return found;
}

/**
 * The latest value of every gauge. In parts, of which no more is kept than their values: a server that starts may have a
 * hundred thousand of them, and has sockets to serve.
 */
export async function readLastGauges(owner: Owner): Promise<GaugeValue[]> {
  const values: GaugeValue[] = [];
  for (let afterId = 0; ; ) {
    const part = await snapshot(owner, (session) => gaugesAfter(session, afterId));
    if (part === undefined) return values;
    for (const { name, tags, last, last_at_ms } of part.gauges) {
      const series: SeriesKey = { name, type: MetricType.Gauge, tags: tagsFromText(tags) };
      values.push({ series, last: last ?? Number.NaN, lastAtMs: last_at_ms });
    }
    afterId = part.throughId;
  }
}

/** Some gauges with ids above the given one; undefined where there are none. */
async function gaugesAfter(
  session: Session,
  afterId: number,
): Promise<{ throughId: number; gauges: Iterable<LastGauge> } | undefined> {
  const [part] = await session.all<{ throughId: number | null }>(
    `SELECT max(id) AS throughId FROM
       (SELECT id FROM series_key WHERE type = ${MetricType.Gauge} AND id > ? ORDER BY id LIMIT ${gaugesAtOnce})`,
    [afterId],
  );
  const throughId = part?.throughId ?? 0;
  if (throughId === 0) return undefined;
  const blocks = await lastGauges(
    session,
    'b.start_ms + b.last_after_ms',
    lastBlock(pointTableOf(MetricType.Gauge)),
    afterId,
    throughId,
  );
  const latest = new Map(blocks.map((gauge) => [gauge.id, gauge]));
  const rows = await lastGauges(
    session,
    'p.time_ms + p.last_after_ms',
    `gauge_point AS p
      ON p.step_ms = span.last_step_ms AND p.time_ms = span.last_ms AND p.series = span.series`,
    afterId,
    throughId,
  );
  // A row beside a block came later for the same bucket.
  for (const gauge of rows) {
    const sealed = latest.get(gauge.id);
    if (sealed === undefined || gauge.last_at_ms >= sealed.last_at_ms) latest.set(gauge.id, gauge);
  }
  return { throughId, gauges: latest.values() };
}

interface LastGauge {
  readonly id: number;
  readonly name: string;
  readonly tags: string;
  readonly last: number | null;
  readonly last_at_ms: number;
}

function lastGauges(
  session: Session,
  at: string,
  place: string,
  afterId: number,
  throughId: number,
): Promise<LastGauge[]> {
  return session.all<LastGauge>(
    `SELECT k.id AS id, k.name AS name, k.tags AS tags, last, ${at} AS last_at_ms
     FROM series_key AS k
     CROSS JOIN series_span AS span ON span.series = k.id
     CROSS JOIN ${place}
     WHERE k.type = ${MetricType.Gauge} AND k.id > ? AND k.id <= ? ORDER BY k.id`,
    [afterId, throughId],
  );
}
