import { metricTypeNames } from '../metric.js';
import type { PointDetail, StoredPoint, StoreReader, TimeWindow } from '../storage/store.js';
import type { Coverage } from './coverage.js';
import type { Flaws } from './flaws.js';
import type { Member, SeriesGroup } from './group.js';
import { packRows, type StepNumbers } from './packed-rows.js';
import type { Percentile } from './percentile.js';
import type { Row } from './row.js';
import type { Lane, RowBuilder } from './row-builder.js';
import { rowBuilder } from './row-builders.js';
import type { Shape } from './shape.js';
import type { Steps } from './steps.js';
import { type Extent, isOrdered, memberBatches, type Tile } from './tiles.js';
import { Trend } from './trend.js';

/** What reading a tile needs to know of its query, and what it finds out along the way. */
export interface Gathering {
  readonly readers: readonly StoreReader[];
  readonly window: TimeWindow;
  readonly extent: Extent;
  readonly detail: PointDetail;
  /** Whether rows carry the time of their step. */
  readonly stepped: boolean;
  readonly percentiles: readonly Percentile[];
  /** When servers were running, also behind the window: its last bucket may reach there. */
  readonly running: Coverage;
  readonly flaws: Flaws;
  /** Whether rows carry their shapes. */
  readonly shapes: boolean;
  readonly budgetBytes: number;
  readonly found: Findings;
  /** Undefined for rows without a trend. */
  readonly trendSlots: number | undefined;
  readonly onPoints: ((count: number) => void) | undefined;
}

export interface Findings {
  /** The series that had points. */
  readonly members: Set<Member>;
  /** Shortest and longest bucket. */
  minStepMs: number;
  maxStepMs: number;
  relativeAccuracy: number;
}

/** Reads one tile and returns its rows, by group and then by time. */
export async function gatherTile(tile: Tile, gathering: Gathering): Promise<Row[]> {
  const groups = tile.groups.map((group) => new GroupRows(group, gathering));
  const feeds = new Map<Member, SeriesFeed>();
  for (const rows of groups) {
    for (const member of rows.group.members) feeds.set(member, new SeriesFeed(rows, member));
  }
  for (const batch of memberBatches([...feeds.keys()], gathering.extent, gathering.budgetBytes)) {
    await gatherBatch(batch, feeds, tile.window, gathering);
  }
  return groups.flatMap((rows) => rows.finish());
}

async function gatherBatch(
  batch: readonly Member[],
  feeds: ReadonlyMap<Member, SeriesFeed>,
  window: TimeWindow,
  { readers, found, detail, onPoints }: Gathering,
): Promise<void> {
  for (const [index, reader] of readers.entries()) {
    const sources = batch.flatMap((member) =>
      member.sources.filter((s) => s.reader === index).map(({ series }) => ({ series, member })),
    );
    if (sources.length === 0) continue;
    const byId = new Map(sources.map(({ series, member }) => [series.id, feeds.get(member) as SeriesFeed]));
    for await (const points of reader.points(
      sources.map(({ series }) => series),
      window,
      detail,
    )) {
      for (const point of points) {
        found.minStepMs = Math.min(found.minStepMs, point.stepMs);
        found.maxStepMs = Math.max(found.maxStepMs, point.stepMs);
        byId.get(point.seriesId)?.add(point);
      }
      onPoints?.(points.length);
    }
  }
  for (const member of batch) {
    if (feeds.get(member)?.end()) found.members.add(member);
  }
}

/** The rows of one group within one tile, one a step. */
class GroupRows {
  readonly trend: Trend | undefined;
  private readonly spans = new Map<number, SpanRow>();

  constructor(
    readonly group: SeriesGroup,
    private readonly gathering: Gathering,
  ) {
    const { trendSlots, window } = gathering;
    if (trendSlots !== undefined && Trend.isOf(group.type)) this.trend = new Trend(window, trendSlots);
  }

  get steps(): Steps {
    return this.gathering.extent.steps;
  }

  span(startMs: number): SpanRow {
    let span = this.spans.get(startMs);
    if (span === undefined) {
      span = new SpanRow(rowBuilder(this.group.type, isOrdered(this.group)), this.gathering.running);
      this.spans.set(startMs, span);
    }
    return span;
  }

  finish(): Row[] {
    const { percentiles, stepped, shapes } = this.gathering;
    const { name, type, tags } = this.group;
    const face = { name, type: metricTypeNames[type], tags };
    const steps = [...this.spans]
      .sort(([a], [b]) => a - b)
      .map(([startMs, span]) => this.close(startMs, span));
    if (stepped && !shapes) return packRows(face, steps, percentiles);
    return steps.map(({ timeMs, numbers, flaw, shape, bucketMs }) => ({
      ...face,
      ...(stepped && { timeMs }),
      ...numbers,
      ...(flaw !== undefined && { flaw }),
      ...(shape !== undefined && { shape, bucketMs }),
      ...(this.trend && { trend: this.trend.values() }),
    }));
  }

