import type { Aggregator, Sealed } from '../aggregate/aggregator.js';
import type { Interval } from '../aggregate/interval.js';
import type { Snapshot } from '../aggregate/snapshot.js';
import { type CheckRecord, type EventRecord, MetricType } from '../metric.js';
import { type LineSink, walkDatagram } from '../protocol/datagram.js';
import type { Dialect } from '../protocol/dialect.js';
import { readIdentity } from '../protocol/identity.js';
import { LineParser } from '../protocol/line.js';
import type { ParsedLine } from '../protocol/parsed-line.js';
import { Reject, rejectNames } from '../protocol/reject.js';
import type { Identity, SeriesRef, SeriesTable } from '../series/table.js';
import { BadLineLog } from './bad-lines.js';
import { Counts } from './counts.js';

export interface IngestorOptions {
  readonly dialect: Dialect;
  readonly sanitizeNames: boolean;
  readonly table: SeriesTable;
  readonly aggregator: Aggregator;
}

/**
 * The plain path of a datagram: lines, samples, series, aggregates, all on the caller's thread. A bad line
 * costs itself and is remembered; nothing that arrives makes it throw.
 */
export class Ingestor implements LineSink {
  private readonly parser: LineParser;
  private readonly table: SeriesTable;
  private readonly aggregator: Aggregator;
  private readonly counts = new Counts();
  private readonly badLines = new BadLineLog();
  private readonly identify: () => Identity;
  /** Of the datagram at hand. */
  private sender = '';
  private nowMs = 0;
  private events: EventRecord[] = [];
  private checks: CheckRecord[] = [];
  private refusedBefore = 0;
  private snapshots: Snapshot[] = [];

  constructor(options: IngestorOptions) {
    this.parser = new LineParser(options);
    this.table = options.table;
    this.aggregator = options.aggregator;
    // One closure for all lines: it reads the line that the parser holds.
    this.identify = () => readIdentity(this.parser.line, options);
  }

  /** Takes the datagram in `[start, end)` of the slab; the bytes are only lent. */
  datagram(slab: Uint8Array, start: number, end: number, sender: string, nowMs: number): void {
    this.sender = sender;
    this.nowMs = nowMs;
    this.advance(nowMs);
    this.counts.datagrams += 1;
    this.counts.bytes += end - start;
    this.counts.lines += walkDatagram(this.parser, slab, start, end, nowMs, this);
  }

  /** Gives away the intervals that are over, oldest first; the one that is open stays so. */
  collect(nowMs: number): Snapshot[] {
    this.advance(nowMs);
    const { snapshots } = this;
    this.snapshots = [];
    return snapshots;
  }

  /** The last collection: the open interval too. */
  finish(nowMs: number): Snapshot[] {
    this.advance(nowMs);
    this.snapshots.push(this.snapshot(this.aggregator.finish()));
    return this.collect(nowMs);
  }

  private advance(nowMs: number): void {
    const sealed = this.aggregator.advance(nowMs);
    if (sealed !== undefined) this.snapshots.push(this.snapshot(sealed));
  }

  private snapshot({ startMs, points }: Sealed): Snapshot {
    const { table, events, checks, refusedBefore } = this;
    this.events = [];
    this.checks = [];
    this.refusedBefore = table.refused;
    return {
      startMs,
      points: points.map(({ ref, timeMs, partial }) => ({ series: table.series(ref).key, timeMs, partial })),
      events,
      checks,
      badLines: this.badLines.take(),
      counts: { ...this.counts.take(), seriesLive: table.size, seriesRefused: table.refused - refusedBefore },
    };
  }

  metric(line: ParsedLine, start: number, end: number): void {
    this.counts.unknownFields += line.unknownFields;
    const bucket = this.aggregator.bucketFor(line.timestampSeconds, this.nowMs);
    if (bucket === undefined) this.rejected(Reject.BadTimestamp, 1, line.slab, start, end);
    else this.samples(line, bucket);
  }

  event(event: EventRecord): void {
    this.events.push(event);
  }

  check(check: CheckRecord): void {
    this.checks.push(check);
  }

  rejected(reason: Reject, bits: number, slab: Uint8Array, start: number, end: number): void {
    const name = rejectNames[reason]!;
    this.counts.bad(name, bits);
    this.badLines.record(name, this.sender, slab, start, end, this.nowMs);
  }

  private samples(line: ParsedLine, bucket: Interval): void {
    // One look-up for a run of samples of one type: they share name and tags.
    let ref: SeriesRef = 0;
    for (let i = 0; i < line.sampleCount; i++) {
      const type = line.types[i]!;
      if (i === 0 || type !== line.types[i - 1]) ref = this.table.intern(line, type, this.identify);
      if (this.table.series(ref).overflow) this.counts.samplesOverflowed += 1;
      this.sample(line, bucket, ref, i);
    }
  }

  private sample(line: ParsedLine, bucket: Interval, ref: SeriesRef, i: number): void {
    const type = line.types[i]!;
    const value = line.values[i]!;
    const weight = line.weights[i]!;
    switch (type) {
      case MetricType.Counter:
        bucket.counter(ref, value, weight);
        break;
      case MetricType.Gauge: {
        const atMs = line.timestampSeconds === 0 ? this.nowMs : line.timestampSeconds * 1000;
        this.aggregator.gauge(bucket, ref, value, line.deltas[i] === 1, atMs);
        break;
      }
      case MetricType.Set:
        bucket.member(ref, line.slab, line.memberStarts[i]!, line.memberEnds[i]!);
        break;
      default:
        bucket.distribution(ref, type, value, weight);
    }
  }
}
