import { Aggregator } from '../aggregate/aggregator.js';
import type { IntervalPoint } from '../aggregate/interval.js';
import { PlainBucket } from '../aggregate/plain-bucket.js';
import type { Snapshot } from '../aggregate/snapshot.js';
import { walkDatagram } from '../protocol/datagram.js';
import { KeyList } from '../series/numbering.js';
import { SeriesTable } from '../series/table.js';
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
  private snapshots: Snapshot[] = [];
  private sender = '';

  constructor(options: IngestOptions, nowMs: number) {
    this.aggregator = new Aggregator(options, new PlainBucket(options.sketch), nowMs);
    this.table = new SeriesTable(options);
    this.taker = new LineTaker({ ...options, table: this.table, aggregator: this.aggregator });
    this.taker.sender = () => this.sender;
    for (const { series, last } of options.gauges) {
      this.aggregator.restoreGauge(this.table.internKey(series), last);
    }
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
  }
}
