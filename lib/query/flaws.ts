import type { IngestInterval, TimeWindow } from '../storage/store.js';

/** What is missing in one step. */
export interface Flaw {
  readonly datagramsDropped: number;
  /** Time without a running server. */
  readonly missingMs: number;
}

/** Finds what is missing in each step. Asked for the same one again, it answers without looking. */
export class Flaws {
  private readonly known = new Map<number, Flaw | undefined>();
  private readonly lossy: readonly IngestInterval[];

  constructor(
    ingest: readonly IngestInterval[],
    private readonly gaps: readonly TimeWindow[],
    private readonly partOf: (startMs: number) => TimeWindow,
  ) {
    this.lossy = ingest.filter(({ datagramsDropped = 0 }) => datagramsDropped > 0);
  }

  /** Of the step that starts there; undefined where nothing is missing. */
  at(startMs: number): Flaw | undefined {
    if (this.known.has(startMs)) return this.known.get(startMs);
    const flaw = this.look(this.partOf(startMs));
    this.known.set(startMs, flaw);
    return flaw;
  }

  private look({ sinceMs, untilMs }: TimeWindow): Flaw | undefined {
    let datagramsDropped = 0;
    for (const interval of this.lossy) {
      if (interval.timeMs >= sinceMs && interval.timeMs < untilMs) {
        datagramsDropped += interval.datagramsDropped ?? 0;
      }
    }
    let missingMs = 0;
    for (const gap of this.gaps) {
      missingMs += Math.max(0, Math.min(gap.untilMs, untilMs) - Math.max(gap.sinceMs, sinceMs));
    }
    return datagramsDropped > 0 || missingMs > 0 ? { datagramsDropped, missingMs } : undefined;
  }
}
