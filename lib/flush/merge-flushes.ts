import { setImmediate } from 'node:timers/promises';
import { copyOfPartial, mergePartial, type Partial } from '../aggregate/partial.js';
import type { SeriesKey } from '../metric.js';
import { type BadLine, type Flush, type FlushPoint, heardBy, type IngestCounts } from './flush.js';

/** Points merged before other work of the main thread gets its turn: a few milliseconds, sketches included. */
const pointsPerTurn = 256;

/**
 * Makes one flush of several that follow each other. Every sample counts once, as before; but points of one series within
 * `spanMs` of time become one, which starts where the first of the flushes does. The given flushes are left as they were.
 *
 * @param flushes not empty, in the order of their time
 * @param spanMs a multiple of their intervals
 */
export async function mergeFlushes(flushes: readonly Flush[], spanMs: number): Promise<Flush> {
  const [first] = flushes as [Flush];
  const merger = new PointMerger(spanMs, first.startMs);
  for (const { points } of flushes) {
    for (let start = 0; start < points.length; start += pointsPerTurn) {
      for (const point of points.slice(start, start + pointsPerTurn)) merger.add(point);
      await setImmediate();
    }
  }
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
    points: merger.points,
    events: flushes.flatMap(({ events }) => events),
    checks: flushes.flatMap(({ checks }) => checks),
    badLines: mergeBadLines(flushes.flatMap(({ badLines }) => badLines)),
    ingest: flushes.map(({ ingest }) => ingest).reduce(addCounts),
  };
}

export function bucketOf(timeMs: number, spanMs: number): number {
  return Math.floor(timeMs / spanMs) * spanMs;
}

class PointMerger {
  readonly points: FlushPoint[] = [];
  /** By series and bucket, the place in `points`. */
  private readonly places = new Map<SeriesKey, Map<number, number>>();
  /** Partials that were made here, and may be merged into. */
  private readonly own = new WeakSet<Partial>();

  constructor(
    private readonly spanMs: number,
    private readonly startMs: number,
  ) {}

  add({ series, timeMs, partial }: FlushPoint): void {
    const bucketMs = this.bucketOf(timeMs);
    let times = this.places.get(series);
    if (times === undefined) {
      times = new Map();
      this.places.set(series, times);
    }
    const place = times.get(bucketMs);
    if (place === undefined) {
      times.set(bucketMs, this.points.length);
      this.points.push({ series, timeMs: bucketMs, partial });
      return;
    }
    let into = this.points[place]!.partial;
    if (!this.own.has(into)) {
      into = copyOfPartial(into);
      this.own.add(into);
      this.points[place] = { series, timeMs: bucketMs, partial: into };
    }
    mergePartial(into, partial);
  }

  /** What came before the flushes in their own stretch may be written already: nothing is put where it was. */
  private bucketOf(timeMs: number): number {
    const bucketMs = bucketOf(timeMs, this.spanMs);
    return bucketMs === bucketOf(this.startMs, this.spanMs) ? this.startMs : bucketMs;
  }
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
  const badLines: Record<string, number> = { ...a.badLines };
  for (const [reason, count] of Object.entries(b.badLines)) {
    badLines[reason] = (badLines[reason] ?? 0) + count;
  }
  return {
    datagrams: a.datagrams + b.datagrams,
    bytes: a.bytes + b.bytes,
    lines: a.lines + b.lines,
    badLines,
    unknownFields: a.unknownFields + b.unknownFields,
    samplesOverflowed: a.samplesOverflowed + b.samplesOverflowed,
    seriesLive: Math.max(a.seriesLive, b.seriesLive),
    seriesRefused: a.seriesRefused + b.seriesRefused,
    datagramsDropped:
      a.datagramsDropped === undefined && b.datagramsDropped === undefined
        ? undefined
        : (a.datagramsDropped ?? 0) + (b.datagramsDropped ?? 0),
    flushDurationMs: a.flushDurationMs + b.flushDurationMs,
  };
}
