import { setImmediate as nextTurn } from 'node:timers/promises';
import { ColumnPoints } from '../aggregate/column-points.js';
import { ListedColumns } from '../aggregate/listed-columns.js';
import { type Lent, MergedColumns } from '../aggregate/merged-columns.js';
import { PackedColumns } from '../aggregate/packed-columns.js';
import { addLineCounts } from '../aggregate/snapshot.js';
import { CommonNumbering } from '../series/common-numbering.js';
import { addRefusals } from '../series/refusals.js';
import { type BadLine, type Flush, type FlushPoints, heardBy, type IngestCounts } from './flush.js';

/** Points of flushes merged before other work of the main thread gets its turn: a few milliseconds, sketches included. */
const partsPerTurn = 256;

/**
 * Makes one flush of several that follow each other. Every sample counts once, as before; but points of one series within
 * `spanMs` of time become one, which starts where the first of the flushes does. The given flushes are left as they were.
 *
 * @param flushes not empty, in the order of their time
 * @param spanMs a multiple of their intervals
 */
export async function mergeFlushes(flushes: readonly Flush[], spanMs: number): Promise<Flush> {
  const [first] = flushes as [Flush];
  const points = await mergePoints(flushes, spanMs, first.startMs);
  const heard = flushes.map(heardBy);
  return {
    // None of them has been offered to the backend yet, so the new name stands for samples that it has never seen.
    id: `${first.id}+${flushes.length - 1}`,
    source: first.source,
    startMs: first.startMs,
    intervalMs: first.intervalMs,
    heard: {
      sinceMs: Math.min(...heard.map(({ sinceMs }) => sinceMs)),
      untilMs: Math.max(...heard.map(({ untilMs }) => untilMs)),
    },
    points,
    events: flushes.flatMap(({ events }) => events),
    checks: flushes.flatMap(({ checks }) => checks),
    badLines: mergeBadLines(flushes.flatMap(({ badLines }) => badLines)),
    refusals: addRefusals(flushes.flatMap(({ refusals = [] }) => refusals)),
    ingest: flushes.map(({ ingest }) => ingest).reduce(addCounts),
  };
}

export function bucketOf(timeMs: number, spanMs: number): number {
  return Math.floor(timeMs / spanMs) * spanMs;
}

async function mergePoints(
  flushes: readonly Flush[],
  spanMs: number,
  startMs: number,
): Promise<ColumnPoints> {
  const lent = flushes
    .map(({ points }) => points)
    .filter(({ length }) => length > 0)
    .map(columned);
  const [numbering = new CommonNumbering(), ...others] = new Set(
    lent.map(({ columns }) => columns.numbering),
  );
  const merged = await MergedColumns.of(
    others.length === 0 ? numbering : new CommonNumbering(),
    lent,
    nextTurn,
    // What came before the flushes in their own stretch may be written already: nothing is put where it was.
    (timeMs) => {
      const bucketMs = bucketOf(timeMs, spanMs);
      return bucketMs === bucketOf(startMs, spanMs) ? startMs : bucketMs;
    },
  );
  const pointsPerTurn = Math.ceil(partsPerTurn / flushes.length);
  const packed = await PackedColumns.copy(merged, { pause: nextTurn, pointsPerTurn, keepsSamples: false });
  const holds = flushes.map(({ points }) => points.hold?.());
  const letGo = (): void => {
    for (const end of holds) end?.();
  };
  return new ColumnPoints(packed, undefined, letGo);
}

function columned(points: FlushPoints): Lent {
  return points.columns === undefined ? { length: points.length, columns: listed(points) } : (points as Lent);
}

/** Points that are objects, by numbers of their own. */
function listed(points: FlushPoints): ListedColumns {
  const numbering = new CommonNumbering();
  return new ListedColumns(
    numbering,
    Array.from(points, ({ series, ...rest }) => ({ ref: numbering.refOf(series), ...rest })),
  );
}

function mergeBadLines(all: readonly BadLine[]): BadLine[] {
  const merged = new Map<string, BadLine>();
  for (const bad of all) {
    const key = `${bad.reason}\n${bad.sender}`;
    const before = merged.get(key);
    merged.set(
      key,
      before === undefined
        ? bad
        : {
            ...(bad.lastSeenMs >= before.lastSeenMs ? bad : before),
            count: before.count + bad.count,
            firstSeenMs: Math.min(before.firstSeenMs, bad.firstSeenMs),
          },
    );
  }
  return [...merged.values()];
}

function addCounts(a: IngestCounts, b: IngestCounts): IngestCounts {
  return {
    ...addLineCounts(a, b),
    // One after the other: what was live in both is the same.
    seriesLive: Math.max(a.seriesLive, b.seriesLive),
    datagramsDropped:
      a.datagramsDropped === undefined && b.datagramsDropped === undefined
        ? undefined
        : (a.datagramsDropped ?? 0) + (b.datagramsDropped ?? 0),
    flushDurationMs: a.flushDurationMs + b.flushDurationMs,
  };
}
