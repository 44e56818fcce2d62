import { MetricType } from '../metric.js';
import { at, bar, colon, hash, indexOfByte, minus, plus, startsWith } from './bytes.js';
import { parseDecimal, parseRateWeight, parseSeconds, parseStatsdNumber } from './decimal.js';
import { exactType, trimmedType } from './metric-types.js';
import { NameCheck } from './name.js';
import type { ParsedLine } from './parsed-line.js';
import { Reject } from './reject.js';

export interface AtomicOptions {
  /** What statsd takes too: mixed bits, its numbers, signs as changes of a gauge, no negative timers. */
  readonly statsdFeatures: boolean;
  readonly sanitizeNames: boolean;
}

/**
 * The metric lines of the dialects `goodall` and `dogstatsd`, where a line is accepted or rejected as a whole:
 *
 *     name ":" group *( ":" group ) *( "|" option )        more than one group in goodall only
 *     group = value *( ":" value ) "|" type *( "|@" rate )
 */
export class AtomicGrammar {
  reject: Reject = Reject.NoValue;
  rejectedBits = 0;
  private readonly statsdFeatures: boolean;
  private readonly names: NameCheck;
  private line!: ParsedLine;
  private end = 0;
  /** Where the reading stands. */
  private position = 0;
  /** The first sample of the group at hand. */
  private lastGroup = 0;
  /** 1 / rate of the group at hand and of the rate among the options; 0 when there is none. */
  private groupWeight = 0;
  private optionWeight = 0;

  constructor({ statsdFeatures, sanitizeNames }: AtomicOptions) {
    this.statsdFeatures = statsdFeatures;
    this.names = new NameCheck(statsdFeatures && sanitizeNames);
  }

  /** Reads `[start, end)` of the line's slab into the line; without any sample if it is rejected. */
  read(line: ParsedLine, start: number, end: number): void {
    this.line = line;
    this.end = end;
    this.optionWeight = 0;
    this.rejectedBits = 0;
    if (this.readName(start) && this.readGroups() && this.readOptions() && this.weigh()) return;
    this.rejectedBits = 1;
    line.sampleCount = 0;
  }

  private readName(start: number): boolean {
    // page.views:3|c
    // ^^^^^^^^^^ everything before the first colon, which comes before any bar
    const { line, end } = this;
    let i = start;
    while (i < end && line.slab[i] !== colon && line.slab[i] !== bar) i++;
    if (i === end || line.slab[i] === bar) return this.refuse(Reject.NoValue);
    line.nameStart = start;
    line.nameEnd = i;
    this.position = i + 1;
    const empty = this.statsdFeatures ? this.names.isEmpty(line.slab, start, i) : i === start;
    return !empty || this.refuse(Reject.EmptyName);
  }

  private readGroups(): boolean {
    const { line, end } = this;
    for (;;) {
      this.lastGroup = line.sampleCount;
      if (!this.readGroup()) return false;
      if (this.position === end || line.slab[this.position] === bar) return true;
      for (let i = this.lastGroup; i < line.sampleCount; i++) {
        if (rateMatters(line.types[i]!)) line.weights[i] = this.groupWeight;
      }
      this.position++;
    }
  }

  private readGroup(): boolean {
    // page.views:3:4|c|@0.1
    //            ^^^ values, before the next bar
    const { line, position, end } = this;
    const valuesEnd = indexOfByte(line.slab, bar, position, end);
    if (valuesEnd === end) return this.refuse(Reject.NoType);
    const typeEnd = this.endOfField(valuesEnd + 1);
    const type = this.readType(valuesEnd + 1, typeEnd);
    if (type === undefined) return this.refuse(Reject.BadType);
    const read = type === MetricType.Set ? this.readMember(valuesEnd) : this.readValues(type, valuesEnd);
    if (!read) return this.refuse(Reject.BadValue);
    this.position = typeEnd;
    this.groupWeight = 0;
    while (
      this.position + 1 < end &&
      line.slab[this.position] === bar &&
      line.slab[this.position + 1] === at
    ) {
      const rateEnd = this.endOfField(this.position + 1);
      this.groupWeight = parseRateWeight(line.slab, this.position + 1, rateEnd);
      if (Number.isNaN(this.groupWeight)) return this.refuse(Reject.BadSampleRate);
      this.position = rateEnd;
    }
    return true;
  }

