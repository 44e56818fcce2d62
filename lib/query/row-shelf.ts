import { RowPack } from './packed-rows.js';
import type { Percentile } from './percentile.js';
import type { Row } from './row.js';
import type { ScratchFile } from './scratch-file.js';
import { byIdentity, type SortColumn, textOrder } from './sort.js';
import { SortedRuns } from './sorted-runs.js';

/** Rows in their final order, to be gone through as often as need be. Where they are many, none is held. */
export interface Rows extends Iterable<Row> {
  readonly length: number;
}

export interface ShelfOptions {
  /** Where rows go that are too many to be held. */
  readonly scratch: ScratchFile;
  /** Undefined for the busiest group first. */
  readonly sort: SortColumn | undefined;
  readonly percentiles: readonly Percentile[];
  /** How many of the rows are wanted. */
  readonly limit: number;
  /** What of the rows is held. */
  readonly heldBytes?: number;
}

/** Takes the rows of many groups as they are made, and gives them back in the order of a report. */
export interface RowShelf {
  /** Groups come one after the other; one may come in several packs, which follow each other in time. */
  add(pack: RowPack): void;
  /** The first rows in order, up to the limit; when there are no more to add. */
  inOrder(): Rows;
}

const heldBytes = 8 << 20;

export function rowShelf(options: ShelfOptions): RowShelf {
  const { sort } = options;
  const byGroup = sort === undefined || textOrder(sort) !== undefined;
  return byGroup ? new GroupShelf(options) : new SortedRuns({ heldBytes, ...options, sort });
}

/** A pack, or where its numbers lie. */
type Place = RowPack | { readonly start: number; readonly end: number };

interface ShelvedGroup extends Pick<RowPack, 'face' | 'layout'> {
  /** A row without numbers, for its name, type and tags. */
  readonly key: Row;
  readonly places: Place[];
  count: number;
}

/** For orders in which the rows of a group stay together, by time: only the groups are put in order. */
class GroupShelf implements RowShelf {
  private readonly groups: ShelvedGroup[] = [];
  private length = 0;
  private bytes = 0;

  constructor(private readonly options: ShelfOptions) {}

  add(pack: RowPack): void {
    if (pack.length === 0) return;
    const { face, layout } = pack;
    let group = this.groups.at(-1);
    if (group?.face.tags !== face.tags) {
      group = { face, layout, key: { ...face, count: 0 }, places: [], count: 0 };
      this.groups.push(group);
    }
    for (const { count } of pack) group.count += count;
    group.places.push(this.put(pack));
    this.length += pack.length;
  }

  inOrder(): Rows {
    const { sort, limit } = this.options;
    const text = sort && textOrder(sort);
    const ordered = this.groups.sort((a, b) =>
      text === undefined ? b.count - a.count || byIdentity(a.key, b.key) : text(a.key, b.key),
    );
    return { length: Math.min(this.length, limit), [Symbol.iterator]: () => this.rowsOf(ordered, limit) };
  }

  private put(pack: RowPack): Place {
    const { scratch, heldBytes: most = heldBytes } = this.options;
    this.bytes += 8 * pack.numbers.length;
    if (this.bytes <= most) return pack;
    const start = scratch.end;
    scratch.append(pack.numbers);
    return { start, end: scratch.end };
  }

  private *rowsOf(groups: readonly ShelvedGroup[], limit: number): Generator<Row> {
    let left = limit;
    for (const group of groups) {
      for (const place of group.places) {
        for (const row of this.packAt(group, place)) {
          if (left === 0) return;
          left -= 1;
          yield row;
        }
      }
    }
  }

  private packAt({ face, layout }: ShelvedGroup, place: Place): RowPack {
    if ('numbers' in place) return place;
    return new RowPack(face, layout, this.options.scratch.read(place.start, place.end));
  }
}
