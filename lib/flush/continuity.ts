import type { Snapshot } from '../aggregate/snapshot.js';

/**
 * Fills in the intervals that a running server passed over because it was busy: a tick that is late by more
 * than an interval, or the reading of very many series, leaves none for them. Without a row such an interval
 * looks as if no server had run. Time that did not pass here (the host slept, the clock was set) stays a gap.
 */
export class Continuity {
  private last: { readonly startMs: number; readonly monotonicMs: number } | undefined;

  constructor(private readonly intervalMs: number) {}

  /**
   * @param snapshots in the order of their intervals
   * @param monotonicMs now, by a clock that nobody sets
   */
  fill(snapshots: readonly Snapshot[], monotonicMs: number): Snapshot[] {
    const filled: Snapshot[] = [];
    for (const snapshot of snapshots) {
      if (this.last !== undefined) this.passedOver(this.last, snapshot, monotonicMs, filled);
      filled.push(snapshot);
      this.last = { startMs: snapshot.startMs, monotonicMs };
    }
    return filled;
  }

  private passedOver(
    last: { readonly startMs: number; readonly monotonicMs: number },
    next: Snapshot,
    monotonicMs: number,
    filled: Snapshot[],
  ): void {
    const { intervalMs } = this;
    // The interval before may have been collected as late as one interval after its end.
    const mostMs = monotonicMs - last.monotonicMs + 2 * intervalMs;
    if (next.startMs - last.startMs > mostMs) return;
    for (let startMs = last.startMs + intervalMs; startMs < next.startMs; startMs += intervalMs) {
      filled.push(silent(startMs, next.counts.seriesLive));
    }
  }
}

function silent(startMs: number, seriesLive: number): Snapshot {
  return {
    startMs,
    points: [],
    events: [],
    checks: [],
    badLines: [],
    counts: {
      datagrams: 0,
      bytes: 0,
      lines: 0,
      badLines: {},
      unknownFields: 0,
      samplesOverflowed: 0,
      seriesLive,
      seriesRefused: 0,
    },
  };
}
