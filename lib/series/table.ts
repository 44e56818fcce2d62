import type { MetricType, SeriesKey, Tag } from '../metric.js';
import { HashedNumbers } from './hashed-numbers.js';
import { type KeyIndex, TextIndex } from './key-index.js';
import { NoSeries, RawIndex } from './raw-index.js';
import type { SeriesLimit } from './refusals.js';

/** A small number that stands for a series for as long as it is in memory. */
export type SeriesRef = number;

/** What a spelling means; asked once, when the spelling is first seen. */
export interface Identity {
  readonly name: string;
  readonly tags: readonly Tag[];
}

/** The parts of a parsed line that identify its series. */
export interface Spelling {
  readonly slab: Uint8Array;
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly tagsStart: number;
  readonly tagsEnd: number;
}

/** A series that was made, and its key. */
export interface NewSeries {
  readonly ref: SeriesRef;
  readonly key: SeriesKey;
}

export interface SeriesLimits {
  /** Most series at once. */
  readonly maxSeries: number;
  /**
   * Most series of one name, whatever their types, that have tags; as many as there may be unless it is said.
   */
  readonly maxSeriesPerName?: number;
}

export const overflowTag: Tag = { key: 'overflow', value: 'true' };

const firstSeries = 1024;

/** In place of a type: the ref is of no series. */
const noType = 255;

/** Where everything goes that finds not even room in its name's overflow series. */
export const overflowName = 'goodall.overflow';

/**
 * All series, and the way from what was sent to a `SeriesRef`. Several spellings (tag order, duplicate tags,
 * characters that sanitising drops) lead to one series.
 *
 * Beyond `maxSeries` a new series does not get a place: its samples go to the series of the same name and type
 * with the tag `overflow:true`, so that counts, sums and sketches by name still add up. Names beyond the limit
 * share `maxSeries / 16` such places, and after that one series per type, so that memory stays bounded. The
 * same becomes of a new series of a name that has `maxSeriesPerName` with tags already, while there is room for
 * others.
 */
export class SeriesTable {
  private readonly raw = new RawIndex();
  private readonly keys: KeyIndex;
  private types = new Uint8Array(firstSeries);
  private count = 0;
  /** Refs that were given out are below; those of series that have left are free. */
  private nextRef = 0;
  private readonly free: SeriesRef[] = [];
  private readonly overflowing = new Set<SeriesRef>();
  private fresh: NewSeries[] = [];
  /** Of each name how many series with tags it has: without, there is one of each type. */
  private readonly names = new HashedNumbers();
  private readonly maxSeries: number;
  private readonly maxSeriesPerName: number;
  private refusedCount = 0;
  /** Told of each series that is refused a place of its own, before its samples are taken. */
  onRefused: (key: SeriesKey, limit: SeriesLimit) => void = () => {};
  /** Told of each series that is made. */
  onMade: (key: SeriesKey, ref: SeriesRef) => void = () => {};

  constructor(options: SeriesLimits, keys: KeyIndex = new TextIndex()) {
    const { maxSeries, maxSeriesPerName = maxSeries } = options;
    this.maxSeries = maxSeries;
    this.maxSeriesPerName = maxSeriesPerName;
    this.keys = keys;
  }

  /** How many series are held, overflow series included. */
  get size(): number {
    return this.count;
  }

  /** All refs are below. */
  get refs(): number {
    return this.nextRef;
  }

  /** How many spellings were refused a series of their own so far. */
  get refused(): number {
    return this.refusedCount;
  }

  /** Whether a ref is of a series that is here. */
  has(ref: SeriesRef): boolean {
    return ref < this.nextRef && this.types[ref] !== noType;
  }

  typeOf(ref: SeriesRef): MetricType {
    return this.types[ref] as MetricType;
  }

  /** Whether the series stands in for others that found no place. */
  isOverflow(ref: SeriesRef): boolean {
    return this.overflowing.has(ref);
  }

  /**
   * Gives away the keys of the series made since the last call, but for those that the index keeps. The table
   * does not keep them: whoever names series does, and that may be another thread.
   */
  takeNew(): NewSeries[] {
    const { fresh } = this;
    this.fresh = [];
    return fresh;
  }

