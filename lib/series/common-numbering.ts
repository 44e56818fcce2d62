import type { SeriesKey } from '../metric.js';
import { TextIndex } from './key-index.js';
import { KeyList, SeriesNotes, type SeriesNumbering } from './numbering.js';
import { NoSeries } from './raw-index.js';
import type { SeriesRef } from './table.js';

/**
 * One numbering for the series of several: those of one key are one. A series is forgotten when all of them
 * have.
 */
export class CommonNumbering implements SeriesNumbering {
  private readonly index = new TextIndex();
  private readonly keys = new KeyList();
  /** For each numbering what its refs are here, plus one. */
  private readonly known = new WeakMap<SeriesNumbering, SeriesNotes>();
  /** In how many numberings a series is. */
  private readonly places = new SeriesNotes();
  private readonly free: SeriesRef[] = [];
  private next = 0;

  /** How many series there are. */
  get size(): number {
    return this.index.size;
  }

  keyOf(ref: SeriesRef): SeriesKey {
    return this.keys.keyOf(ref);
  }

  notes(onForgotten?: (note: number) => void): SeriesNotes {
    return this.keys.notes(onForgotten);
  }

  /** The ref of what `numbering` calls `ref`. */
  translate(numbering: SeriesNumbering, ref: SeriesRef): SeriesRef {
    let notes = this.known.get(numbering);
    if (notes === undefined) {
      notes = numbering.notes((note) => this.leave(note - 1));
      this.known.set(numbering, notes);
    }
    const known = notes.get(ref);
    if (known > 0) return known - 1;
    const common = this.refOf(numbering.keyOf(ref));
    this.places.set(common, this.places.get(common) + 1);
    notes.set(ref, common + 1);
    return common;
  }

  /** The ref of a key, given out when it is new. */
  refOf(key: SeriesKey): SeriesRef {
    const known = this.index.find(key);
    if (known !== NoSeries) return known;
    const ref = this.free.pop() ?? this.next++;
    this.index.add(key, ref);
    this.keys.learn([{ ref, key }]);
    return ref;
  }

  private leave(ref: SeriesRef): void {
    const places = this.places.get(ref) - 1;
    this.places.set(ref, places);
    if (places > 0) return;
    this.index.delete(this.keyOf(ref));
    this.keys.forget([ref]);
    this.free.push(ref);
  }
}
