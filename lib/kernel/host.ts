import { randomBytes } from 'node:crypto';
import type { CondensingOptions } from '../aggregate/condensing.js';
import type { LiveKind, LookBuilder } from '../aggregate/look.js';
import type { MetricType } from '../metric.js';
import type { Dialect } from '../protocol/dialect.js';
import type { SeriesRef } from '../series/table.js';
import { defaultMaxBins } from '../sketch/ddsketch-codec.js';
import { defaultRelativeAccuracy, mappingOf } from '../sketch/mapping.js';
import { IdleSeries } from './idle.js';
import * as layout from './layout.js';
import { type KernelExports, startModule } from './module.js';
import { lookAtOpen } from './open.js';

export interface KernelOptions {
  readonly dialect: Dialect;
  readonly sketch: CondensingOptions;
  /** Most datagrams of a batch. */
  readonly slots: number;
  /** Bytes of the region in which datagrams are received; what is in it is up to the receiver. */
  readonly receiveBytes: number;
  /** Most memory for everything, in bytes; below 4 GiB. It is taken as it is needed. */
  readonly maxMemoryBytes: number;
  /** Sixteen secret bytes against senders who make names collide; random by default. */
  readonly seed?: Uint8Array;
  /** How many bits of a hash are used: fewer than 32 make spellings collide. */
  readonly hashBits?: number;
}

/** Does for the kernel what only plain code can do. It is called while a batch is taken, in the order of the lines. */
export interface LineHost {
  /** Takes a line that the kernel does not read, `[start, end)` of its bytes, from the datagram in `slot`. */
  line(start: number, end: number, slot: number): void;
  /** Names the series of such a line of one type of metric, or takes the line itself and returns undefined. */
  spelling(start: number, end: number, slot: number): SeriesRef | undefined;
  /** Takes a sample of a timer or distribution that the kernel has no memory for. */
  sample(ref: SeriesRef, value: number, weight: number): void;
  /** Takes a member, `[start, end)` of the kernel's bytes, of a set that the kernel has no memory for. */
  member(ref: SeriesRef, start: number, end: number): void;
}

/**
 * The hot path: datagrams in receive slots become aggregates by series, inside one WebAssembly memory. Belongs to
 * one thread; another one may read what is sealed (`SealedReader`), as the memory is shared.
 *
 * What the kernel does not read it hands to the host, which gives the samples back with `counter`, `gauge`,
 * `distribution` and `member`: all samples of a series are in one place, in the order in which they came.
 */
export class Kernel {
  readonly memory: WebAssembly.Memory;
  /** Address of the receive region, a multiple of 4,096. */
  readonly receiveStart: number;
  /** The memory up to the end of the receive region: what a line's range is of. */
  readonly bytes: Uint8Array;
  readonly idle: IdleSeries;
  private readonly exports: KernelExports;
  private readonly sketch: CondensingOptions;
  private readonly words: Uint32Array;
  private readonly floats: Float64Array;

  /** Throws RangeError for options out of their range. */
  constructor(options: KernelOptions) {
    const { slots, receiveBytes, maxMemoryBytes } = options;
    this.receiveStart = roundUp(layout.slotTableAt + slots * layout.slotEntryBytes, 4096);
    const heapStart = roundUp(this.receiveStart + receiveBytes + layout.receiveSlackBytes, 64);
    const initial = Math.ceil((heapStart + minHeapBytes) / pageBytes);
    const maximum = Math.min(Math.floor(maxMemoryBytes / pageBytes), maxPages);
    if (maximum < initial) {
      throw new RangeError(`${maxMemoryBytes} bytes are too few: the kernel needs ${initial * pageBytes}`);
    }
    this.memory = new WebAssembly.Memory({ initial, maximum, shared: true });
    this.bytes = new Uint8Array(this.memory.buffer, 0, heapStart);
    this.words = new Uint32Array(this.memory.buffer, 0, this.receiveStart / 4);
    this.floats = new Float64Array(this.memory.buffer, 0, this.receiveStart / 8);
    this.bytes.set(options.seed ?? randomBytes(16), layout.seedAt);
    this.exports = startModule(this.memory);
    this.idle = new IdleSeries(this.exports);
    this.sketch = options.sketch;
    this.exports.init(
      dialectNumbers[options.dialect],
      heapStart,
      heapStart + (maximum * pageBytes - heapStart) * seriesShare,
      mappingOf(options.sketch.relativeAccuracy ?? defaultRelativeAccuracy).multiplier,
      options.sketch.maxBins ?? defaultMaxBins,
      options.hashBits ?? 32,
    );
    if (options.sketch.keepsMembers === true) this.words[layout.setEntryAt / 4] = 0;
  }

  /**
   * Says where in the memory a slot's datagram is, for the next batch: from `start`, at most 65,535 bytes. The byte
   * behind it is overwritten.
   */
  setDatagram(slot: number, start: number, length: number): void {
    if (length > layout.maxDatagramBytes) throw new RangeError(`a datagram of ${length} bytes`);
    const entry = (layout.slotTableAt + slot * layout.slotEntryBytes) / 4;
    this.words[entry + layout.slotStart / 4] = start;
    this.words[entry + layout.slotLength / 4] = length;
  }

  /** Takes the datagrams of the first `count` slots, all of which were received at `nowMs`. */
  ingest(count: number, nowMs: number, host: LineHost): void {
    let status = this.exports.ingest(count, nowMs);
    while (status !== layout.statusDone) {
      this.answer(status, host);
      status = this.exports.resume();
    }
  }

