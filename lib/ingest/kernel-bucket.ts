import type { CondensingOptions } from '../aggregate/condensing.js';
import { Interval, type IntervalPoint } from '../aggregate/interval.js';
import type { LiveKind, LookBuilder } from '../aggregate/look.js';
import type { OpenBucket } from '../aggregate/recorder.js';
import type { Kernel, SealedList } from '../kernel/host.js';
import type { MetricType } from '../metric.js';
import type { SeriesRef } from '../series/table.js';

/** Where a sealed interval is: in the kernel's memory, but for what the kernel had no memory for. */
export interface KernelContent {
  readonly list: SealedList;
  readonly spilt: readonly IntervalPoint[];
}

/**
 * The open bucket of the kernel's path. Samples that the kernel has no memory for spill into plain accumulators:
 * a bound of memory costs speed, never a sample.
 */
export class KernelBucket implements OpenBucket<KernelContent> {
  private readonly kernel: Kernel;
  private readonly sketch: CondensingOptions;
  private readonly refs: () => number;
  private spilt: Interval;
  /** What those gauges are now that the kernel had no memory for. */
  private readonly spiltGauges = new Map<SeriesRef, number>();
  private sealedIsHeld = false;

  /** @param refs how many series there are */
  constructor(kernel: Kernel, sketch: CondensingOptions, refs: () => number) {
    this.kernel = kernel;
    this.refs = refs;
    this.sketch = sketch;
    this.spilt = new Interval(sketch);
  }

  get canSeal(): boolean {
    return !this.sealedIsHeld;
  }

  counter(ref: SeriesRef, value: number, weight: number): void {
    if (!this.kernel.counter(ref, value, weight)) this.spilt.counter(ref, value, weight);
  }

  gauge(ref: SeriesRef, value: number, atMs: number): void {
    if (!this.kernel.gauge(ref, value, atMs)) this.spilt.gauge(ref, value, atMs);
  }

  distribution(
    ref: SeriesRef,
    type: typeof MetricType.Timer | typeof MetricType.Distribution,
    value: number,
    weight: number,
  ): void {
    if (!this.kernel.distribution(ref, type, value, weight)) this.spill(ref, type, value, weight);
  }

  member(ref: SeriesRef, slab: Uint8Array, start: number, end: number): void {
    // The kernel keeps no members but their hashes: where they are asked for, sets are collected the plain way.
    const isPlain = this.sketch.keepsMembers === true;
    if (isPlain || !this.kernel.member(ref, slab, start, end)) this.spilt.member(ref, slab, start, end);
  }

  turnGauge(ref: SeriesRef, value: number, isDelta: boolean): number {
    this.giveBackGauge(ref);
    const now = this.kernel.turnGauge(ref, value, isDelta);
    if (!Number.isNaN(now)) return now;
    const spilt = isDelta ? (this.spiltGauges.get(ref) ?? 0) + value : value;
    this.spiltGauges.set(ref, spilt);
    return spilt;
  }

  /** Memory that was released may have room for a gauge that had none before. */
  giveBackGauge(ref: SeriesRef): void {
    const spilt = this.spiltGauges.get(ref);
    if (spilt === undefined || Number.isNaN(this.kernel.turnGauge(ref, spilt, false))) return;
    this.spiltGauges.delete(ref);
  }

  /** Takes a sample of a timer or distribution that the kernel had no memory for. */
  spill(
    ref: SeriesRef,
    type: typeof MetricType.Timer | typeof MetricType.Distribution,
    value: number,
    weight: number,
  ): void {
    this.kernel.idle.heard(ref);
    this.spilt.distribution(ref, type, value, weight);
  }

  /** Takes a member of a set that the kernel had no memory for. */
  spillMember(ref: SeriesRef, start: number, end: number): void {
    this.kernel.idle.heard(ref);
    this.spilt.member(ref, this.kernel.bytes, start, end);
  }

  look(kind: LiveKind, into: LookBuilder): void {
    this.kernel.look(kind, this.refs(), into);
    this.spilt.look(kind, into);
    if (kind !== 'gauges') return;
    for (const [ref, value] of this.spiltGauges) into.addGauge(ref, value, this.spilt.gaugeSetAt(ref));
  }

  forget(refs: readonly SeriesRef[]): void {
    this.kernel.forget(refs);
    for (const ref of refs) {
      this.spilt.forget(ref);
      this.spiltGauges.delete(ref);
    }
  }

  takeGauge(ref: SeriesRef): number | undefined {
    const spilt = this.spiltGauges.get(ref);
    this.spiltGauges.delete(ref);
    const now = spilt ?? this.kernel.idle.gaugeNow(ref);
    return Number.isNaN(now) ? undefined : now;
  }

  seal(): KernelContent {
    const list = this.kernel.seal();
    if (list === undefined) throw new Error('the interval sealed before has not been released');
    this.sealedIsHeld = true;
    const spilt = this.spilt.points();
    this.spilt = new Interval(this.sketch);
    return { list, spilt };
  }

  /** Gives back a part of what the sealed interval took, once it has been read. Returns whether there is more. */
  release(): boolean {
    const hasMore = this.kernel.release();
    if (!hasMore) this.sealedIsHeld = false;
    return hasMore;
  }
}
