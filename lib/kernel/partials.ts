import { type CondensingOptions, withSamples } from '../aggregate/condensing.js';
import type {
  CounterPartial,
  DistributionPartial,
  GaugePartial,
  Partial,
  SetPartial,
} from '../aggregate/partial.js';
import { MetricType } from '../metric.js';
import { BinStore } from '../sketch/bin-store.js';
import { DDSketch } from '../sketch/ddsketch.js';
import { defaultMaxBins, encodeDDSketch } from '../sketch/ddsketch-codec.js';
import { HyperLogLog } from '../sketch/hyperloglog.js';
import { encodeRegisters } from '../sketch/hyperloglog-codec.js';
import { defaultRelativeAccuracy, mappingOf } from '../sketch/mapping.js';
import { Registers } from '../sketch/registers.js';
import * as layout from './layout.js';

/**
 * Reads accumulators of one half out of a kernel's memory. Made anew for each interval, as the memory may have
 * grown.
 */
export class PartialReader {
  private readonly sketch: CondensingOptions;
  private readonly bytes: Uint8Array;
  private readonly halves: Uint16Array;
  private readonly words: Uint32Array;
  private readonly keys: Int32Array;
  private readonly floats: Float64Array;
  /** Which of the two accumulators of a series is read. */
  private readonly half: number;

  /** @param half which half to read, 0 or 1; the sealed one unless it is said */
  constructor(memory: WebAssembly.Memory, sketch: CondensingOptions, half?: number) {
    const { buffer } = memory;
    this.sketch = sketch;
    this.bytes = new Uint8Array(buffer);
    this.halves = new Uint16Array(buffer);
    this.words = new Uint32Array(buffer);
    this.keys = new Int32Array(buffer);
    this.floats = new Float64Array(buffer);
    this.half = half ?? this.words[layout.sealedHalfAt / 4]!;
  }

  refOf(series: number): number {
    return this.word(series + layout.recordRef);
  }

  typeOf(series: number): MetricType {
    return this.bytes[series + layout.recordType] as MetricType;
  }

  /** What was collected of a series. */
  partial(series: number): Partial {
    const type = this.typeOf(series);
    const at = this.accumulator(series, type);
    switch (type) {
      case MetricType.Counter:
        return this.counter(at);
      case MetricType.Gauge:
        return this.gauge(at);
      case MetricType.Set:
        return this.set(at);
      default:
        return this.distribution(type, at);
    }
  }

  accumulator(series: number, type: MetricType): number {
    const halfBytes = type === MetricType.Gauge ? layout.gaugeHalfBytes : layout.halfBytes;
    return series + layout.recordHalves + this.half * halfBytes;
  }

  private counter(at: number): CounterPartial {
    return {
      type: MetricType.Counter,
      sum: this.float(at + layout.counterSum),
      samples: this.float(at + layout.counterSamples),
    };
  }

  private gauge(at: number): GaugePartial {
    return {
      type: MetricType.Gauge,
      last: this.float(at + layout.gaugeLast),
      lastAtMs: this.float(at + layout.gaugeLastAtMs),
      min: this.float(at + layout.gaugeMin),
      max: this.float(at + layout.gaugeMax),
      sum: this.float(at + layout.gaugeSum),
      samples: this.float(at + layout.gaugeSamples),
    };
  }

  private distribution(type: DistributionPartial['type'], at: number): DistributionPartial {
    if (this.isFolded(at)) return this.folded(type, this.word(at + layout.distributionFirst));
    const { samples, isWeighted } = this.gather(at);
    return collected(type, samples, isWeighted, this.sketch);
  }

  isFolded(at: number): boolean {
    return this.bytes[at + layout.distributionForm] === layout.formSketch;
  }

