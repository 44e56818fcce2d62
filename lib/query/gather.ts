import { metricTypeNames } from '../metric.js';
import type { PointDetail, StoredPoint, StoreReader, TimeWindow } from '../storage/store.js';
import type { Coverage } from './coverage.js';
import type { Flaw } from './flaws.js';
import type { Member, SeriesGroup } from './group.js';
import { RowPack, type StepNumbers } from './packed-rows.js';
import type { Percentile } from './percentile.js';
import type { Row } from './row.js';
import type { Lane } from './row-builder.js';
import { rowBuilder } from './row-builders.js';
import type { Shape } from './shape.js';
import { partOf, SpanRow } from './span-row.js';
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
  /** What is missing in the step that starts there. */
  readonly flawAt: (timeMs: number) => Flaw | undefined;
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

/** The rows of one group, by time; packed where they have steps and no shapes. */
export type GroupedRows = RowPack | readonly Row[];

/** Reads one tile and returns the rows of its groups. */
export async function gatherTile(tile: Tile, gathering: Gathering): Promise<GroupedRows[]> {
  const groups = tile.groups.map((group) => new GroupRows(group, gathering));
  const feeds = new Map<Member, SeriesFeed>();
  for (const rows of groups) {
    for (const member of rows.group.members) feeds.set(member, new SeriesFeed(rows, member));
  }
  for (const batch of memberBatches([...feeds.keys()], gathering.extent, gathering.budgetBytes)) {
    await gatherBatch(batch, feeds, tile.window, gathering);
  }
  return groups.map((rows) => rows.finish());
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

  finish(): GroupedRows {
    const { percentiles, stepped, shapes, flawAt } = this.gathering;
    const { name, type, tags } = this.group;
    const face = { name, type: metricTypeNames[type], tags };
    const steps = [...this.spans]
      .sort(([a], [b]) => a - b)
      .map(([startMs, span]) => this.close(startMs, span));
    if (stepped && !shapes) return RowPack.of({ ...face, flawAt }, steps, percentiles);
    return steps.map(({ timeMs, numbers, shape, bucketMs }) => {
      const flaw = stepped ? flawAt(timeMs) : undefined;
      return {
        ...face,
        ...(stepped && { timeMs }),
        ...numbers,
        ...(flaw !== undefined && { flaw }),
        ...(shape !== undefined && { shape, bucketMs }),
        ...(this.trend && { trend: this.trend.values() }),
      };
    });
  }

  private close(timeMs: number, span: SpanRow): ClosedStep {
    const { window, percentiles, shapes, found } = this.gathering;
    const numbers = span.builder.finish(span.secondsIn(partOf(timeMs, this.steps, window)), percentiles);
    found.relativeAccuracy = Math.max(found.relativeAccuracy, span.builder.relativeAccuracy);
    const shape = shapes ? span.builder.shape() : undefined;
    return { timeMs, numbers, shape, bucketMs: span.bucketMs };
  }
}

interface ClosedStep extends StepNumbers {
  readonly shape: Shape | undefined;
  readonly bucketMs: number;
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
