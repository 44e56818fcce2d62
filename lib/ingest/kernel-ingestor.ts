import { Aggregator } from '../aggregate/aggregator.js';
import { Kernel, type LineHost } from '../kernel/host.js';
import { KernelKeys } from '../kernel/keys.js';
import { MetricType } from '../metric.js';
import { walkDatagram } from '../protocol/datagram.js';
import { Outcome } from '../protocol/line.js';
import { type SeriesRef, SeriesTable } from '../series/table.js';
import type { BrokenLine } from '../transport/line-framer.js';
import type { Seen } from './counts.js';
import type { Retired } from './idle.js';
import { KernelBucket, type KernelContent } from './kernel-bucket.js';
import { type Harvest, LineTaker } from './line-taker.js';
import type { IngestOptions } from './options.js';

export interface KernelIngestOptions extends IngestOptions {
  /** Most datagrams of a batch. */
  readonly slots: number;
  /** Bytes of the region that datagrams are received in. */
  readonly receiveBytes: number;
  /** Most memory for everything, in bytes. */
  readonly maxMemoryBytes: number;
}

/** Series taken out at once: some milliseconds. */
const refsAtOnce = 4096;

/** One interval that is over, still in the kernel's memory until it is released. */
export type KernelHarvest = Harvest<KernelContent>;

/**
 * The fast path of a datagram: the kernel takes the lines, and hands over those it does not read to the plain
 * parser, whose samples go back into the kernel. The plain path (`Ingestor`) is its twin.
 */
export class KernelIngestor implements LineHost {
  readonly kernel: Kernel;
  readonly table: SeriesTable;
  readonly aggregator: Aggregator<KernelContent>;
  private readonly bucket: KernelBucket;
  private readonly taker: LineTaker<KernelContent>;
  private harvests: KernelHarvest[] = [];
  private slot = 0;
  /**
   * Where to go on with what leaves, whether spellings that lead there must be forgotten first, and of which
   * age it is.
   */
  private firstToLeave = 0;
  private isSpelt = true;
  private leavingAge = 0;

  /**
   * @param senderOf who sent the datagram in a slot; asked only when a line of it is bad, or a series refused
   */
  constructor(options: KernelIngestOptions, nowMs: number, senderOf: (slot: number) => string) {
    this.kernel = new Kernel(options);
    this.table = new SeriesTable(options, new KernelKeys(this.kernel));
    this.bucket = new KernelBucket(this.kernel, options.sketch, () => this.table.refs);
    this.aggregator = new Aggregator(options, this.bucket, nowMs);
    const { table, aggregator, kernel } = this;
    this.taker = new LineTaker({ ...options, table, aggregator, onHeard: (ref) => kernel.idle.heard(ref) });
    this.taker.sender = () => senderOf(this.slot);
    this.taker.restore(options.gauges);
  }

  /** Takes over what gauges were when the last server stopped. */
  restore(gauges: IngestOptions['gauges']): void {
    this.taker.restore(gauges);
  }

  /**
   * Takes the datagrams of the first `count` slots, of `bytes` in all.
   *
   * @param nowMs when they were received
   */
  ingest(count: number, bytes: number, nowMs: number): void {
    const { taker, kernel } = this;
    this.advance(nowMs);
    taker.nowMs = nowMs;
    taker.counts.datagrams += count;
    taker.counts.bytes += bytes;
    kernel.ingest(count, nowMs, this);
  }

  /** Counts a line that did not come whole; who sent it is what `senderOf` says of slot 0. */
  broken(reason: BrokenLine, beginning: Uint8Array, nowMs: number): void {
    this.advance(nowMs);
    this.slot = 0;
    this.taker.nowMs = nowMs;
    this.taker.broken(reason, beginning);
  }

  /** Gives away the intervals that are over. While one of them is not released the next is not ended. */
  collect(nowMs: number): KernelHarvest[] {
    this.advance(nowMs);
    const { harvests } = this;
    this.harvests = [];
    for (const { sealed } of harvests) this.heard(sealed);
    return harvests;
  }

