import { MetricType } from '../metric.js';
import { at, bar, colon, digit0, hash, indexOfByte, minus, plus } from './bytes.js';
import { maxWeight, parseStatsdNumber, parseStatsdRateWeight } from './decimal.js';
import { exactType, trimmedType } from './metric-types.js';
import type { ParsedLine } from './parsed-line.js';
import { Reject } from './reject.js';

/**
 * The lines of the dialect `statsd`, read as statsd reads them: every bit for itself.
 *
 *     key *( ":" bit ) [ "|#" tags [ "|@" rate ] ]
 *     bit = value "|" type [ "|@" rate ]        later fields ignored
 */
export class StatsdGrammar {
  reject: Reject = Reject.NoValue;
  rejectedBits = 0;
  private line!: ParsedLine;
  /** 1 / rate of a rate behind the tags; 1 when there is none. */
  private tagsWeight = 1;
  private emptyMember = false;

  /** Reads `[start, end)` of the line's slab into the line; without any sample if all bits are rejected. */
  read(line: ParsedLine, start: number, end: number): void {
    this.line = line;
    this.rejectedBits = 0;
    this.emptyMember = false;
    const bitsEnd = this.readTags(start, end);
    line.nameStart = start;
    line.nameEnd = indexOfByte(line.slab, colon, start, bitsEnd);
    if (line.nameEnd === bitsEnd) this.count(Reject.NoValue);
    for (let bitStart = line.nameEnd + 1; bitStart <= bitsEnd; ) {
      const bitEnd = indexOfByte(line.slab, colon, bitStart, bitsEnd);
      this.count(this.readBit(bitStart, bitEnd));
      bitStart = bitEnd + 1;
    }
    if (this.emptyMember) line.ownSlab(start, end, digit0);
  }

  /** Finds the tags and what may follow them; the bits end where it says. */
  private readTags(start: number, end: number): number {
    // page.views:3|c|#page:home|@0.1
    //               ^^ the first in the line   ^ statsd would glue this to the last tag
    const { line } = this;
    const bitsEnd = indexOfPair(line.slab, hash, start, end);
    line.tagsStart = Math.min(bitsEnd + 2, end);
    const laterTags = indexOfPair(line.slab, hash, line.tagsStart, end);
    line.tagsEnd = indexOfPair(line.slab, at, line.tagsStart, laterTags);
    const rateStart = line.tagsEnd + 1;
    this.tagsWeight =
      line.tagsEnd === laterTags
        ? 1
        : parseStatsdRateWeight(line.slab, rateStart, indexOfByte(line.slab, bar, rateStart, end));
    return bitsEnd;
  }

  /** Takes a bit over, or tells why it is bad. */
  private readBit(start: number, end: number): Reject | undefined {
    // 3|c|@0.1
    const { line } = this;
    const valueEnd = indexOfByte(line.slab, bar, start, end);
    if (valueEnd === end) return Reject.NoType;
    const typeEnd = indexOfByte(line.slab, bar, valueEnd + 1, end);
    const weight =
      typeEnd === end
        ? this.tagsWeight
        : parseStatsdRateWeight(line.slab, typeEnd + 1, indexOfByte(line.slab, bar, typeEnd + 1, end));
    if (Number.isNaN(weight)) return Reject.BadSampleRate;
    const exact = exactType(line.slab, valueEnd + 1, typeEnd);
    if (exact === MetricType.Set) return this.readMember(start, valueEnd);
    const value = parseStatsdNumber(line.slab, start, valueEnd);
    // Checked before the type is trimmed, so that `-1|ms ` passes.
    if (Number.isNaN(value) || (exact === MetricType.Timer && value < 0)) return Reject.BadValue;
    switch (exact ?? trimmedType(line.slab, valueEnd + 1, typeEnd)) {
      case MetricType.Set:
        return this.readMember(start, valueEnd);
      case MetricType.Gauge:
        return this.addGauge(value, line.slab[start]);
      case MetricType.Timer:
        return this.addWeighted(MetricType.Timer, value, weight);
      default:
        return this.addWeighted(MetricType.Counter, value, weight);
    }
  }

  private readMember(start: number, end: number): undefined {
    if (start === end) this.emptyMember = true;
    this.line.addMember(start, end);
  }

  private addGauge(value: number, sign: number | undefined): Reject | undefined {
    if (!Number.isFinite(value)) return Reject.BadValue;
    this.line.addNumber(MetricType.Gauge, value, 1, sign === plus || sign === minus);
    return undefined;
  }

  private addWeighted(type: MetricType, value: number, weight: number): Reject | undefined {
    if (!(weight <= maxWeight)) return Reject.BadSampleRate;
    if (!Number.isFinite(value * weight)) return Reject.BadValue;
    this.line.addNumber(type, value, weight, false);
    return undefined;
  }

  private count(reason: Reject | undefined): void {
    if (reason === undefined) return;
    if (this.rejectedBits === 0) this.reject = reason;
    this.rejectedBits++;
  }
}

/** Where the byte with a bar before it is, the bar included; `end` when there is no such pair. */
function indexOfPair(slab: Uint8Array, byte: number, start: number, end: number): number {
  for (let i = start; i + 1 < end; i++) {
    if (slab[i] === bar && slab[i + 1] === byte) return i;
  }
  return end;
}
