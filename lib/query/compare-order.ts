import { compareText } from '../metric.js';
import type { Change, Comparison } from './compare.js';
import { tagText } from './sort.js';
import { isClear } from './verdict.js';

/** A comparison, and the samples that its series had in the later window, or in the only one. */
export interface Weighed {
  readonly one: Comparison;
  readonly count: number;
}

/** What got worse first, then what else changed; in each the greatest change. */
export function worstFirst(comparisons: readonly Weighed[]): Comparison[] {
  const placed = comparisons.map(({ one, count }) => {
    const rank = rankOf(one);
    return { one, rank, size: rank === 2 ? count : sizeOf(one, rank) };
  });
  placed.sort((a, b) => a.rank - b.rank || b.size - a.size || byIdentity(a.one, b.one));
  return placed.map(({ one }) => one);
}

/** Whether more of it is worse: errors, and what timers and distributions measure. */
function isBad({ what }: Change, { type }: Comparison): boolean {
  return what === 'errors' || (what.startsWith('p') && (type === 'timer' || type === 'distribution'));
}

/** What a series is ranked by: percentiles of a counter are those of its rate, which the rate itself tells. */
function tellingChanges({ changes, type }: Comparison): readonly Change[] {
  return type === 'counter' ? changes.filter(({ what }) => !what.startsWith('p')) : changes;
}

/** Worse, otherwise changed, there in one window only, drifting, unclear, better. */
function rankOf(one: Comparison): number {
  const clear = tellingChanges(one).filter(({ verdict }) => isClear(verdict));
  if (clear.some((change) => isBad(change, one) && change.verdict === 'higher')) return 0;
  if (one.in !== 'both') return 2;
  if (clear.length === 0) return one.changes.some(({ verdict }) => verdict === 'drift') ? 3 : 4;
  return clear.every((change) => isBad(change, one)) ? 5 : 1;
}

/** The greatest change by its factor: those that are clear, if any is. */
function sizeOf(one: Comparison, rank: number): number {
  const telling = tellingChanges(one).filter((change) =>
    rank === 0
      ? isBad(change, one) && change.verdict === 'higher'
      : rank === 3 || rank === 4 || isClear(change.verdict),
  );
  return Math.max(0, ...telling.map((change) => Math.abs(Math.log(factorOf(change, one))) || 0));
}

/**
 * From zero there is no factor, and an infinite one would put the least of such changes above all others. So zero counts as
 * so little that nobody minds, with that much added to the other side: 0.1 % of errors, an event in ten seconds, a
 * millisecond. Where the unit is not known, it is a change as great as one to the double.
 */
function factorOf(change: Change, one: Comparison): number {
  const { before, after } = change;
  if ((before === 0) === (after === 0)) return after / before;
  const least = leastOf(change, one);
  if (least === undefined) return before === 0 ? 2 : 0.5;
  return (Math.abs(after) + least) / (Math.abs(before) + least);
}

function leastOf({ what }: Change, { type }: Comparison): number | undefined {
  if (what === 'errors') return 0.001;
  if (what === 'rate') return 0.1;
  return type === 'timer' && what.startsWith('p') ? 1 : undefined;
}

function byIdentity(a: Comparison, b: Comparison): number {
  return compareText(a.name, b.name) || compareText(a.type, b.type) || compareText(tagText(a), tagText(b));
}
