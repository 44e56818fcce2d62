import type { SeriesKey } from '../metric.js';
import { HashedNumbers } from './hashed-numbers.js';
import { keyText } from './key-index.js';

/**
 * What gauges were that have left memory, so that a change goes on from there when they come back: 16 bytes a
 * place. At least the last half of `most` are remembered, and never more than `most`: they are kept in two
 * parts, and when the newer one is full the older one is forgotten.
 */
export class DepartedGauges {
  private newer = new HashedNumbers();
  private older = new HashedNumbers();

  constructor(private readonly most: number) {}

  get size(): number {
    return this.newer.size + this.older.size;
  }

  put(key: SeriesKey, value: number): void {
    if (this.newer.size >= this.most / 2) {
      this.older = this.newer;
      this.newer = new HashedNumbers();
    }
    this.newer.set(keyText(key), value);
  }

  /** Gives away what a gauge was; undefined when it is not remembered. */
  take(key: SeriesKey): number | undefined {
    if (this.size === 0) return undefined;
    const text = keyText(key);
    const value = this.newer.get(text) ?? this.older.get(text);
    this.newer.delete(text);
    this.older.delete(text);
    return value;
  }
}
