import type { Snapshot } from '../../lib/aggregate/snapshot.js';
import { type IdleSchedule, idleSchedule } from '../../lib/ingest/idle.js';
import { type KernelHarvest, KernelIngestor } from '../../lib/ingest/kernel-ingestor.js';
import type { IngestOptions } from '../../lib/ingest/options.js';
import { snapshotOf } from '../../lib/ingest/snapshot-of.js';
import type { KernelOptions } from '../../lib/kernel/host.js';
import { KernelNumbering } from '../../lib/kernel/keys.js';
import { SealedReader } from '../../lib/kernel/sealed.js';
import { ReceiveSlots } from '../../lib/kernel/slots.js';

/** The kernel's path with the interface of the plain one. */
export class KernelPath {
  readonly ingestor: KernelIngestor;
  private readonly slots: ReceiveSlots;
  private readonly numbering: KernelNumbering;
  private readonly schedule: IdleSchedule | undefined;
  private intervals = 0;
  private snapshots: Snapshot[] = [];
  private sender = '';

  constructor(
    private readonly options: IngestOptions & Partial<Pick<KernelOptions, 'hashBits'>>,
    nowMs: number,
  ) {
    const receiveBytes = ReceiveSlots.regionBytes(1, 65_507);
    const kernelOptions = { ...options, slots: 1, receiveBytes, maxMemoryBytes: 2 ** 26 };
    this.ingestor = new KernelIngestor(kernelOptions, nowMs, () => this.sender);
    this.numbering = new KernelNumbering(this.ingestor.kernel.memory);
    this.slots = new ReceiveSlots(this.ingestor.kernel, 65_507);
    this.schedule = idleSchedule(options.idleMs, options.intervalMs);
  }

  datagram(slab: Uint8Array, start: number, end: number, sender: string, nowMs: number): void {
    this.sender = sender;
    this.slots.put(0, slab.subarray(start, end));
    this.ingestor.ingest(1, end - start, nowMs);
    // Read at once: an interval that is still held would keep the next one open.
    this.keep(this.ingestor.collect(nowMs));
  }

  collect(nowMs: number): Snapshot[] {
    this.keep(this.ingestor.collect(nowMs));
    const { snapshots } = this;
    this.snapshots = [];
    return snapshots;
  }

  finish(nowMs: number): Snapshot[] {
    this.keep(this.ingestor.collect(nowMs));
    this.keep([this.ingestor.finish()]);
    return this.collect(nowMs);
  }

  private keep(harvests: readonly KernelHarvest[]): void {
    const { kernel, table } = this.ingestor;
    for (const harvest of harvests) {
      const { list, spilt } = harvest.sealed.content;
      const points = [...spilt, ...new SealedReader(kernel.memory, this.options.sketch).points(list)];
      while (this.ingestor.release());
      this.numbering.learn(table.takeNew());
      this.snapshots.push(snapshotOf(harvest, points, this.numbering));
      this.intervals += 1;
      const { schedule } = this;
      if (schedule !== undefined && this.intervals % schedule.every === 0) this.retire(schedule.age);
    }
  }

  private retire(age: number): void {
    this.ingestor.growOlder();
    for (let hasMore = true; hasMore; ) {
      const retired = this.ingestor.retire(age);
      this.numbering.forget(retired.refs);
      hasMore = retired.hasMore;
    }
  }
}
