import type { Aggregator, Sealed } from '../aggregate/aggregator.js';
import type { Recorder } from '../aggregate/recorder.js';
import type { BadLine, LineCounts } from '../aggregate/snapshot.js';
import { type CheckRecord, type EventRecord, MetricType, type SeriesKey } from '../metric.js';
import type { LineSink } from '../protocol/datagram.js';
import { readIdentity } from '../protocol/identity.js';
import { LineParser, type LineParserOptions } from '../protocol/line.js';
import type { ParsedLine } from '../protocol/parsed-line.js';
import { Reject, rejectNames } from '../protocol/reject.js';
import { DepartedGauges } from '../series/departed-gauges.js';
import { NoSeries } from '../series/raw-index.js';
import { type Refusal, RefusalLog } from '../series/refusals.js';
import type { Identity, SeriesRef, SeriesTable } from '../series/table.js';
import type { BrokenLine } from '../transport/line-framer.js';
import { BadLineLog } from './bad-lines.js';
import { Counts, type Seen } from './counts.js';
import type { IngestOptions } from './options.js';

/** What one interval brought: the sealed buckets and everything that is no sample. */
export interface Harvest<Content> {
  readonly sealed: Sealed<Content>;
  readonly counts: LineCounts;
  readonly badLines: readonly BadLine[];
  readonly events: readonly EventRecord[];
  readonly checks: readonly CheckRecord[];
  /** Which names were refused series of their own, and who sent them. */
  readonly refusals: readonly Refusal[];
}

/** Gauges that have left are remembered beyond the number of series where that is small: a megabyte. */
const leastDeparted = 65_536;

export interface LineTakerOptions<Content> extends LineParserOptions {
  readonly maxSeries: number;
  readonly table: SeriesTable;
  readonly aggregator: Aggregator<Content>;
  /** Told of each series that gets samples, at once. */
  readonly onHeard: (ref: SeriesRef) => void;
}

/**
 * What becomes of a line that the plain parser has read: its samples go to their series and bucket; a bad line
 * is counted and remembered. The plain path takes every line this way, the kernel's path the rare ones.
 */
export class LineTaker<Content> implements LineSink {
  readonly parser: LineParser;
  readonly table: SeriesTable;
  readonly counts = new Counts();
  /**
   * Time of the datagram at hand, and who sent it; the name is asked for only when a line is bad, or a series
   * refused.
   */
  nowMs = 0;
  sender: () => string = () => '';
  private readonly aggregator: Aggregator<Content>;
  private readonly badLines = new BadLineLog();
  private readonly refusals = new RefusalLog();
  private readonly onHeard: (ref: SeriesRef) => void;
  private readonly departed: DepartedGauges;
  private readonly identify: () => Identity;
  private events: EventRecord[] = [];
  private checks: CheckRecord[] = [];
  private refusedBefore = 0;

  constructor(options: LineTakerOptions<Content>) {
    this.parser = new LineParser(options);
    this.table = options.table;
    this.table.onRefused = (key, limit) => this.refusals.record(key, limit, this.sender(), this.nowMs);
    this.aggregator = options.aggregator;
    this.onHeard = options.onHeard;
    this.departed = new DepartedGauges(Math.max(options.maxSeries, leastDeparted));
    this.table.onMade = (key, ref) => this.comesBack(key, ref);
    // One closure for all lines: it reads the line that the parser holds.
    this.identify = () => readIdentity(this.parser.line, options);
  }

  /** Ends the open interval when the time has left it. Call it before the samples of that time are taken. */
  advance(nowMs: number): Harvest<Content> | undefined {
    const sealed = this.aggregator.advance(nowMs);
    return sealed === undefined ? undefined : this.harvest(sealed);
  }

  /** Ends the open interval before its time. */
  finish(): Harvest<Content> {
    return this.harvest(this.aggregator.finish());
  }

  get seen(): Seen {
    return { lastMs: this.nowMs, badLines: this.counts.badLinesEver };
  }

