import type { CheckRecord, EventRecord } from '../metric.js';
import type { Refusal } from '../series/refusals.js';
import type { FlushPoint, FlushPoints } from './flush-points.js';

export type { FlushPoint, FlushPoints, Refusal };

/**
 * Everything one interval brought, given away by what collected it: the one type that leaves the hot path.
 * Points may belong to earlier buckets too (late samples).
 */
export interface Snapshot {
  /** Start of the interval's own bucket. */
  readonly startMs: number;
  readonly points: FlushPoints;
  readonly events: readonly EventRecord[];
  readonly checks: readonly CheckRecord[];
  readonly badLines: readonly BadLine[];
  /** Which names were refused series of their own; absent where none was. */
  readonly refusals?: readonly Refusal[];
  readonly counts: LineCounts;
}

/** What the listeners saw in an interval. */
export interface LineCounts {
  readonly datagrams: number;
  readonly bytes: number;
  /** Lines that were not empty, good and bad. */
  readonly lines: number;
  /** What was not accepted, by reason (the names in `protocol/reject.ts`). */
  readonly badLines: Readonly<Record<string, number>>;
  /** Extension fields of a line that no known protocol version has. */
  readonly unknownFields: number;
  /** Samples that went to an overflow series because of the series limit. */
  readonly samplesOverflowed: number;
  /** Series in memory at the end of the interval. */
  readonly seriesLive: number;
  /** Times a series was refused a place of its own in this interval. */
  readonly seriesRefused: number;
}

/** One kind of bad line from one sender, with a sample of it. */
export interface BadLine {
  readonly reason: string;
  /** The sender's address, without its port; of a unix socket, the socket: `unix:/run/goodall.sock`. */
  readonly sender: string;
  /** The first bytes of one such line, undecodable bytes replaced. */
  readonly sample: string;
  readonly count: number;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

/** What two saw at the same time. A series that both hold is live twice. */
export function addLineCounts(a: LineCounts, b: LineCounts): LineCounts {
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
    seriesLive: a.seriesLive + b.seriesLive,
    seriesRefused: a.seriesRefused + b.seriesRefused,
  };
}
