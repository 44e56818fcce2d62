import type { MetricTypeName, Tag } from '../metric.js';
import type { Row } from '../query/row.js';

/** Texts from top to bottom: a list, or made when they are asked for, since those of a long report are many. */
export interface Cells {
  readonly length: number;
  at(index: number): string | undefined;
}

/**
 * The rows of one type among those of a report. They are not held: what they have in common is noted in passing,
 * and each is found again by going through the report's rows.
 */
export class SectionRows {
  length = 0;
  haveFlaws = false;
  haveTrends = false;
  readonly timesMs = new Set<number>();
  /** Of each group. */
  readonly tagsByName = new Map<string, (readonly Tag[])[]>();
  private readonly groups = new Map<readonly Tag[], string>();
  private remaining: Iterator<Row> | undefined;
  private index = -1;
  private row: Row | undefined;

  constructor(
    private readonly type: MetricTypeName,
    private readonly all: Iterable<Row>,
  ) {}

  get tags(): readonly (readonly Tag[])[] {
    return [...this.tagsByName.values()].flat();
  }

  note({ name, tags, timeMs, flaw, trend }: Row): void {
    this.length += 1;
    this.haveFlaws ||= flaw !== undefined;
    this.haveTrends ||= trend !== undefined;
    if (timeMs !== undefined) this.timesMs.add(timeMs);
    // The rows of one group share their tags.
    if (this.groups.get(tags) === name) return;
    this.groups.set(tags, name);
    const known = this.tagsByName.get(name);
    if (known === undefined) this.tagsByName.set(name, [tags]);
    else known.push(tags);
  }

  /** Best asked for row by row from the first: one that lies back is looked for from the start. */
  cells(text: (row: Row) => string): Cells {
    return {
      length: this.length,
      at: (index) => {
        const row = this.at(index);
        return row && text(row);
      },
    };
  }

  private at(index: number): Row | undefined {
    if (this.remaining === undefined || index < this.index) {
      this.remaining = this.all[Symbol.iterator]();
      this.index = -1;
      this.row = undefined;
    }
    while (this.index < index) {
      const { done, value } = this.remaining.next();
      if (done) {
        this.remaining = undefined;
        return undefined;
      }
      if (value.type !== this.type) continue;
      this.index += 1;
      this.row = value;
    }
    return this.row;
  }
}
