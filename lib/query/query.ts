import { type Refusal, worstRefusals } from '../series/refusals.js';
import type { IngestInterval, SeriesSelector, StoreReader, TimeWindow } from '../storage/store.js';
import { Coverage } from './coverage.js';
import { Flaws } from './flaws.js';
import { type Findings, type GroupedRows, gatherTile } from './gather.js';
import { groupSeries, type SeriesGroup } from './group.js';
import { type Loss, lossOf } from './loss.js';
import type { Percentile } from './percentile.js';
import type { Row } from './row.js';
import { partOf } from './span-row.js';
import { alignmentIn, oneStep, type Steps } from './steps.js';
import { tileBytes, tiles } from './tiles.js';

/** A question to one or more stores. */
export interface Query {
  readonly selector: SeriesSelector;
  readonly window: TimeWindow;
  /** One row a step; undefined for one row over the whole window. */
  readonly steps?: Steps | undefined;
  /** Tag keys; undefined gives each series a row of its own. */
  readonly groupBy?: readonly string[] | undefined;
  readonly percentiles: readonly Percentile[];
  /** Whether rows carry their shapes, some kilobytes each. */
  readonly shapes?: boolean;
  /** The present, which tells a gap from the future. */
  readonly nowMs: number;
  /** Cuts the window into so many slots for the trend of each row; not with steps. */
  readonly trendSlots?: number | undefined;
  /** Called along the way with the number of points just read. */
  readonly onPoints?: ((count: number) => void) | undefined;
  /** Rough bound of the memory for gathering; specs make it small. */
  readonly budgetBytes?: number;
}

export interface Answer extends AnswerFacts {
  /** By group and then by time; `busiestFirst` and `sortedBy` put them in an order for people. */
  readonly rows: readonly Row[];
}

/** All that there is to say beside the rows. */
export interface AnswerFacts {
  /** How many series had points in the window, equal ones of several stores counted once. */
  readonly seriesCount: number;
  /** Bound of the relative error of every percentile of the answer. */
  readonly relativeAccuracy: number;
  /** Length of the buckets that were read; undefined when there were none. */
  readonly resolution: { readonly minMs: number; readonly maxMs: number } | undefined;
  readonly loss: Loss;
  /** Samples of series beyond a server's limit, which went to series tagged `overflow:true`. */
  readonly samplesOverflowed: number;
  /** Which names these were, those refused most first; absent where there were none. */
  readonly refusals?: readonly Refusal[];
  /** How long a server was running, and when none was. */
  readonly coverage: {
    readonly coveredMs: number;
    readonly gaps: readonly TimeWindow[];
    /** When the first server of all began, where the window has the time before: the end of the first gap. */
    readonly beginsMs?: number;
  };
  /** The end of the window, or the present where that is earlier: what ages are counted from. */
  readonly asOfMs: number;
  /** First and last bucket that the stores hold, whatever the window. */
  readonly extent: TimeWindow | undefined;
}

/** The accuracy that sketches have unless configured otherwise; what an answer without sketches claims. */
const defaultRelativeAccuracy = 0.01;

/**
 * Buckets of counters and gauges to be read at most where a store has longer ones, in all and of one row.
 */
const mostBuckets = 400_000;
const mostBucketsEach = 10_000;

/** Retention allows none that is longer. */
const longestBucketMs = 86_400_000;

/** A store without a record of its servers: as many buckets a series are reckoned with. */
const assumedBuckets = 1_000;

/**
 * Answers a query from all readers together. A bucket belongs to the window, and to the step, in which it
 * starts. Memory is bounded by the rows of the answer, by the buckets of the window, and by a constant; not by
 * the points.
 */
export async function runQuery(readers: readonly StoreReader[], query: Query): Promise<Answer> {
  const running = await beginQuery(readers, query, await readGroups(readers, query));
  const rows: Row[] = [];
  for await (const group of running.groups()) for (const row of group) rows.push(row);
  return { ...running.facts(), rows };
}

/** The series of a query, in groups: rows come in their order. */
export async function readGroups(
  readers: readonly StoreReader[],
  { selector, groupBy }: Pick<Query, 'selector' | 'groupBy'>,
): Promise<SeriesGroup[]> {
  return groupSeries(await Promise.all(readers.map((reader) => reader.series(selector))), groupBy);
}

/** A query whose rows come one group after the other. */
export interface RunningQuery {
  /**
   * The rows group by group, to be taken once. What is taken is not kept. The steps of a large group come in several
   * parts, which follow each other.
   */
  groups(): AsyncGenerator<GroupedRows>;
  /** When all groups have been taken. */
  facts(): AnswerFacts;
}