  /**
   * The series of a spelling.
   *
   * @param identify works out name and canonical tags; called only for a spelling not seen before
   */
  intern(spelling: Spelling, type: MetricType, identify: () => Identity): SeriesRef {
    const { slab, nameStart, nameEnd, tagsStart, tagsEnd } = spelling;
    const known = this.raw.find(slab, nameStart, nameEnd, tagsStart, tagsEnd, type);
    if (known !== NoSeries) return known;
    const ref = this.internKey({ type, ...identify() });
    // Endless spellings of the same series must not grow the cache without end.
    if (this.raw.size >= this.maxSeries * 2) this.raw.clear();
    // A refused spelling is not cached: the attacker who invents names pays, memory does not.
    if (!this.isOverflow(ref)) this.raw.add(slab, nameStart, nameEnd, tagsStart, tagsEnd, type, ref);
    return ref;
  }

  /** The series with this key, made if need be; its overflow series when there is no room. */
  internKey(key: SeriesKey): SeriesRef {
    const known = this.keys.find(key);
    if (known !== NoSeries) return known;
    const limit = this.limitFor(key);
    if (limit === undefined) {
      if (this.isCounted(key)) this.countName(key.name, 1);
      return this.add(key, false);
    }
    this.refusedCount += 1;
    this.onRefused(key, limit);
    return this.overflow(key);
  }

  /** Whether the series with this key is there, or could be. */
  hasRoomFor(key: SeriesKey): boolean {
    return this.keys.find(key) !== NoSeries || this.limitFor(key) === undefined;
  }

  /**
   * Takes series out. Their places are free for others, and so are their refs: nothing may be kept under these
   * any more.
   */
  remove(refs: readonly SeriesRef[], onRemoved: (ref: SeriesRef, key: SeriesKey) => void): void {
    if (refs.length === 0) return;
    this.keys.remove(refs, (ref, key) => {
      this.count -= 1;
      this.types[ref] = noType;
      this.free.push(ref);
      if (!this.overflowing.delete(ref) && this.isCounted(key)) this.countName(key.name, -1);
      onRemoved(ref, key);
    });
    // It does not know which spellings are whose.
    if (this.raw.size > 0) this.raw.clear();
  }

  private countName(name: string, change: number): void {
    const count = (this.names.get(name) ?? 0) + change;
    if (count > 0) this.names.set(name, count);
    else this.names.delete(name);
  }

  /** The limit that a new series meets. */
  private limitFor(key: SeriesKey): SeriesLimit | undefined {
    if (this.count >= this.maxSeries) return 'max-series';
    const isTooMany = this.isCounted(key) && (this.names.get(key.name) ?? 0) >= this.maxSeriesPerName;
    return isTooMany ? 'max-series-per-name' : undefined;
  }

  private isCounted({ tags }: SeriesKey): boolean {
    return tags.length > 0 && this.maxSeriesPerName < this.maxSeries;
  }

  private overflow(key: SeriesKey): SeriesRef {
    const ofName: SeriesKey = { name: key.name, type: key.type, tags: [overflowTag] };
    const known = this.keys.find(ofName);
    if (known !== NoSeries) return known;
    if (this.count < this.maxSeries + this.maxSeries / 16) return this.add(ofName, true);
    const ofAll: SeriesKey = { name: overflowName, type: key.type, tags: [overflowTag] };
    const last = this.keys.find(ofAll);
    return last === NoSeries ? this.add(ofAll, true) : last;
  }

  private add(key: SeriesKey, overflow: boolean): SeriesRef {
    const ref = this.free.pop() ?? this.nextRef++;
    if (ref === this.types.length) {
      const wider = new Uint8Array(ref * 2);
      wider.set(this.types);
      this.types = wider;
    }
    this.types[ref] = key.type;
    this.count += 1;
    if (overflow) this.overflowing.add(ref);
    if (!this.keys.add(key, ref)) this.fresh.push({ ref, key });
    this.onMade(key, ref);
    return ref;
  }
}
