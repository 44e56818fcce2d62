import type { Partial } from '../aggregate/partial.js';
import type { BadLine } from '../aggregate/snapshot.js';
import type { Flush, IngestCounts, Refusal } from '../flush/flush.js';
import type { CheckRecord, EventRecord, MetricType, SeriesKey, Tag } from '../metric.js';

/**
 * What a place for partials must do. SQLite is the embedded one; nothing here assumes one writer, one host or
 * one file, so that a cluster's engine can stand behind the same reports.
 */
export interface Store extends StoreReader {
  /**
   * Writes one flush, whole or not at all. A flush whose `id` was already written changes nothing, so a write
   * whose outcome is unknown may be tried again. Points merge into what is stored for their bucket. Rejects with
   * DatabaseWriteError where the disk, a lock or the network is in the way.
   */
  write(flush: Flush): Promise<void>;

  /** The latest value of every gauge, from which a server that starts goes on. */
  lastGauges(): Promise<GaugeValue[]>;

  /**
   * Does a small part of what keeps the store within its retention: rolls up, expires, gives space back. Bounded, safe to
   * be cut off anywhere, and a flush waits for one such part at most. Whether there is more to do at this time.
   */
  maintain(nowMs: number): Promise<boolean>;

  /** Writes something small. Rejects with DatabaseWriteError where a flush could not be written either. */
  checkWritable(): Promise<void>;
}

/** The read side: what reports and the HTTP interface use. It may be open beside a running writer. */
export interface StoreReader {
  /** Series that match, in no particular order. */
  series(selector: SeriesSelector): Promise<StoredSeries[]>;

  /**
   * The partials of the given series whose bucket starts in the window, in batches; within one series and step
   * ordered by time. A bucket may come more than once: the caller merges. No sample comes twice: each part of the
   * window is read from one tier, the finest that holds it, unless longer buckets are said to do.
   */
  points(
    series: readonly StoredSeries[],
    window: TimeWindow,
    detail?: PointDetail,
  ): AsyncIterable<readonly StoredPoint[]>;

  /** The newest `limit` points of each of the given series, newest first within a series. */
  newest(series: readonly StoredSeries[], limit: number): Promise<readonly StoredPoint[]>;

  /**
   * What was received, refused and lost in the intervals that start in the window, oldest first: one entry a flush. With
   * `alignMs`, flushes of a server that follow each other without a gap may come as one entry, none of which lies across a
   * multiple of it (Infinity where only the window's ends count).
   */
  ingest(window: TimeWindow, alignMs?: number): Promise<IngestInterval[]>;

  /** Events of the window, oldest first. */
  events(window: TimeWindow): Promise<EventRecord[]>;
  /** Service checks of the window, oldest first. */
  checks(window: TimeWindow): Promise<CheckRecord[]>;
  /**
   * Bad lines by reason and sender, latest first: those between whose first and last sighting the window
   * lies, in part at least. Counts are of their whole life. Senders can be forged: only so many are kept, the latest.
   */
  badLines(window: TimeWindow): Promise<BadLine[]>;
  /**
   * Names that were refused series of their own, by the limit that they met, those refused most first; of the window as bad
   * lines are, and as bounded.
   */
  refusals(window: TimeWindow): Promise<Refusal[]>;

  /** What each of the given series takes, in their order. */
  footprints(series: readonly StoredSeries[]): Promise<Footprint[]>;

  /** The window from the start of the first bucket held to the end of the last, or undefined when there is none. */
  extent(): Promise<TimeWindow | undefined>;

  close(): Promise<void>;
}

/** Half-open span of wall-clock time: `[sinceMs, untilMs)`, milliseconds since the epoch. */
export interface TimeWindow {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/**
 * How long buckets may be where a shorter tier holds them too. Partials of samples (timers, distributions, sets) come in
 * the longest buckets that lie within the window whole: merged they are the same. Counters and gauges come in the
 * shortest of which there are few enough, since theirs are what a percentile is taken over.
 */
export interface PointDetail {
  /** No longer bucket lies across a multiple of this; Infinity where only the window's ends count. */
  readonly alignMs: number;
  /** Most buckets a counter or gauge should have in the window, where there is a choice. */
  readonly mostBuckets: number;
}

/** Which series. Every given condition must hold; an omitted one always does. */
export interface SeriesSelector {
  /**
   * Name patterns, any of which may match: `*` any run of characters, `?` one, `[abc]` or `[a-c]` one of them, `[^abc]`
   * one that is none of them. Upper and lower case differ.
   */
  readonly patterns?: readonly string[];
  readonly types?: readonly MetricType[];
  /** Tags a series must carry, all of them. */
  readonly tags?: readonly Tag[];
}

/** What a gauge was last set to, and when. */
export interface GaugeValue {
  readonly series: SeriesKey;
  readonly last: number;
  readonly lastAtMs: number;
}

export interface StoredSeries extends SeriesKey {
  /** Identifies the series within this reader only. */
  readonly id: number;
}

export interface StoredPoint {
  readonly seriesId: number;
  /** Bucket start; the bucket is `[timeMs, timeMs + stepMs)`. */
  readonly timeMs: number;
  readonly stepMs: number;
  readonly partial: Partial;
}

/** What a series takes of a store. */
export interface Footprint {
  readonly points: number;
  /** Roughly: indexes and half-full pages come on top. */
  readonly bytes: number;
  /** Start of its first and of its last bucket; undefined without points. */
  readonly firstMs: number | undefined;
  readonly lastMs: number | undefined;
}

export interface IngestInterval extends IngestCounts {
  readonly source: string;
  readonly timeMs: number;
  readonly stepMs: number;
  /** How many flushes the entry stands for, where they are more than one. */
  readonly flushes?: number;
}
