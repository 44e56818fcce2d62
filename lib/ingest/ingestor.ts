import { Aggregator } from '../aggregate/aggregator.js';
import type { IntervalPoint } from '../aggregate/interval.js';
import { PlainBucket } from '../aggregate/plain-bucket.js';
import type { Snapshot } from '../aggregate/snapshot.js';
import { walkDatagram } from '../protocol/datagram.js';
import { SeriesAges } from '../series/ages.js';
import { KeyList } from '../series/numbering.js';
import { SeriesTable } from '../series/table.js';
import { type IdleSchedule, idleSchedule } from './idle.js';
import { type Harvest, LineTaker } from './line-taker.js';
import type { IngestOptions } from './options.js';
import { snapshotOf } from './snapshot-of.js';

/**
 * The plain path of a datagram: lines, samples, series, aggregates, all on the caller's thread. A bad line
 * costs itself and is remembered; nothing that arrives makes it throw.
 */
export class Ingestor {
  private readonly aggregator: Aggregator<readonly IntervalPoint[]>;
  private readonly table: SeriesTable;
  private readonly taker: LineTaker<readonly IntervalPoint[]>;
  private readonly keys = new KeyList();
  private readonly ages = new SeriesAges();
  private readonly schedule: IdleSchedule | undefined;
  private intervals = 0;
  private snapshots: Snapshot[] = [];
  private sender = '';

  constructor(options: IngestOptions, nowMs: number) {
    this.aggregator = new Aggregator(options, new PlainBucket(options.sketch), nowMs);
    this.table = new SeriesTable(options);
    const { table, aggregator } = this;
    this.taker = new LineTaker({ ...options, table, aggregator, onHeard: (ref) => this.ages.heard(ref) });
    this.taker.sender = () => this.sender;
    this.taker.restore(options.gauges);
    this.schedule = idleSchedule(options.idleMs, options.intervalMs);
  }

  /** Takes the datagram in `[start, end)` of the slab; the bytes are only lent. */
  datagram(slab: Uint8Array, start: number, end: number, sender: string, nowMs: number): void {
    const { taker } = this;
    this.sender = sender;
    taker.nowMs = nowMs;
    this.advance(nowMs);
    taker.counts.datagrams += 1;
    taker.counts.bytes += end - start;
    taker.counts.lines += walkDatagram(taker.parser, slab, start, end, nowMs, taker);
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
    this.keep(this.taker.finish());
    return this.collect(nowMs);
  }

  private advance(nowMs: number): void {
    const harvest = this.taker.advance(nowMs);
    if (harvest !== undefined) this.keep(harvest);
  }

  private keep(harvest: Harvest<readonly IntervalPoint[]>): void {
    this.keys.learn(this.table.takeNew());
    this.snapshots.push(snapshotOf(harvest, harvest.sealed.content, this.keys));
    this.intervals += 1;
    const { schedule } = this;
    if (schedule !== undefined && this.intervals % schedule.every === 0) this.retire(schedule.age);
  }

  private retire(age: number): void {
    const { ages, table } = this;
    ages.growOlder();
    const refs = ages.ofAge(age, table.refs).filter((ref) => table.has(ref));
    this.taker.retire(refs);
    this.keys.forget(refs);
  }
}