  /** Ends the open interval before its time. Everything that is over must have been collected and released. */
  finish(): KernelHarvest {
    this.keepLineCount();
    return this.taker.finish();
  }

  /** Gives back a part of what the last harvest took. Returns whether there is more. */
  release(): boolean {
    return this.bucket.release();
  }

  /** Makes all series older by one. */
  growOlder(): void {
    this.kernel.idle.growOlder();
    this.startLeaving(0);
  }

  /** Takes a part of the series out that have at least this age. */
  retire(age: number): Retired {
    const { idle } = this.kernel;
    if (age !== this.leavingAge) this.startLeaving(age);
    if (this.isSpelt) {
      if (idle.find(0, age, 1).length === 0) return { refs: [], hasMore: false };
      this.isSpelt = idle.forgetSpellings(age);
      return { refs: [], hasMore: true };
    }
    const refs = idle.find(this.firstToLeave, age, refsAtOnce);
    this.firstToLeave = (refs.at(-1) ?? 0) + 1;
    this.taker.retire(refs);
    return { refs, hasMore: refs.length === refsAtOnce };
  }

  get seen(): Seen {
    return this.taker.seen;
  }

  /** Whether no sealed interval takes memory any more. */
  get isReleased(): boolean {
    return this.bucket.canSeal;
  }

  /** Whether there are intervals that are over and not collected. */
  get hasUncollected(): boolean {
    return this.harvests.length > 0;
  }

  line(start: number, end: number, slot: number): void {
    const { taker } = this;
    this.slot = slot;
    taker.counts.lines += walkDatagram(taker.parser, this.kernel.bytes, start, end, taker.nowMs, taker);
  }

  spelling(start: number, end: number, slot: number): SeriesRef | undefined {
    const { parser } = this.taker;
    // Who sent it is asked when the series is refused.
    this.slot = slot;
    if (parser.parse(this.kernel.bytes, start, end) === Outcome.Metric) {
      // Not through the table's cache of spellings: the kernel keeps them itself.
      const ref = this.taker.seriesOnce(parser.line.types[0]!);
      // A gauge that spilt must be itself again before the kernel takes its next sample.
      this.bucket.giveBackGauge(ref);
      if (!this.table.isOverflow(ref)) return ref;
      // Not bound, so that a sender who invents names takes no memory: the line's samples go where it was sent.
      this.taker.counts.lines += 1;
      this.taker.metric(parser.line, start, end, ref);
      return undefined;
    }
    this.line(start, end, slot);
    return undefined;
  }

  sample(ref: SeriesRef, value: number, weight: number): void {
    const type = this.table.typeOf(ref);
    this.bucket.spill(
      ref,
      type === MetricType.Timer ? MetricType.Timer : MetricType.Distribution,
      value,
      weight,
    );
  }

  member(ref: SeriesRef, start: number, end: number): void {
    this.bucket.spillMember(ref, start, end);
  }

  /** Spellings that lead to series of this age must be forgotten before one of them leaves. */
  private startLeaving(age: number): void {
    this.kernel.idle.restart();
    this.leavingAge = age;
    this.firstToLeave = 0;
    this.isSpelt = true;
  }

  /** What lies beside the kernel's own lists has been heard, too. */
  private heard({ content, late }: KernelHarvest['sealed']): void {
    for (const { ref } of content.spilt) this.kernel.idle.heard(ref);
    for (const { ref } of late) this.kernel.idle.heard(ref);
  }

  private advance(nowMs: number): void {
    // The kernel's own lines belong to the interval that this may end.
    this.keepLineCount();
    const harvest = this.taker.advance(nowMs);
    if (harvest !== undefined) this.harvests.push(harvest);
  }

  private keepLineCount(): void {
    this.taker.counts.lines += this.kernel.takeLineCount();
  }
}