  /** The series of the line that the parser holds, for one of its types. */
  seriesOf(line: ParsedLine, type: MetricType): SeriesRef {
    return this.table.intern(line, type, this.identify);
  }

  /** The series of the line that the parser holds, for a spelling that will not be asked about again. */
  seriesOnce(type: MetricType): SeriesRef {
    return this.table.internKey({ type, ...this.identify() });
  }

  /**
   * Takes over what gauges were when the last server stopped. Those without room come back when they are heard.
   */
  restore(gauges: IngestOptions['gauges']): void {
    for (const { series, last } of gauges) {
      if (this.table.hasRoomFor(series)) this.aggregator.restoreGauge(this.table.internKey(series), last);
      else this.departed.put(series, last);
    }
  }

  /** Takes series out of memory of which nothing is collected. What gauges were is remembered. */
  retire(refs: readonly SeriesRef[]): void {
    const gauges = new Map<SeriesRef, number>();
    for (const ref of refs) {
      const value = this.table.typeOf(ref) === MetricType.Gauge ? this.aggregator.takeGauge(ref) : undefined;
      if (value !== undefined) gauges.set(ref, value);
    }
    this.table.remove(refs, (ref, key) => {
      const value = gauges.get(ref);
      if (value !== undefined) this.departed.put(key, value);
    });
  }

  private comesBack(key: SeriesKey, ref: SeriesRef): void {
    this.onHeard(ref);
    const value = key.type === MetricType.Gauge ? this.departed.take(key) : undefined;
    if (value !== undefined) this.aggregator.restoreGauge(ref, value);
  }

  /** @param first series of the line's first sample, when it is known already */
  metric(line: ParsedLine, start: number, end: number, first: SeriesRef = NoSeries): void {
    this.counts.unknownFields += line.unknownFields;
    const bucket = this.aggregator.bucketFor(line.timestampSeconds, this.nowMs);
    if (bucket === undefined) this.rejected(Reject.BadTimestamp, 1, line.slab, start, end);
    else this.samples(line, bucket, first);
  }

  event(event: EventRecord): void {
    this.events.push(event);
  }

  check(check: CheckRecord): void {
    this.checks.push(check);
  }

  rejected(reason: Reject, bits: number, slab: Uint8Array, start: number, end: number): void {
    this.bad(rejectNames[reason]!, bits, slab, start, end);
  }

  /** Counts a line that did not come whole. */
  broken(reason: BrokenLine, beginning: Uint8Array): void {
    this.counts.lines += 1;
    this.bad(reason, 1, beginning, 0, beginning.length);
  }

  private samples(line: ParsedLine, bucket: Recorder, first: SeriesRef): void {
    // One look-up for a run of samples of one type: they share name and tags.
    let ref = first;
    for (let i = 0; i < line.sampleCount; i++) {
      const type = line.types[i]!;
      if (i === 0 ? ref === NoSeries : type !== line.types[i - 1]) ref = this.seriesOf(line, type);
      this.onHeard(ref);
      if (this.table.isOverflow(ref)) this.counts.samplesOverflowed += 1;
      this.sample(line, bucket, ref, i);
    }
  }

  private sample(line: ParsedLine, bucket: Recorder, ref: SeriesRef, i: number): void {
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

  private bad(reason: string, count: number, slab: Uint8Array, start: number, end: number): void {
    this.counts.bad(reason, count);
    this.badLines.record(reason, this.sender(), slab, start, end, this.nowMs);
  }

  private harvest(sealed: Sealed<Content>): Harvest<Content> {
    const { table, events, checks, refusedBefore } = this;
    this.events = [];
    this.checks = [];
    this.refusedBefore = table.refused;
    const counts = {
      ...this.counts.take(),
      seriesLive: table.size,
      seriesRefused: table.refused - refusedBefore,
    };
    return { sealed, counts, badLines: this.badLines.take(), events, checks, refusals: this.refusals.take() };
  }
}