  /** Copies the samples of a series to `values` and `weights`. */
  gather(at: number): { readonly samples: number; readonly isWeighted: boolean } {
    const first = this.word(at + layout.distributionFirst);
    const next = this.word(at + layout.distributionNext);
    let samples = 0;
    let isWeighted = false;
    for (let chunk = first; chunk !== 0; chunk = this.word(chunk + layout.samplesNext)) {
      const isLast = this.word(chunk + layout.samplesNext) === 0;
      const isPairs = this.bytes[chunk + layout.samplesForm] === layout.formPairs;
      const start = (chunk + layout.samplesStart) / 8;
      const step = isPairs ? 2 : 1;
      const count = isLast ? (next / 8 - start) / step : this.halves[(chunk + layout.samplesCount) / 2]!;
      for (let i = start; i < start + step * count; i += step, samples += 1) {
        values[samples] = this.floats[i]!;
        weights[samples] = isPairs ? this.floats[i + 1]! : 1;
      }
      isWeighted ||= isPairs;
    }
    return { samples, isWeighted };
  }

  private folded(type: DistributionPartial['type'], at: number): DistributionPartial {
    const { relativeAccuracy = defaultRelativeAccuracy } = this.sketch;
    const parts = {
      mapping: mappingOf(relativeAccuracy),
      inheritedError: 0,
      zeroCount: this.float(at + layout.sketchZeroWeight),
      positive: this.bins(at + layout.sketchPositive),
      negative: this.bins(at + layout.sketchNegative),
    };
    return {
      type,
      samples: this.float(at + layout.sketchSamples),
      count: this.float(at + layout.sketchCount),
      sum: this.float(at + layout.sketchSum),
      min: this.float(at + layout.sketchMin),
      max: this.float(at + layout.sketchMax),
      sketch: DDSketch.decode(encodeDDSketch(parts)),
    };
  }

  private bins(at: number): BinStore {
    const store = new BinStore(this.sketch.maxBins ?? defaultMaxBins);
    const weights = this.word(at + layout.storeWeights);
    if (weights === 0) return store;
    const lowest = this.key(at + layout.storeLowest);
    const first = weights / 8 - this.key(at + layout.storeBase);
    for (let key = lowest; key <= this.key(at + layout.storeHighest); key += 1) {
      const weight = this.floats[first + key]!;
      if (weight > 0) store.add(key, weight);
    }
    const collapsed = this.float(at + layout.storeCollapsed);
    if (collapsed > 0) store.markCollapsed(collapsed);
    return store;
  }

  set(at: number): SetPartial {
    const block = this.word(at + layout.setBlock);
    const members =
      this.bytes[at + layout.setForm] === layout.formRegisters
        ? this.registers(block)
        : this.hashes(block, this.word(at + layout.setRoom));
    return { type: MetricType.Set, members };
  }

  private hashes(block: number, room: number): HyperLogLog {
    const members = new HyperLogLog();
    for (let at = block / 4; at < block / 4 + 2 * room; at += 2) {
      const high = this.words[at]!;
      const low = this.words[at + 1]!;
      if ((high | low) !== 0) members.addHash(high, low);
    }
    return members;
  }

  private registers(block: number): HyperLogLog {
    const registers = new Registers();
    registers.values.set(this.bytes.subarray(block, block + layout.registerCount));
    return HyperLogLog.decode(encodeRegisters(registers));
  }

  word(at: number): number {
    return this.words[at / 4]!;
  }

  private key(at: number): number {
    return this.keys[at / 4]!;
  }

  float(at: number): number {
    return this.floats[at / 8]!;
  }
}

/** The samples of one series, gathered from their chunks. */
export const values = new Float64Array(layout.maxRawSamples);
const weights = new Float64Array(layout.maxRawSamples);

/** What the plain accumulator would have collected of the first samples gathered. */
function collected(
  type: DistributionPartial['type'],
  samples: number,
  isWeighted: boolean,
  options: CondensingOptions,
): DistributionPartial {
  let count = 0;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < samples; i += 1) {
    const value = values[i]!;
    const weight = weights[i]!;
    count += weight;
    sum += value * weight;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const sketch = new DDSketch(options);
  sketch.addAll(values, isWeighted ? weights : undefined, 0, samples);
  const partial = { type, samples, count, sum, min, max, sketch };
  return withSamples(partial, options, values, isWeighted ? weights : undefined);
}
