import { mergePartial, type Partial } from '../../aggregate/partial.js';
import { MetricType } from '../../metric.js';
import { DDSketch } from '../../sketch/ddsketch.js';
import { HyperLogLog } from '../../sketch/hyperloglog.js';
import type { Session } from './owner.js';
import type { Bucket, Placed, PointRow } from './point-tables.js';

/**
 * Points merged with what is stored for their bucket, and with each other: one for each series. For the buckets
 * that come in several parts: after a restart within an interval, and for samples with a timestamp of their
 * own.
 */
export async function mergedWithStored(
  session: Session,
  bucket: Bucket,
  placed: readonly Placed[],
): Promise<Placed[]> {
  const merged = await storedPartials(session, bucket, placed);
  const lent = new Set<number>();
  for (const { id, partial } of placed) {
    let into = merged.get(id);
    if (into === undefined) {
      merged.set(id, partial);
      lent.add(id);
      continue;
    }
    if (lent.delete(id)) {
      into = copied(into);
      merged.set(id, into);
    }
    mergePartial(into, partial);
  }
  return [...merged].map(([id, partial]) => ({ id, partial }));
}

async function storedPartials(
  session: Session,
  { table, stepMs, timeMs }: Bucket,
  placed: readonly Placed[],
): Promise<Map<number, Partial>> {
  const types = new Map(placed.map(({ id, partial }) => [id, partial.type]));
  const rows = await session.all<PointRow>(
    `SELECT series, time_ms, ${table.columns.join()} FROM ${table.name}
     WHERE step_ms = ? AND time_ms = ? AND series IN (SELECT value FROM json_each(?))`,
    [stepMs, timeMs, JSON.stringify([...types.keys()])],
  );
  return new Map(rows.map((row) => [row.series, table.read(row, types.get(row.series)!)]));
}

/** A flush is only lent: what is merged into must be a copy of its own. */
function copied(partial: Partial): Partial {
  switch (partial.type) {
    case MetricType.Counter:
    case MetricType.Gauge:
      return { ...partial };
    case MetricType.Set:
      return { ...partial, members: HyperLogLog.decode(partial.members.encode()) };
    default:
      return { ...partial, sketch: DDSketch.decode(partial.sketch.encode()) };
  }
}
