import { type Flush, heardBy } from './flush.js';
import { bucketOf, mergeFlushes } from './merge-flushes.js';

/** What a flush without points takes, in points. */
const emptyFlushPoints = 100;

/** Merging starts at this part of the bound, so that it has an end before something must be given up. */
const nearlyFull = 0.75;

export interface WaitingOptions {
  /** Two flushes are held however large they are. */
  readonly maxPoints: number;
  /** Stretches that flushes may be merged into, shortest first. */
  readonly coarserMs: readonly number[];
  /** Called once for each flush that was added, when it is removed, merged into another or given up. */
  readonly onDone: (flush: Flush) => void;
}

/** Flushes that wait, oldest first, and the memory they take, counted in points. */
export class WaitingFlushes {
  private readonly flushes: Flush[] = [];
  /** Those that were added and not made here, while they are needed. */
  private readonly lent = new Set<Flush>();
  private points = 0;

  constructor(private readonly options: WaitingOptions) {}

  get length(): number {
    return this.flushes.length;
  }

  get first(): Flush | undefined {
    return this.flushes[0];
  }

  get isNearlyFull(): boolean {
    return this.points > nearlyFull * this.options.maxPoints;
  }

  get isOverfull(): boolean {
    return this.flushes.length > 2 && this.points > this.options.maxPoints;
  }

  get canMerge(): boolean {
    return this.mergeable() !== undefined;
  }

  push(flush: Flush): void {
    this.flushes.push(flush);
    this.lent.add(flush);
    this.points += weightOf(flush);
  }

  shift(): void {
    this.remove(0);
  }

  remove(index: number): Flush | undefined {
    const [removed] = this.flushes.splice(index, 1);
    if (removed !== undefined) {
      this.points -= weightOf(removed);
      this.letGo(removed);
    }
    return removed;
  }

  /** Says that what waits will not be written: it is counted, and read no more. */
  giveUp(): void {
    for (const flush of this.flushes) this.letGo(flush);
  }

  /**
   * Merges the oldest flushes that fill one stretch together, of the shortest length there are some for.
   *
   * @returns the length of the stretch; undefined when there is nothing to merge
   */
  async mergeSome(): Promise<number | undefined> {
    const found = this.mergeable();
    if (found === undefined) return undefined;
    const merged = await mergeFlushes(found.run, found.spanMs);
    // The first of all may have been taken meanwhile; the run itself stays until it is merged.
    const at = this.flushes.indexOf(found.run[0] as Flush);
    this.flushes.splice(at, found.run.length, merged);
    this.points += weightOf(merged) - found.run.reduce((sum, flush) => sum + weightOf(flush), 0);
    for (const flush of found.run) this.letGo(flush);
    return found.spanMs;
  }

  private letGo(flush: Flush): void {
    if (this.lent.delete(flush)) this.options.onDone(flush);
    // One that was made here: what it was made of has been given back, but for its series.
    else flush.points.release?.();
  }

  /**
   * The first flush of all is left as it is: it may have been offered to the backend, whose answer may have been lost; under
   * its own name it is written once, however often it is offered.
   */
  private mergeable(): { run: Flush[]; spanMs: number } | undefined {
    for (const spanMs of this.options.coarserMs) {
      let run: Flush[] = [];
      for (const flush of this.flushes.slice(1)) {
        const last = run.at(-1);
        if (last !== undefined && belongTogether(last, flush, spanMs)) run.push(flush);
        else if (run.length > 1) break;
        else run = [flush];
      }
      if (run.length > 1) return { run, spanMs };
    }
    return undefined;
  }
}

/** Without time between them, for that is a gap, which must stay one. */
function belongTogether(before: Flush, after: Flush, spanMs: number): boolean {
  const [first, second] = [heardBy(before), heardBy(after)];
  if (second.sinceMs < first.sinceMs || second.sinceMs > first.untilMs) return false;
  return bucketOf(first.sinceMs, spanMs) === bucketOf(second.untilMs - 1, spanMs);
}

function weightOf({ points, events, checks, badLines }: Flush): number {
  return emptyFlushPoints + points.length + events.length + checks.length + badLines.length;
}