  /** The ref of the series whose key stands at `memberAt`, name then tags (`KernelKeys`); -1 when there is none. */
  refOfKey(nameBytes: number, tagsBytes: number, type: MetricType): SeriesRef {
    return this.exports.refOfKey(nameBytes, tagsBytes, type);
  }

  /** Makes the series of that key, which must not be there. False, and nothing done, when there is no memory left. */
  openByKey(nameBytes: number, tagsBytes: number, type: MetricType, ref: SeriesRef): boolean {
    return this.exports.openByKey(nameBytes, tagsBytes, type, ref) !== 0;
  }

  /** Adds a sample of a counter. All of these return false, and do nothing, when there is no memory left. */
  counter(ref: SeriesRef, value: number, weight: number): boolean {
    return this.exports.addCounter(ref, value, weight) !== 0;
  }

  /** Adds a value that a gauge took on at `atMs`. */
  gauge(ref: SeriesRef, value: number, atMs: number): boolean {
    return this.exports.addGauge(ref, value, atMs) !== 0;
  }

  /** Sets or changes what a gauge is now, without recording it. Returns that; NaN when there is no memory left. */
  turnGauge(ref: SeriesRef, value: number, isDelta: boolean): number {
    return this.exports.turnGauge(ref, value, isDelta ? 1 : 0);
  }

  distribution(
    ref: SeriesRef,
    type: typeof MetricType.Timer | typeof MetricType.Distribution,
    value: number,
    weight: number,
  ): boolean {
    return this.exports.addSample(ref, type, value, weight) !== 0;
  }

  /** Adds the member of a set that is in `[start, end)` of a slab, at most 65,535 bytes of it. */
  member(ref: SeriesRef, slab: Uint8Array, start: number, end: number): boolean {
    if (slab === this.bytes) return this.exports.addMember(ref, start, end) !== 0;
    this.bytes.set(slab.subarray(start, end), layout.memberAt);
    return this.exports.addMember(ref, layout.memberAt, layout.memberAt + end - start) !== 0;
  }

  /**
   * Ends an interval: what comes from now on is of the next one. Returns the list of what was collected, for
   * `SealedReader`; undefined, with nothing done, while the interval before is not released.
   */
  seal(): SealedList | undefined {
    return this.exports.seal() === 0 ? undefined : this.words[layout.sealedListAt / 4]!;
  }

  /**
   * Gives back what the sealed interval took, once it has been read: a thousand series at a time, so that datagrams
   * can be taken in between. Returns whether there is more to release.
   */
  release(): boolean {
    return this.exports.release() !== 0;
  }

  /** Copies what has been collected since the last seal, of one kind; gauges of refs below `refs`. Between batches. */
  look(kind: LiveKind, refs: number, into: LookBuilder): void {
    lookAtOpen(this.exports, this.memory, this.sketch, kind, refs, into);
  }

  /** Drops what has been collected of these series since the last seal, and the value of gauges. Between batches. */
  forget(refs: readonly SeriesRef[]): void {
    for (const ref of refs) this.exports.forget(ref);
    this.exports.dropEmpty();
  }

  /** How many lines the kernel has taken itself since the last call. */
  takeLineCount(): number {
    const count = this.floats[layout.linesAt / 8]!;
    this.floats[layout.linesAt / 8] = 0;
    return count;
  }

  /** How many series have an accumulator. */
  get seriesCount(): number {
    return this.exports.seriesCount();
  }

  /** How many spellings are known. */
  get spellingCount(): number {
    return this.exports.spellings();
  }

  /** Bytes of memory that are, or were, in use: slots, series, samples. */
  get usedBytes(): number {
    return this.exports.heapTop();
  }

  private answer(status: number, host: LineHost): void {
    const { words, floats } = this;
    const ref = words[layout.sampleRefAt / 4]!;
    if (status === layout.statusSample) {
      host.sample(ref, floats[layout.sampleValueAt / 8]!, floats[layout.sampleWeightAt / 8]!);
    } else if (status === layout.statusMember) {
      host.member(ref, words[layout.memberStartAt / 4]!, words[layout.memberEndAt / 4]!);
    } else {
      this.answerLine(status, host);
    }
  }

  private answerLine(status: number, host: LineHost): void {
    const start = this.words[layout.lineStartAt / 4]!;
    const end = this.words[layout.lineEndAt / 4]!;
    const slot = this.words[layout.lineSlotAt / 4]!;
    if (status === layout.statusSpelling) {
      const ref = host.spelling(start, end, slot);
      if (ref === undefined || this.exports.bind(ref) !== 0) return;
    }
    host.line(start, end, slot);
  }
}

/** Where in the memory the list of a sealed interval's series begins. */
export type SealedList = number;

function roundUp(bytes: number, multiple: number): number {
  return Math.ceil(bytes / multiple) * multiple;
}

const pageBytes = 65536;
/** One page less than WebAssembly can have, so that no address overflows. */
const maxPages = 65535;
/** Room for the first tables. */
const minHeapBytes = 65536;
/** New series are taken while less than this part of the memory is used; the rest is for their samples. */
const seriesShare = 0.75;

const dialectNumbers: Readonly<Record<Dialect, number>> = {
  goodall: layout.dialectGoodall,
  statsd: layout.dialectStatsd,
  dogstatsd: layout.dialectDogstatsd,
};