export async function beginQuery(
  readers: readonly StoreReader[],
  query: Query,
  groups: readonly SeriesGroup[],
): Promise<RunningQuery> {
  const { window, percentiles, nowMs, budgetBytes = tileBytes, onPoints, shapes = false } = query;
  // Before the points: what a running server writes in between then counts with its own bucket, or not at all.
  const alignMs = alignmentOf(query);
  // At once: a store looks for its ends while the main thread takes in what was received.
  const [received, extents] = await Promise.all([
    Promise.all(readers.map((reader) => reader.ingest(window, alignMs))),
    Promise.all(readers.map((reader) => reader.extent())),
  ]);
  const ingest = received.flat();
  const coverage = new Coverage(ingest);
  const gaps = coverage.gaps(window, nowMs);
  const running =
    window.untilMs < nowMs ? new Coverage([...ingest, ...(await ingestBehind(readers, window))]) : coverage;
  const held = union(extents);
  const beginsMs = await beginningOf(readers, gaps[0], window, held);
  const extent = {
    window: intersection(window, held ?? window),
    steps: query.steps ?? oneStep(window),
    buckets: Math.max(coverage.bucketCount, flushesIn(ingest)) || assumedBuckets,
  };
  const stepped = query.steps !== undefined;
  const detail = { alignMs, mostBuckets: mostBucketsOf(groups, stepped) };
  const found = nothingFound();
  const flaws = new Flaws(ingest, gaps, (startMs) => partOf(startMs, extent.steps, window));
  const flawAt = (startMs: number) => flaws.at(startMs);
  const trendSlots = stepped ? undefined : query.trendSlots;
  const reading = { readers, window, extent, detail, running, flawAt, budgetBytes, found, onPoints };
  const gathering = { ...reading, stepped, percentiles, shapes, trendSlots };
  const samplesOverflowed = ingest.reduce((sum, { samplesOverflowed: own }) => sum + own, 0);
  const refusals = samplesOverflowed > 0 ? { refusals: await refusalsOf(readers, window) } : {};
  return {
    async *groups() {
      for (const tile of tiles(groups, extent, budgetBytes)) yield* await gatherTile(tile, gathering);
    },
    facts: () => ({
      seriesCount: found.members.size,
      relativeAccuracy: found.relativeAccuracy || defaultRelativeAccuracy,
      resolution: found.maxStepMs > 0 ? { minMs: found.minStepMs, maxMs: found.maxStepMs } : undefined,
      loss: lossOf(ingest),
      samplesOverflowed,
      ...refusals,
      coverage: { coveredMs: coverage.msStartedIn(window), gaps, ...(beginsMs && { beginsMs }) },
      asOfMs: Math.min(window.untilMs, nowMs),
      extent: held,
    }),
  };
}

/**
 * The end of the gap that the window begins with, if no server was running before it either. The first bucket
 * of all may begin before the first server did.
 */
async function beginningOf(
  readers: readonly StoreReader[],
  gap: TimeWindow | undefined,
  { sinceMs, untilMs }: TimeWindow,
  held: TimeWindow | undefined,
): Promise<number | undefined> {
  if (gap?.sinceMs !== sinceMs || gap.untilMs >= untilMs || held === undefined) return undefined;
  if (held.sinceMs < sinceMs - longestBucketMs) return undefined;
  const before = { sinceMs: Math.min(held.sinceMs, sinceMs), untilMs: sinceMs };
  const servers = await Promise.all(readers.map((reader) => reader.ingest(before)));
  return servers.every((intervals) => intervals.length === 0) ? gap.untilMs : undefined;
}

async function refusalsOf(readers: readonly StoreReader[], window: TimeWindow): Promise<Refusal[]> {
  const all = await Promise.all(readers.map((reader) => reader.refusals(window)));
  return worstRefusals(all.flat());
}

/**
 * What was received after the window, for as long as a bucket may be that starts in it. A rate over a bucket
 * that the end of the window cuts divides by all of the bucket.
 */
async function ingestBehind(
  readers: readonly StoreReader[],
  { untilMs }: TimeWindow,
): Promise<IngestInterval[]> {
  const behind = { sinceMs: untilMs, untilMs: untilMs + longestBucketMs };
  const found = await Promise.all(readers.map((reader) => reader.ingest(behind, Number.POSITIVE_INFINITY)));
  return found.flat();
}

/** Of one series; the series of each reader count for themselves. With steps the buckets are those of many rows. */
function mostBucketsOf(groups: readonly SeriesGroup[], stepped: boolean): number {
  let count = 0;
  for (const { members } of groups) for (const { sources } of members) count += sources.length;
  return Math.min(stepped ? mostBuckets : mostBucketsEach, mostBuckets / Math.max(1, count));
}

function nothingFound(): Findings {
  return { members: new Set(), minStepMs: Number.POSITIVE_INFINITY, maxStepMs: 0, relativeAccuracy: 0 };
}

/**
 * What longer buckets must not lie across: the ends of steps; for a trend, they must not be longer than its
 * slots.
 */
function alignmentOf({ steps, trendSlots, window }: Query): number {
  if (steps !== undefined) return steps.alignMs ?? alignmentIn(window, steps);
  if (trendSlots === undefined) return Number.POSITIVE_INFINITY;
  const slotMs = (window.untilMs - window.sinceMs) / trendSlots;
  return [3_600_000, 60_000].find((wholeMs) => wholeMs <= slotMs) ?? 1;
}

function flushesIn(ingest: readonly IngestInterval[]): number {
  return ingest.reduce((sum, { flushes = 1 }) => sum + flushes, 0);
}

/** What two windows share; without length where that is nothing. */
function intersection(a: TimeWindow, b: TimeWindow): TimeWindow {
  const sinceMs = Math.max(a.sinceMs, b.sinceMs);
  return { sinceMs, untilMs: Math.max(sinceMs, Math.min(a.untilMs, b.untilMs)) };
}

function union(extents: readonly (TimeWindow | undefined)[]): TimeWindow | undefined {
  const known = extents.filter((extent) => extent !== undefined);
  if (known.length === 0) return undefined;
  return {
    sinceMs: Math.min(...known.map(({ sinceMs }) => sinceMs)),
    untilMs: Math.max(...known.map(({ untilMs }) => untilMs)),
  };
}
