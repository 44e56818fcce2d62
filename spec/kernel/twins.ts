import { GaugeValues } from '../../lib/aggregate/gauge-values.js';
import { Interval, type IntervalPoint } from '../../lib/aggregate/interval.js';
import { Kernel, type KernelOptions, type LineHost } from '../../lib/kernel/host.js';
import { KernelKeys, KernelNumbering } from '../../lib/kernel/keys.js';
import { SealedReader } from '../../lib/kernel/sealed.js';
import { ReceiveSlots } from '../../lib/kernel/slots.js';
import { type CheckRecord, type EventRecord, MetricType } from '../../lib/metric.js';
import { type LineSink, walkDatagram } from '../../lib/protocol/datagram.js';
import type { Dialect } from '../../lib/protocol/dialect.js';
import { readIdentity } from '../../lib/protocol/identity.js';
import { LineParser, Outcome } from '../../lib/protocol/line.js';
import type { ParsedLine } from '../../lib/protocol/parsed-line.js';
import { type Reject, rejectNames } from '../../lib/protocol/reject.js';
import { KeyList } from '../../lib/series/numbering.js';
import { type Identity, type SeriesRef, SeriesTable } from '../../lib/series/table.js';
import type { DDSketchOptions } from '../../lib/sketch/ddsketch.js';
import { expectEqual } from './comparison.js';

/** Where the samples of the open interval go: the plain accumulators, or the kernel's. */
interface Accumulators {
  counter(ref: SeriesRef, value: number, weight: number): void;
  gauge(ref: SeriesRef, value: number, atMs: number): void;
  /** Sets or changes what a gauge is now, and returns it. */
  turnGauge(ref: SeriesRef, value: number, isDelta: boolean): number;
  distribution(ref: SeriesRef, type: 2 | 3, value: number, weight: number): void;
  member(ref: SeriesRef, slab: Uint8Array, start: number, end: number): void;
}

/** Everything that an interval brought. */
export interface Harvest {
  readonly lines: number;
  readonly unknownFields: number;
  /** Bits that were not accepted, by reason, and samples in overflow series, as `overflow`. */
  readonly counts: ReadonlyMap<string, number>;
  readonly events: readonly EventRecord[];
  readonly checks: readonly CheckRecord[];
  readonly points: readonly IntervalPoint[];
}

export interface TwinOptions {
  readonly dialect: Dialect;
  readonly sanitizeNames?: boolean;
  readonly maxSeries?: number;
  readonly maxSeriesPerName?: number;
  readonly sketch?: DDSketchOptions;
}

/** What both twins do with a line that the plain parser has read. */
class LineTaker implements LineSink {
  readonly parser: LineParser;
  table: SeriesTable;
  /** Names the series. */
  keys: KeyList | KernelNumbering = new KeyList();
  readonly options: Required<TwinOptions>;
  accumulators!: Accumulators;
  nowMs = 0;
  lines = 0;
  private readonly identify: () => Identity;
  private unknownFields = 0;
  private counts = new Map<string, number>();
  private events: EventRecord[] = [];
  private checks: CheckRecord[] = [];
  /** Samples that carry another time. */
  private timed: Interval;

  constructor(options: TwinOptions) {
    this.options = { sanitizeNames: true, maxSeries: 1e6, maxSeriesPerName: 1e6, sketch: {}, ...options };
    this.timed = new Interval(this.options.sketch);
    this.parser = new LineParser(this.options);
    this.table = new SeriesTable(this.options);
    this.identify = () => readIdentity(this.parser.line, this.options);
  }

  metric(line: ParsedLine): void {
    this.unknownFields += line.unknownFields;
    for (let i = 0; i < line.sampleCount; i += 1) {
      const ref = this.table.intern(line, line.types[i]!, this.identify);
      if (this.table.isOverflow(ref)) this.count('overflow', 1);
      this.sample(line, i, ref);
    }
  }

  event(event: EventRecord): void {
    this.events.push(event);
  }

  check(check: CheckRecord): void {
    this.checks.push(check);
  }

  rejected(reason: Reject, bits: number): void {
    this.count(rejectNames[reason]!, bits);
  }

