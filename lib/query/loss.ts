import type { IngestInterval } from '../storage/store.js';

/** What went missing on the way to the servers, over a window. */
export interface Loss {
  readonly datagramsReceived: number;
  /** Undefined where no server could tell. */
  readonly datagramsDropped: number | undefined;
}

export function lossOf(intervals: Iterable<IngestInterval>): Loss {
  let datagramsReceived = 0;
  let datagramsDropped: number | undefined;
  for (const interval of intervals) {
    datagramsReceived += interval.datagrams;
    if (interval.datagramsDropped !== undefined) {
      datagramsDropped = (datagramsDropped ?? 0) + interval.datagramsDropped;
    }
  }
  return { datagramsReceived, datagramsDropped };
}

/** Dropped datagrams as a share of those sent, in [0, 1]. */
export function lostShare({ datagramsReceived, datagramsDropped }: Loss): number {
  const dropped = datagramsDropped ?? 0;
  return dropped === 0 ? 0 : dropped / (dropped + datagramsReceived);
}
