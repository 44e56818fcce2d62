import type { SeriesKey } from '../metric.js';
import { TextIndex } from './key-index.js';
import { KeyList, SeriesNotes, type SeriesNumbering } from './numbering.js';
import { NoSeries } from './raw-index.js';
import type { SeriesRef } from './table.js';

/** One numbering for the series of several: those of one key are one. */
export class CommonNumbering implements SeriesNumbering {
  private readonly index = new TextIndex();
  private readonly keys = new KeyList();
  /** For each numbering what its refs are here, plus one. */
  private readonly known = new WeakMap<SeriesNumbering, SeriesNotes>();

  keyOf(ref: SeriesRef): SeriesKey {
    return this.keys.keyOf(ref);
  }

  /** The ref of what `numbering` calls `ref`. */
  translate(numbering: SeriesNumbering, ref: SeriesRef): SeriesRef {
    let notes = this.known.get(numbering);
    if (notes === undefined) {
      notes = new SeriesNotes();
      this.known.set(numbering, notes);
    }
    const known = notes.get(ref);
    if (known > 0) return known - 1;
    const common = this.refOf(numbering.keyOf(ref));
    notes.set(ref, common + 1);
    return common;
  }

  /** The ref of a key, given out when it is new. */
  refOf(key: SeriesKey): SeriesRef {
    const known = this.index.find(key);
    if (known !== NoSeries) return known;
    const ref = this.index.size;
    this.index.add(key, ref);
    this.keys.learn([{ ref, key }]);
    return ref;
  }
}
