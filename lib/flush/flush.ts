import type {
  BadLine,
  FlushPoint,
  FlushPoints,
  LineCounts,
  Refusal,
  Snapshot,
} from '../aggregate/snapshot.js';

export type { BadLine, FlushPoint, FlushPoints, Refusal };

/** One interval of one server on its way to the backends. */
export interface Flush extends Omit<Snapshot, 'counts'> {
  /** Unique for ever; makes a repeated write harmless. */
  readonly id: string;
  /** Name of the server that collected it. */
  readonly source: string;
  /** Length of the bucket, which starts at a multiple of it. */
  readonly intervalMs: number;
  readonly ingest: IngestCounts;
  /**
   * The time it stands for, where that is not its own bucket: a server that starts or ends within the bucket hears only
   * a part of it, and a merged flush stands for several. Milliseconds since the epoch, half-open, not empty.
   */
  readonly heard?: { readonly sinceMs: number; readonly untilMs: number };
}

/** When a server began to listen, in milliseconds since the epoch: its sockets were opened within this time. */
export interface Beginning {
  readonly openingMs: number;
  readonly openMs: number;
}

/**
 * The part of a bucket in which a server listened, in whole milliseconds; undefined where it is all of it, or where the clock
 * was set, so that it cannot be told. A bucket that ended while the sockets were being opened counts from when that began.
 */
export function partHeard(
  startMs: number,
  intervalMs: number,
  { openingMs, openMs }: Beginning,
  untilMs: number,
): Flush['heard'] {
  const endMs = startMs + intervalMs;
  const heard = {
    sinceMs: Math.max(startMs, Math.floor(endMs <= openMs ? openingMs : openMs)),
    untilMs: Math.min(endMs, Math.ceil(untilMs)),
  };
  const isWhole = heard.sinceMs === startMs && heard.untilMs === endMs;
  return isWhole || heard.untilMs <= heard.sinceMs ? undefined : heard;
}

/** The time that a flush stands for. */
export function heardBy({ heard, startMs, intervalMs }: Flush): { sinceMs: number; untilMs: number } {
  return heard ?? { sinceMs: startMs, untilMs: startMs + intervalMs };
}

export interface IngestCounts extends LineCounts {
  /** Datagrams the operating system dropped for want of room; undefined where it cannot be told. */
  readonly datagramsDropped: number | undefined;
  /** Milliseconds that sealing took. */
  readonly flushDurationMs: number;
}

/** Where flushes go: the store, the console, another server. */
export interface Backend {
  readonly name: string;
  /**
   * Into stretches of which lengths flushes may be merged when too many wait for it, shortest first; without, the
   * oldest is given up. A merged flush is as any other, but that its buckets stand for a whole stretch each.
   */
  readonly coarserMs?: readonly number[];
  /**
   * Takes one flush, whole or not at all. A rejection means it is not taken. The flush is only lent: its points must not
   * be read once the promise has settled.
   */
  write(flush: Readonly<Flush>): Promise<void>;
  close(): Promise<void>;
}