  harvest(points: Iterable<IntervalPoint>): Harvest {
    const { lines, unknownFields, counts, events, checks } = this;
    const all = [...points, ...this.timed.points()];
    this.lines = 0;
    this.unknownFields = 0;
    this.counts = new Map();
    this.events = [];
    this.checks = [];
    this.timed = new Interval(this.options.sketch);
    return { lines, unknownFields, counts, events, checks, points: all };
  }

  private count(what: string, by: number): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  private sample(line: ParsedLine, i: number, ref: SeriesRef): void {
    const type = line.types[i]!;
    const value = line.values[i]!;
    const weight = line.weights[i]!;
    const isTimed = line.timestampSeconds !== 0;
    const into = isTimed ? this.timed : this.accumulators;
    switch (type) {
      case MetricType.Counter:
        into.counter(ref, value, weight);
        break;
      case MetricType.Gauge: {
        const isDelta = line.deltas[i] === 1;
        const now = isTimed && !isDelta ? value : this.accumulators.turnGauge(ref, value, isDelta);
        into.gauge(ref, now, isTimed ? line.timestampSeconds * 1000 : this.nowMs);
        break;
      }
      case MetricType.Set:
        into.member(ref, line.slab, line.memberStarts[i]!, line.memberEnds[i]!);
        break;
      default:
        into.distribution(ref, type, value, weight);
    }
  }
}

/** The plain path. */
export class PlainTwin {
  readonly taker: LineTaker;
  private readonly gauges = new GaugeValues();
  private interval: Interval;

  constructor(options: TwinOptions) {
    this.taker = new LineTaker(options);
    this.interval = this.open();
  }

  ingest(datagrams: readonly Uint8Array[], nowMs: number): void {
    const { taker } = this;
    taker.nowMs = nowMs;
    for (const datagram of datagrams) {
      taker.lines += walkDatagram(taker.parser, datagram, 0, datagram.length, nowMs, taker);
    }
  }

  seal(): Harvest {
    const harvest = this.taker.harvest(this.interval.points());
    this.interval = this.open();
    return harvest;
  }

  private open(): Interval {
    const interval = new Interval(this.taker.options.sketch);
    this.taker.accumulators = {
      counter: (...sample) => interval.counter(...sample),
      gauge: (...sample) => interval.gauge(...sample),
      turnGauge: (...sample) => this.gauges.update(...sample),
      distribution: (...sample) => interval.distribution(...sample),
      member: (...sample) => interval.member(...sample),
    };
    return interval;
  }
}

export type KernelTwinOptions = TwinOptions & Partial<KernelOptions> & { readonly slotBytes?: number };

/** The kernel, with the plain parser for what it hands over, and plain accumulators for what it has no memory for. */
export class KernelTwin implements LineHost {
  readonly kernel: Kernel;
  readonly slots: ReceiveSlots;
  readonly taker: LineTaker;
  private readonly batch: number;
  /** How many lines, new spellings and samples were handed over. */
  handedOver = { lines: 0, spellings: 0, samples: 0 };
  private spilt: Interval;
  /** What those gauges are now that the kernel had no memory for. */
  private readonly spiltGauges = new Map<SeriesRef, number>();

  constructor(options: KernelTwinOptions) {
    this.taker = new LineTaker(options);
    const { sketch } = this.taker.options;
    this.spilt = new Interval(sketch);
    const { slots = 16, slotBytes = 65535, maxMemoryBytes = 2 ** 28 } = options;
    const receiveBytes = ReceiveSlots.regionBytes(slots, slotBytes);
    this.kernel = new Kernel({ ...options, slots, receiveBytes, maxMemoryBytes, sketch });
    this.slots = new ReceiveSlots(this.kernel, slotBytes);
    this.batch = slots;
    const { kernel } = this;
    this.taker.table = new SeriesTable(this.taker.options, new KernelKeys(kernel));
    this.taker.keys = new KernelNumbering(kernel.memory);
    this.taker.accumulators = {
      counter: (...sample) => {
        if (!kernel.counter(...sample)) this.spilt.counter(...sample);
      },
      gauge: (...sample) => {
        if (!kernel.gauge(...sample)) this.spilt.gauge(...sample);
      },
      turnGauge: (ref, value, isDelta) => {
        this.giveBackGauge(ref);
        const now = kernel.turnGauge(ref, value, isDelta);
        if (!Number.isNaN(now)) return now;
        const spilt = isDelta ? (this.spiltGauges.get(ref) ?? 0) + value : value;
        this.spiltGauges.set(ref, spilt);
        return spilt;
      },
      distribution: (...sample) => {
        if (!kernel.distribution(...sample)) this.spilt.distribution(...sample);
      },
      member: (...sample) => {
        if (!kernel.member(...sample)) this.spilt.member(...sample);
      },
    };
  }

