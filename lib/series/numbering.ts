import type { SeriesKey } from '../metric.js';
import type { NewSeries, SeriesRef } from './table.js';

/**
 * Series by small numbers, as one place has given them out. A series that leaves memory is forgotten, and its
 * number may stand for another one then: whoever keeps numbers keeps what they are numbers of from leaving
 * (`FlushPoints.hold`).
 */
export interface SeriesNumbering {
  /** The key of a series, made anew at each call. */
  keyOf(ref: SeriesRef): SeriesKey;
  /**
   * A place for a number for each series, which goes with the series.
   *
   * @param onForgotten told of the numbers that go
   */
  notes(onForgotten?: (note: number) => void): SeriesNotes;
}

/** The plain one: it holds the keys. */
export class KeyList implements SeriesNumbering {
  private readonly keys: (SeriesKey | undefined)[] = [];
  private readonly books = new NoteBooks();

  learn(series: readonly NewSeries[]): void {
    for (const { ref, key } of series) this.keys[ref] = key;
  }

  forget(refs: readonly SeriesRef[]): void {
    // Most refs of a kernel have no key here: the list must not grow for them.
    for (const ref of refs) if (ref < this.keys.length) this.keys[ref] = undefined;
    this.books.forget(refs);
  }

  keyOf(ref: SeriesRef): SeriesKey {
    return this.keys[ref]!;
  }

  notes(onForgotten?: (note: number) => void): SeriesNotes {
    return this.books.open(onForgotten);
  }
}

/** All notes on the series of one numbering, as long as somebody holds them. */
export class NoteBooks {
  private books: WeakRef<SeriesNotes>[] = [];

  open(onForgotten?: (note: number) => void): SeriesNotes {
    const notes = new SeriesNotes(onForgotten);
    this.books = this.books.filter((book) => book.deref() !== undefined);
    this.books.push(new WeakRef(notes));
    return notes;
  }

  forget(refs: readonly SeriesRef[]): void {
    for (const book of this.books) book.deref()?.forget(refs);
  }
}

const firstNotes = 1024;

/** A number for each series of a numbering, 0 until one is set: what somebody remembers of it. */
export class SeriesNotes {
  private notes = new Int32Array(firstNotes);

  /** @param onForgotten told of the numbers that are forgotten */
  constructor(private readonly onForgotten: (note: number) => void = () => {}) {}

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

  forget(refs: readonly SeriesRef[]): void {
    for (const ref of refs) {
      const note = this.get(ref);
      if (note === 0) continue;
      this.notes[ref] = 0;
      this.onForgotten(note);
    }
  }
}
