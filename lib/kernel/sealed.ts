import type { CondensingOptions } from '../aggregate/condensing.js';
import type { IntervalPoint } from '../aggregate/interval.js';
import { kindOf, type LiveKind, type LookBuilder } from '../aggregate/look.js';
import type { Partial } from '../aggregate/partial.js';
import type { MetricType } from '../metric.js';
import * as layout from './layout.js';
import { PartialReader, values } from './partials.js';

/**
 * Reads a sealed interval out of a kernel's memory, in any thread: until it is released, nothing of it changes.
 * Made anew for each interval, as the memory may have grown.
 *
 * The kernel's own thread may read the open half too, between two batches.
 */
export class SealedReader {
  private readonly partials: PartialReader;
  private readonly words: Uint32Array;
  /** The last list looked into, by its chunks: all but the last are full. */
  private list = 0;
  private chunks: number[] = [];

  /** @param half which half to read, 0 or 1; the sealed one unless it is said */
  constructor(memory: WebAssembly.Memory, sketch: CondensingOptions, half?: number) {
    this.partials = new PartialReader(memory, sketch, half);
    this.words = new Uint32Array(memory.buffer);
  }

  /** How many points there are. */
  count(list: number): number {
    const chunks = this.chunksOf(list);
    const last = chunks.at(-1);
    return last === undefined ? 0 : (chunks.length - 1) * layout.chunkRoom + this.countIn(last);
  }

  /** What was collected, in the order in which the series were first heard in the interval. */
  *points(list: number): Generator<IntervalPoint> {
    const count = this.count(list);
    for (let i = 0; i < count; i += 1) yield { ref: this.refAt(list, i), partial: this.partialAt(list, i) };
  }

  refAt(list: number, index: number): number {
    return this.partials.refOf(this.seriesAt(list, index));
  }

  typeAt(list: number, index: number): MetricType {
    return this.partials.typeOf(this.seriesAt(list, index));
  }

  partialAt(list: number, index: number): Partial {
    return this.partials.partial(this.seriesAt(list, index));
  }

  /** Copies the values of the series of one kind (`Look`), in the same order. Not for gauges. */
  look(list: number, kind: LiveKind, into: LookBuilder): void {
    const { partials } = this;
    const count = this.count(list);
    for (let i = 0; i < count; i += 1) {
      const series = this.seriesAt(list, i);
      const type = partials.typeOf(series);
      if (kindOf(type) !== kind) continue;
      const ref = partials.refOf(series);
      const at = partials.accumulator(series, type);
      if (kind === 'counters') into.add(ref, partials.float(at + layout.counterSum));
      else if (kind === 'sets') into.add(ref, Math.round(partials.set(at).members.estimate()));
      else into.addAll(ref, values, partials.isFolded(at) ? 0 : partials.gather(at).samples);
    }
  }

  private seriesAt(list: number, index: number): number {
    const chunk = this.chunksOf(list)[Math.floor(index / layout.chunkRoom)]!;
    return this.words[(chunk + layout.chunkEntries) / 4 + (index % layout.chunkRoom)]!;
  }

  private chunksOf(list: number): readonly number[] {
    if (list === this.list) return this.chunks;
    const chunks: number[] = [];
    for (let chunk = list; chunk !== 0; chunk = this.words[(chunk + layout.chunkNext) / 4]!)
      chunks.push(chunk);
    this.list = list;
    this.chunks = chunks;
    return chunks;
  }

  private countIn(chunk: number): number {
    return this.words[(chunk + layout.chunkCount) / 4]!;
  }
}
