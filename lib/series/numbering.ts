import type { SeriesKey } from '../metric.js';
import type { NewSeries, SeriesRef } from './table.js';

/** Series by small numbers, as one place has given them out. */
export interface SeriesNumbering {
  /** The key of a series, made anew at each call. */
  keyOf(ref: SeriesRef): SeriesKey;
}

/** The plain one: it holds the keys. */
export class KeyList implements SeriesNumbering {
  private readonly keys: SeriesKey[] = [];

  learn(series: readonly NewSeries[]): void {
    for (const { ref, key } of series) this.keys[ref] = key;
  }

  keyOf(ref: SeriesRef): SeriesKey {
    return this.keys[ref]!;
  }
}

const firstNotes = 1024;

/** A number for each series of a numbering, 0 until one is set: what somebody remembers of it. */
export class SeriesNotes {
  private notes = new Int32Array(firstNotes);

  get(ref: SeriesRef): number {
    return this.notes[ref] ?? 0;
  }

  set(ref: SeriesRef, note: number): void {
    if (ref >= this.notes.length) {
      // By a half: what is left empty behind the last one is never written, and takes no memory.
      const wider = new Int32Array(Math.max(ref + 1, Math.ceil(this.notes.length * 1.5)));
      wider.set(this.notes);
      this.notes = wider;
    }
    this.notes[ref] = note;
  }
}
