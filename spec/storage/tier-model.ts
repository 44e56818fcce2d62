import { mergePartial, type Partial } from '../../lib/aggregate/partial.js';
import { parseRetention, type Retention } from '../../lib/config/retention.js';
import type { FlushPoint } from '../../lib/flush/flush.js';
import { MetricType, type SeriesKey } from '../../lib/metric.js';
import { DDSketch } from '../../lib/sketch/ddsketch.js';
import { HyperLogLog } from '../../lib/sketch/hyperloglog.js';
import type { SealBounds } from '../../lib/storage/sqlite/seal.js';
import type { PointDetail, Store, StoreReader, TimeWindow } from '../../lib/storage/store.js';
import { counter, distribution, gauge, members, plain, point } from '../contract/flushes.js';

/** A retention in Graphite's notation, known to be right. */
export function retentionOf(text: string): Retention {
  const retention = parseRetention(text);
  if (retention === undefined) throw new Error(`not a retention: ${text}`);
  return retention;
}

/** Series of every type; the same objects each time, as an aggregator would hand them over. */
export const everyType: readonly SeriesKey[] = [0, 1, 2, 4].flatMap((type) =>
  ['a', 'b', 'c'].map((name) => ({ name, type: type as MetricType, tags: [] })),
);

/** A partial of one sample; gauge samples carry their time, so that the latest is the latest in any order. */
export function sampleOf({ type }: SeriesKey, timeMs: number, value: number): Partial {
  if (type === MetricType.Counter) return counter(value);
  if (type === MetricType.Gauge) return gauge(timeMs, value);
  if (type === MetricType.Set) return members(`member-${value % 50}`);
  return distribution(2, value);
}

/** What every tier should add up to: all samples as they were written. */
export class TierModel {
  readonly points: FlushPoint[] = [];

  add(points: readonly FlushPoint[]): void {
    this.points.push(...points);
  }

  /** One merged partial for each series with samples in the window, by name. */
  totals({ sinceMs, untilMs }: TimeWindow): Record<string, object> {
    const own = this.points.filter(({ timeMs }) => timeMs >= sinceMs && timeMs < untilMs);
    return totalsOf(own.map(({ series, partial }) => ({ key: keyOf(series), partial })));
  }
}

const keyOf = ({ name, type }: SeriesKey): string => `${name} ${type}`;

function totalsOf(parts: readonly { key: string; partial: Partial }[]): Record<string, object> {
  const merged = new Map<string, Partial>();
  for (const { key, partial } of parts) {
    const into = merged.get(key);
    if (into === undefined) merged.set(key, copyOf(partial));
    else mergePartial(into, partial);
  }
  return Object.fromEntries([...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, p]) => [k, plain(p)]));
}

/** Merging changes what is merged into. */
function copyOf(partial: Partial): Partial {
  if (partial.type === MetricType.Set) {
    return { ...partial, members: HyperLogLog.decode(partial.members.encode()) };
  }
  if ('sketch' in partial) return { ...partial, sketch: DDSketch.decode(partial.sketch.encode()) };
  return { ...partial };
}

/** The same of what a store gives for the window. */
export async function storedTotals(
  reader: StoreReader,
  window: TimeWindow,
  detail?: PointDetail,
): Promise<Record<string, object>> {
  const series = await reader.series({});
  const keys = new Map(series.map((one) => [one.id, keyOf(one)]));
  const parts: { key: string; partial: Partial }[] = [];
  for await (const batch of reader.points(series, window, detail)) {
    for (const { seriesId, partial } of batch) parts.push({ key: keys.get(seriesId)!, partial });
  }
  return totalsOf(parts);
}

/** Blocks of a few buckets, made a few rows at a time. */
export const littleBlocks: SealBounds = { buckets: 6, sketchBuckets: 3, rows: 24, sketchRows: 12 };

/** Does all that is due. */
export async function maintainAll(store: Store, nowMs: number): Promise<void> {
  while (await store.maintain(nowMs));
}

export function pointsAt(
  timeMs: number,
  values: readonly { readonly series: number; readonly value: number; readonly ageSteps: number }[],
  stepMs: number,
): FlushPoint[] {
  return values.map(({ series, value, ageSteps }) => {
    const key = everyType[series % everyType.length]!;
    const ownMs = timeMs - ageSteps * stepMs;
    return point(key, sampleOf(key, ownMs + value, value), ownMs);
  });
}
