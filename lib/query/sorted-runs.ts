import { mergeInOrder, type Sequence } from './merge-in-order.js';
import { PackedRow, type RowPack } from './packed-rows.js';
import type { Row } from './row.js';
import type { RowShelf, Rows, ShelfOptions } from './row-shelf.js';
import { byIdentity, compareNumbers, type SortColumn, sortedNumber } from './sort.js';

/** Numbers of a run that are read at once. */
const numbersPerRead = 1 << 12;

/** What a row takes beside its numbers. */
const bytesPerRow = 100;

type Group = Pick<RowPack, 'face' | 'layout'>;

interface KeyedRow {
  readonly row: PackedRow;
  readonly group: number;
  readonly key: number | undefined;
}

interface Options extends ShelfOptions {
  readonly sort: SortColumn;
  readonly heldBytes: number;
}

/**
 * For orders in which the rows of a group do not stay together: rows are sorted as many at a time as may be held,
 * each such run is put away, and the runs are merged when they are gone through (external merge sort).
 */
export class SortedRuns implements RowShelf {
  private readonly groups: Group[] = [];
  private readonly runs: { readonly start: number; readonly end: number }[] = [];
  private held: KeyedRow[] = [];
  private heldBytes = 0;
  private length = 0;
  private readonly keyOf: (row: Row) => number | undefined;
  private readonly order: (a: KeyedRow, b: KeyedRow) => number;

  constructor(private readonly options: Options) {
    const { sort, percentiles } = options;
    this.keyOf = sortedNumber(sort, percentiles);
    this.order = (a, b) => compareNumbers(a.key, b.key, sort) || byIdentity(a.row, b.row);
  }

  add(pack: RowPack): void {
    const { face, layout } = pack;
    if (this.groups.at(-1)?.face.tags !== face.tags) this.groups.push({ face, layout });
    const group = this.groups.length - 1;
    for (const row of pack) this.held.push({ row: row as PackedRow, group, key: this.keyOf(row) });
    this.length += pack.length;
    this.heldBytes += 8 * pack.numbers.length + bytesPerRow * pack.length;
    if (this.heldBytes > this.options.heldBytes) this.putAway();
  }

  inOrder(): Rows {
    const { limit } = this.options;
    this.held.sort(this.order);
    return { length: Math.min(this.length, limit), [Symbol.iterator]: () => this.merged(limit) };
  }

  /** The best of what is held, or all of it as a run where that is not much less. */
  private putAway(): void {
    const { limit, scratch } = this.options;
    const best = this.held.sort(this.order).slice(0, limit);
    if (best.length <= this.held.length / 2) {
      this.held = best.map(({ row, ...one }) => ({ ...one, row: row.alone() }));
    } else {
      const start = scratch.end;
      for (const { row, group } of best) {
        scratch.append([group]);
        scratch.append(row.own());
      }
      this.runs.push({ start, end: scratch.end });
      this.held = [];
    }
    this.heldBytes = this.held.reduce((sum, { row }) => sum + 8 * row.numbers.length + bytesPerRow, 0);
  }

  private *merged(limit: number): Generator<Row> {
    const runs = this.runs.map(({ start, end }) => new Run(this.recordsIn(start, end)));
    let left = limit;
    for (const { row } of mergeInOrder([...runs, new Run(this.held.values())], this.order)) {
      if (left === 0) return;
      left -= 1;
      yield row;
    }
  }

  private *recordsIn(start: number, end: number): Generator<KeyedRow> {
    const { scratch } = this.options;
    for (let place = start; place < end; ) {
      const numbers = scratch.read(place, Math.min(end, place + numbersPerRead));
      let at = 0;
      while (at < numbers.length) {
        const group = numbers[at] as number;
        const { face, layout } = this.groups[group] as Group;
        if (at + 1 + layout.width > numbers.length) break;
        const row = new PackedRow(face, layout, numbers, at + 1);
        yield { row, group, key: this.keyOf(row) };
        at += 1 + layout.width;
      }
      place += at;
    }
  }
}

class Run implements Sequence<KeyedRow> {
  next: KeyedRow | undefined;

  constructor(private readonly rows: Iterator<KeyedRow>) {
    this.advance();
  }

  advance(): void {
    const { done, value } = this.rows.next();
    this.next = done ? undefined : value;
  }
}
