import type { Partial } from '../aggregate/partial.js';
import type { Clock } from '../clock.js';
import { compareText, MetricType, metricTypeNames, type Tag } from '../metric.js';
import type { StoredPoint, StoredSeries, StoreReader } from '../storage/store.js';
import { ok, type Reply, refusal } from './reply.js';

/** One point as the ancestor's clients know it, and two fields more. */
interface PointBody {
  readonly Name: string;
  readonly Value: number;
  readonly Timestamp: string;
  readonly Type: string;
  readonly Tags: Readonly<Record<string, string | readonly string[]>>;
}

interface Found {
  readonly series: StoredSeries;
  readonly point: StoredPoint;
}

const defaultLimit = 10;
const mostLimit = 10_000;

/** The newest point of every series, in the order of their names. */
export async function latestReply(reader: StoreReader, clock: Clock): Promise<Reply> {
  const found = await newest(reader, await reader.series({}), 1);
  return pointsReply(found.sort(byName), clock);
}

/** The newest points of the metric of that very name, whatever its tags, newest first. */
export async function metricReply(
  reader: StoreReader,
  clock: Clock,
  name: string,
  query: URLSearchParams,
): Promise<Reply> {
  const limit = limitOf(query);
  if (limit === undefined) {
    return refusal(
      400,
      `limit: ${JSON.stringify(query.get('limit'))} is not allowed; give a whole number from 1 to ${mostLimit}`,
    );
  }
  const like = await reader.series({ patterns: [patternOf(name)] });
  const series = like.filter((one) => one.name === name);
  if (series.length === 0) return refusal(404, `there is no metric ${JSON.stringify(name)}`);
  const found = await newest(reader, series, limit);
  found.sort((a, b) => b.point.timeMs - a.point.timeMs || byName(a, b));
  return pointsReply(found.slice(0, limit), clock);
}

/** A pattern that the name alone matches: in brackets, a pattern's own characters stand for themselves. */
export function patternOf(name: string): string {
  return name.replace(/[*?[]/g, '[$&]');
}

function limitOf(query: URLSearchParams): number | undefined {
  const text = query.get('limit') ?? String(defaultLimit);
  const limit = Number(text);
  return /^\d+$/.test(text) && limit >= 1 && limit <= mostLimit ? limit : undefined;
}

async function newest(reader: StoreReader, series: readonly StoredSeries[], limit: number): Promise<Found[]> {
  const byId = new Map(series.map((one) => [one.id, one]));
  const points = await reader.newest(series, limit);
  return points.flatMap((point) => {
    const one = byId.get(point.seriesId);
    return one === undefined ? [] : [{ series: one, point }];
  });
}

function pointsReply(found: readonly Found[], clock: Clock): Reply {
  return ok({ Timestamp: new Date(clock.now()).toISOString(), Metrics: found.map(bodyOf) });
}

function bodyOf({ series, point }: Found): PointBody {
  return {
    Name: series.name,
    Value: numberOf(point.partial),
    Timestamp: new Date(point.timeMs).toISOString(),
    Type: metricTypeNames[series.type],
    Tags: tagsOf(series.tags),
  };
}

/**
 * The one number that stands for a partial: last of a gauge, sum of a counter, mean of a distribution, size of
 * a set.
 */
export function numberOf(partial: Partial): number {
  switch (partial.type) {
    case MetricType.Counter:
      return partial.sum;
    case MetricType.Gauge:
      return partial.last;
    case MetricType.Set:
      return partial.members.estimate();
    default:
      return partial.sum / partial.count;
  }
}

/** A key that has several values has them as a list. */
function tagsOf(tags: readonly Tag[]): PointBody['Tags'] {
  const values = new Map<string, string | readonly string[]>();
  for (const { key, value } of tags) {
    const before = values.get(key);
    values.set(key, before === undefined ? value : [before, value].flat());
  }
  return Object.fromEntries(values);
}

function byName(a: Found, b: Found): number {
  const tagsText = ({ series }: Found) => JSON.stringify(series.tags);
  return (
    compareText(a.series.name, b.series.name) ||
    a.series.type - b.series.type ||
    compareText(tagsText(a), tagsText(b))
  );
}