  /** Takes datagrams in batches of at most as many as there are slots. */
  ingest(datagrams: readonly Uint8Array[], nowMs: number, batch = this.batch): void {
    const { slots } = this;
    this.taker.nowMs = nowMs;
    for (let first = 0; first < datagrams.length; first += batch) {
      const count = Math.min(batch, datagrams.length - first);
      for (let slot = 0; slot < count; slot += 1) slots.put(slot, datagrams[first + slot]!);
      this.kernel.ingest(count, nowMs, this);
    }
  }

  seal(): Harvest {
    const { kernel } = this;
    const list = kernel.seal();
    if (list === undefined) throw new Error('the interval before was not released');
    this.taker.lines += kernel.takeLineCount();
    const { sketch } = this.taker.options;
    const points = [...new SealedReader(kernel.memory, sketch).points(list), ...this.spilt.points()];
    this.spilt = new Interval(sketch);
    while (kernel.release());
    return this.taker.harvest(points);
  }

  line(start: number, end: number): void {
    this.handedOver.lines += 1;
    const { taker } = this;
    taker.lines += walkDatagram(taker.parser, this.kernel.bytes, start, end, taker.nowMs, taker);
  }

  spelling(start: number, end: number): SeriesRef | undefined {
    this.handedOver.spellings += 1;
    const { parser, table, options } = this.taker;
    if (parser.parse(this.kernel.bytes, start, end) === Outcome.Metric) {
      const ref = table.internKey({ type: parser.line.types[0]!, ...readIdentity(parser.line, options) });
      this.giveBackGauge(ref);
      if (!table.isOverflow(ref)) return ref;
    }
    this.line(start, end);
    return undefined;
  }

  /** Memory that was released may have room for a gauge that had none before. */
  private giveBackGauge(ref: SeriesRef): void {
    const spilt = this.spiltGauges.get(ref);
    if (spilt === undefined || Number.isNaN(this.kernel.turnGauge(ref, spilt, false))) return;
    this.spiltGauges.delete(ref);
  }

  sample(ref: SeriesRef, value: number, weight: number): void {
    this.handedOver.samples += 1;
    this.spilt.distribution(ref, this.taker.table.typeOf(ref) as 2 | 3, value, weight);
  }

  member(ref: SeriesRef, start: number, end: number): void {
    this.handedOver.samples += 1;
    this.spilt.member(ref, this.kernel.bytes, start, end);
  }
}

/** Feeds the same datagrams to both twins, interval after interval, and compares what each interval brought. */
export class Twins {
  readonly kernel: KernelTwin;
  readonly plain: PlainTwin;

  constructor(options: KernelTwinOptions) {
    this.kernel = new KernelTwin(options);
    this.plain = new PlainTwin(options);
  }

  ingest(datagrams: readonly (Uint8Array | string)[], nowMs = Date.UTC(2026, 0, 1), batch?: number): void {
    const bytes = datagrams.map((datagram) =>
      typeof datagram === 'string' ? Buffer.from(datagram) : datagram,
    );
    this.kernel.ingest(bytes, nowMs, batch);
    this.plain.ingest(bytes, nowMs);
  }

  /** Ends the interval of both. Returns what it brought. */
  compare(): Harvest {
    const { kernel, plain } = this;
    const harvest = plain.seal();
    const own = kernel.seal();
    for (const { taker } of [kernel, plain]) taker.keys.learn(taker.table.takeNew());
    expectEqual(own, harvest, [kernel.taker.keys, plain.taker.keys]);
    return harvest;
  }
}
