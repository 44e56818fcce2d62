import type { BadLine, FlushPoint, FlushPoints, LineCounts, Snapshot } from '../aggregate/snapshot.js';

export type { BadLine, FlushPoint, FlushPoints };

/** One interval of one server on its way to the backends. */
export interface Flush extends Omit<Snapshot, 'counts'> {
  /** Unique for ever; makes a repeated write harmless. */
  readonly id: string;
  /** Name of the server that collected it. */
  readonly source: string;
  /** Length of the bucket, which starts at a multiple of it. */
  readonly intervalMs: number;
  readonly ingest: IngestCounts;
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
   * Takes one flush, whole or not at all. A rejection means it is not taken. The flush is only lent: its points must not
   * be read once the promise has settled.
   */
  write(flush: Readonly<Flush>): Promise<void>;
  close(): Promise<void>;
}