  private close(timeMs: number, span: SpanRow): ClosedStep {
    const { window, percentiles, stepped, shapes, found, flaws } = this.gathering;
    const own = {
      sinceMs: Math.max(timeMs, window.sinceMs),
      untilMs: Math.min(this.steps.endOf(timeMs), window.untilMs),
    };
    const numbers = span.builder.finish(span.secondsIn(own), percentiles);
    found.relativeAccuracy = Math.max(found.relativeAccuracy, span.builder.relativeAccuracy);
    const shape = shapes ? span.builder.shape() : undefined;
    const flaw = stepped ? flaws.in(own) : undefined;
    return { timeMs, numbers, flaw, shape, bucketMs: span.bucketMs };
  }
}

interface ClosedStep extends StepNumbers {
  readonly shape: Shape | undefined;
  readonly bucketMs: number;
}

/** One row in the making. */
class SpanRow {
  /** Buckets (length by start) from times in which no server was running: back-filled ones. */
  private backfilled: Map<number, number> | undefined;
  private firstMs = Number.POSITIVE_INFINITY;
  private firstStepMs = 1;
  /** End of the last bucket: after that of the row where a tier's buckets are longer than the steps. */
  private endMs = Number.NEGATIVE_INFINITY;
  private points = 0;
  private stepsMs = 0;

  constructor(
    readonly builder: RowBuilder,
    private readonly running: Coverage,
  ) {}

  note({ timeMs, stepMs }: StoredPoint): void {
    if (timeMs < this.firstMs) {
      this.firstMs = timeMs;
      this.firstStepMs = stepMs;
    }
    this.endMs = Math.max(this.endMs, timeMs + stepMs);
    this.points += 1;
    this.stepsMs += stepMs;
    if (this.running.covers(timeMs, stepMs)) return;
    this.backfilled ??= new Map();
    this.backfilled.set(timeMs, stepMs);
  }

  /** How long its buckets are, on an average. */
  get bucketMs(): number {
    return this.stepsMs / this.points;
  }

  /**
   * The time that the row's points stand for: its buckets lie in it whole where they start in it, and not at
   * all where they start before. Without any record of running servers it is the whole window.
   */
  secondsIn({ sinceMs, untilMs }: TimeWindow): number {
    if (this.running.bucketCount === 0) return (untilMs - sinceMs) / 1000;
    const { firstMs, firstStepMs, endMs, running } = this;
    let ms = running.msWithin({
      // Buckets before are as long as the first, or longer.
      sinceMs: Math.min(firstMs, Math.ceil(sinceMs / firstStepMs) * firstStepMs),
      untilMs: Math.max(endMs, running.endOfStarted(untilMs)),
    });
    for (const stepMs of this.backfilled?.values() ?? []) ms += stepMs;
    return ms / 1000;
  }
}

/** Leads the points of one series into the rows of its group. */
class SeriesFeed {
  /** Lanes by start of their span, where several readers go through the spans one after the other. */
  private readonly lanes: Map<number, Lane> | undefined;
  private lane: Lane | undefined;
  private span: SpanRow | undefined;
  private startMs = Number.POSITIVE_INFINITY;
  private endMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly rows: GroupRows,
    member: Member,
  ) {
    this.lanes = member.sources.length > 1 ? new Map() : undefined;
  }

  add(point: StoredPoint): void {
    if (point.timeMs < this.startMs || point.timeMs >= this.endMs) this.enter(point.timeMs);
    this.span?.note(point);
    this.lane?.add(point);
    this.rows.trend?.add(point);
  }

  /** Returns whether there were any points. */
  end(): boolean {
    if (this.lanes === undefined) this.lane?.end();
    else for (const lane of this.lanes.values()) lane.end();
    return this.lane !== undefined;
  }

  private enter(timeMs: number): void {
    this.startMs = this.rows.steps.startOf(timeMs);
    this.endMs = this.rows.steps.endOf(this.startMs);
    this.span = this.rows.span(this.startMs);
    if (this.lanes === undefined) {
      this.lane?.end();
      this.lane = this.span.builder.lane(false);
    } else {
      this.lane = this.lanes.get(this.startMs) ?? this.span.builder.lane(true);
      this.lanes.set(this.startMs, this.lane);
    }
  }
}
