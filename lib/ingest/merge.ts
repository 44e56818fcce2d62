import { mergePartial, type Partial } from '../aggregate/partial.js';
import type { FlushPoint, LineCounts, Snapshot } from '../aggregate/snapshot.js';
import type { SeriesKey } from '../metric.js';
import { keyText } from '../series/table.js';

/** Merges the points of one series and bucket that a thread kept in two places. */
export function withoutDoubles(snapshot: Snapshot): Snapshot {
  return { ...snapshot, points: joined(snapshot.points) };
}

function joined(points: readonly FlushPoint[]): FlushPoint[] {
  const merged = new Map<SeriesKey, Map<number, Partial>>();
  return points.filter(({ series, timeMs, partial }) => {
    const times = merged.get(series);
    const into = times?.get(timeMs);
    if (into !== undefined) mergePartial(into, partial);
    else if (times === undefined) merged.set(series, new Map([[timeMs, partial]]));
    else times.set(timeMs, partial);
    return into === undefined;
  });
}

/**
 * Makes one snapshot an interval out of those of several threads. Of two gauges the later setting wins; everything else adds up.
 */
export class SnapshotMerger {
  /** One object a series, whichever thread it comes from. */
  private readonly keys = new Map<string, SeriesKey>();
  private readonly known = new WeakMap<SeriesKey, SeriesKey>();

  merge(snapshots: readonly Snapshot[]): Snapshot[] {
    const byStart = new Map<number, Snapshot[]>();
    for (const snapshot of snapshots) {
      const same = byStart.get(snapshot.startMs);
      if (same === undefined) byStart.set(snapshot.startMs, [snapshot]);
      else same.push(snapshot);
    }
    return [...byStart.values()].sort((a, b) => a[0]!.startMs - b[0]!.startMs).map((same) => this.join(same));
  }

  private join(snapshots: readonly Snapshot[]): Snapshot {
    return {
      startMs: snapshots[0]!.startMs,
      points: this.points(snapshots),
      events: snapshots.flatMap(({ events }) => events),
      checks: snapshots.flatMap(({ checks }) => checks),
      badLines: snapshots.flatMap(({ badLines }) => badLines),
      counts: snapshots.map(({ counts }) => counts).reduce(addCounts),
    };
  }

  private points(snapshots: readonly Snapshot[]): FlushPoint[] {
    const all = snapshots.flatMap(({ points }) => points);
    return joined(all.map((point) => ({ ...point, series: this.canonical(point.series) })));
  }

  private canonical(series: SeriesKey): SeriesKey {
    const known = this.known.get(series);
    if (known !== undefined) return known;
    const text = keyText(series);
    const key = this.keys.get(text) ?? series;
    this.keys.set(text, key);
    this.known.set(series, key);
    return key;
  }
}

function addCounts(a: LineCounts, b: LineCounts): LineCounts {
  const badLines: Record<string, number> = { ...a.badLines };
  for (const [reason, count] of Object.entries(b.badLines))
    badLines[reason] = (badLines[reason] ?? 0) + count;
  return {
    datagrams: a.datagrams + b.datagrams,
    bytes: a.bytes + b.bytes,
    lines: a.lines + b.lines,
    badLines,
    unknownFields: a.unknownFields + b.unknownFields,
    samplesOverflowed: a.samplesOverflowed + b.samplesOverflowed,
    // Threads that hear the same series each hold it.
    seriesLive: a.seriesLive + b.seriesLive,
    seriesRefused: a.seriesRefused + b.seriesRefused,
  };
}
