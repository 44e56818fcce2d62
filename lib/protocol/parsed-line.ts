import { MetricType } from '../metric.js';

/** Most samples one line can hold grow on demand; this many need no growth. */
const initialSamples = 64;

/**
 * What the parser found in one metric line: ranges of `slab` and the samples, one for each value. One object is
 * reused for every line: it is valid until the next `parse`, and its arrays may be replaced by longer ones.
 */
export class ParsedLine {
  /** What the ranges are ranges of: the slab that was parsed, but for one rare case of statsd's (`ownSlab`). */
  slab: Uint8Array = new Uint8Array(0);
  /** The name as sent, tags in the name included. */
  nameStart = 0;
  nameEnd = 0;
  /** The text behind `|#`; empty when there is none. */
  tagsStart = 0;
  tagsEnd = 0;
  /** Unix seconds of `|T`, 0 when there is none. */
  timestampSeconds = 0;
  /** Extension fields no known protocol version has. */
  unknownFields = 0;

  sampleCount = 0;
  types: MetricType[] = new Array(initialSamples).fill(0);
  /** The value; for a set 0. */
  values = new Float64Array(initialSamples);
  /** 1 / sampleRate; 1 for gauges and sets, whatever their rate. */
  weights = new Float64Array(initialSamples);
  /** 1 where the value of a gauge is a change, 0 where it is a setting. */
  deltas = new Uint8Array(initialSamples);
  /** Range of the slab with the member of a set, never empty. */
  memberStarts = new Uint32Array(initialSamples);
  memberEnds = new Uint32Array(initialSamples);

  /** Forgets the line before. */
  reset(slab: Uint8Array): void {
    this.slab = slab;
    this.nameStart = this.nameEnd = this.tagsStart = this.tagsEnd = 0;
    this.timestampSeconds = 0;
    this.unknownFields = 0;
    this.sampleCount = 0;
  }

  addNumber(type: MetricType, value: number, weight: number, delta: boolean): void {
    const i = this.place();
    this.types[i] = type;
    this.values[i] = value;
    this.weights[i] = weight;
    this.deltas[i] = delta ? 1 : 0;
    this.memberStarts[i] = this.memberEnds[i] = 0;
  }

  addMember(start: number, end: number): void {
    const i = this.place();
    this.types[i] = MetricType.Set;
    this.values[i] = 0;
    this.weights[i] = 1;
    this.deltas[i] = 0;
    this.memberStarts[i] = start;
    this.memberEnds[i] = end;
  }

  /**
   * Moves the line, `[start, end)` of its slab, to a slab of its own with `extra` behind it, and makes every
   * empty member that byte.
   */
  ownSlab(start: number, end: number, extra: number): void {
    const own = new Uint8Array(end - start + 1);
    own.set(this.slab.subarray(start, end));
    own[end - start] = extra;
    this.slab = own;
    this.nameStart -= start;
    this.nameEnd -= start;
    this.tagsStart -= start;
    this.tagsEnd -= start;
    for (let i = 0; i < this.sampleCount; i++) {
      if (this.types[i] !== MetricType.Set) continue;
      const empty = this.memberStarts[i] === this.memberEnds[i];
      this.memberStarts[i] = empty ? end - start : this.memberStarts[i]! - start;
      this.memberEnds[i] = empty ? own.length : this.memberEnds[i]! - start;
    }
  }

  private place(): number {
    if (this.sampleCount === this.values.length) this.grow();
    return this.sampleCount++;
  }

  private grow(): void {
    const length = this.values.length * 2;
    this.values = lengthened(this.values, new Float64Array(length));
    this.weights = lengthened(this.weights, new Float64Array(length));
    this.deltas = lengthened(this.deltas, new Uint8Array(length));
    this.memberStarts = lengthened(this.memberStarts, new Uint32Array(length));
    this.memberEnds = lengthened(this.memberEnds, new Uint32Array(length));
  }
}

function lengthened<A extends Float64Array | Uint32Array | Uint8Array>(from: A, into: A): A {
  into.set(from);
  return into;
}
