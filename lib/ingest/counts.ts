import type { LineCounts } from '../aggregate/snapshot.js';

/** The running totals that the ingest path itself keeps; the series table knows the rest. */
export type Totals = Omit<LineCounts, 'seriesLive' | 'seriesRefused'>;

/** What was received since the start. */
export interface Seen {
  /** When the last datagram came, in milliseconds since the epoch; 0 when none has come. */
  readonly lastMs: number;
  readonly badLines: number;
}

/** Totals of the open interval. What each means is in `LineCounts`. */
export class Counts {
  datagrams = 0;
  bytes = 0;
  lines = 0;
  unknownFields = 0;
  samplesOverflowed = 0;
  /** Since the start. */
  badLinesEver = 0;
  private badLines = new Map<string, number>();

  bad(reason: string, count: number): void {
    this.badLinesEver += count;
    this.badLines.set(reason, (this.badLines.get(reason) ?? 0) + count);
  }

  /** Gives away the totals and starts again at zero. */
  take(): Totals {
    const { datagrams, bytes, lines, unknownFields, samplesOverflowed } = this;
    const badLines = Object.fromEntries(this.badLines);
    this.datagrams = 0;
    this.bytes = 0;
    this.lines = 0;
    this.unknownFields = 0;
    this.samplesOverflowed = 0;
    this.badLines = new Map();
    return { datagrams, bytes, lines, unknownFields, samplesOverflowed, badLines };
  }
}