  /** A type or a rate ends at a bar and, where groups may follow, at a colon. */
  private endOfField(start: number): number {
    const { line, end, statsdFeatures } = this;
    let i = start;
    while (i < end && line.slab[i] !== bar && !(statsdFeatures && line.slab[i] === colon)) i++;
    return i;
  }

  private readType(start: number, end: number): MetricType | undefined {
    const { slab } = this.line;
    const type = exactType(slab, start, end);
    return type === undefined && this.statsdFeatures ? trimmedType(slab, start, end) : type;
  }

  private readMember(end: number): boolean {
    if (this.position === end) return false;
    this.line.addMember(this.position, end);
    return true;
  }

  private readValues(type: MetricType, end: number): boolean {
    const { line, statsdFeatures } = this;
    const countBefore = line.sampleCount;
    for (let start = this.position; start < end; ) {
      const valueEnd = indexOfByte(line.slab, colon, start, end);
      if (valueEnd > start) {
        const value = statsdFeatures
          ? parseStatsdNumber(line.slab, start, valueEnd)
          : parseDecimal(line.slab, start, valueEnd);
        if (!Number.isFinite(value)) return false;
        if (statsdFeatures && type === MetricType.Timer && value < 0) return false;
        const sign = line.slab[start];
        const delta = statsdFeatures && type === MetricType.Gauge && (sign === plus || sign === minus);
        line.addNumber(type, value, 1, delta);
      }
      start = valueEnd + 1;
    }
    return line.sampleCount > countBefore;
  }

  /** Reads what stands behind the groups: fields in any order, the last of its kind counts. */
  private readOptions(): boolean {
    const { line, end } = this;
    line.tagsStart = line.tagsEnd = line.nameEnd;
    while (this.position < end) {
      const start = this.position + 1;
      const fieldEnd = indexOfByte(line.slab, bar, start, end);
      if (!this.readOption(start, fieldEnd)) return false;
      this.position = fieldEnd;
    }
    return true;
  }

  private readOption(start: number, end: number): boolean {
    const { line } = this;
    const first = start < end ? line.slab[start] : undefined;
    if (first === hash) {
      line.tagsStart = start + 1;
      line.tagsEnd = end;
    } else if (first === at) {
      this.optionWeight = parseRateWeight(line.slab, start, end);
      if (Number.isNaN(this.optionWeight)) return this.refuse(Reject.BadSampleRate);
    } else if (first === 0x54 /* T */) {
      line.timestampSeconds = parseSeconds(line.slab, start + 1, end);
      if (line.timestampSeconds === 0) return this.refuse(Reject.BadTimestamp);
    } else if (!isIgnoredField(line.slab, start, end)) {
      line.unknownFields++;
    }
    return true;
  }

  /**
   * Gives every sample its weight. A rate among the options is the line's: the last of the last group's rates,
   * and the rate of every group that has none.
   */
  private weigh(): boolean {
    const { line, optionWeight, lastGroup } = this;
    const lastGroupWeight = optionWeight || this.groupWeight || 1;
    for (let i = 0; i < line.sampleCount; i++) {
      if (!rateMatters(line.types[i]!)) continue;
      const weight = i >= lastGroup ? lastGroupWeight : line.weights[i]! || optionWeight || 1;
      if (!Number.isFinite(line.values[i]! * weight)) return this.refuse(Reject.BadValue);
      line.weights[i] = weight;
    }
    return true;
  }

  private refuse(reason: Reject): false {
    this.reject = reason;
    return false;
  }
}

/** A gauge and a set are what they are however many samples a client left out. */
function rateMatters(type: MetricType): boolean {
  return type !== MetricType.Gauge && type !== MetricType.Set;
}

const cardinality = new TextEncoder().encode('card:');

/** `c:`, `e:` and `card:` (container, external origin, cardinality) are of use to Datadog's agent only. */
function isIgnoredField(slab: Uint8Array, start: number, end: number): boolean {
  if (end - start >= 2 && slab[start + 1] === colon) return slab[start] === 0x63 || slab[start] === 0x65; // c, e
  return startsWith(slab, start, end, cardinality);
}
