import { compareText } from '../metric.js';
import { type ErrorRatio, errorRatios } from './error-ratio.js';
import { type Interval, percentileInterval, rateInterval, shapeDistance, shareInterval } from './interval.js';
import { meanRateInterval } from './mean-rate.js';
import type { Percentile } from './percentile.js';
import type { Answer } from './query.js';
import type { Row } from './row.js';
import { tagText } from './sort.js';

/** Whether a figure changed beyond what chance does; undefined where that cannot be judged. */
export type Verdict = 'higher' | 'lower' | 'unclear' | undefined;

/** One figure of a series before and after. */
export interface Change {
  /** `count`, `rate`, `errors`, `p99` ... */
  readonly what: string;
  readonly before: number;
  readonly after: number;
  readonly verdict: Verdict;
}

export interface Comparison {
  readonly name: string;
  readonly type: Row['type'];
  readonly tags: Row['tags'];
  /** Which windows have the series. */
  readonly in: 'both' | 'before' | 'after';
  readonly changes: readonly Change[];
  /** How far the distributions are apart, and how far chance alone takes them. */
  readonly shape: { readonly distance: number; readonly byChance: number } | undefined;
}

/** Compares two answers with shapes to one question over two windows, the worst first. */
export function compareAnswers(
  before: Answer,
  after: Answer,
  percentiles: readonly Percentile[],
): Comparison[] {
  const [early, late] = [sidesOf(before), sidesOf(after)];
  const keys = new Set([...late.keys(), ...early.keys()]);
  return [...keys]
    .map((key) => comparison(early.get(key), late.get(key), percentiles))
    .sort((a, b) => rankOf(a) - rankOf(b) || sizeOf(b) - sizeOf(a) || byIdentity(a, b));
}

/** One series in one of the windows. */
interface Side {
  readonly row: Row;
  readonly errors: ErrorRatio | undefined;
  readonly bucketMs: number;
}

function sidesOf({ rows, resolution }: Answer): Map<string, Side> {
  const ratios = errorRatios(rows);
  const bucketMs = resolution?.minMs ?? 1;
  return new Map(
    rows.map((row) => [
      JSON.stringify([row.type, row.name, tagText(row)]),
      { row, errors: ratios.get(row), bucketMs },
    ]),
  );
}

function comparison(
  before: Side | undefined,
  after: Side | undefined,
  percentiles: readonly Percentile[],
): Comparison {
  const { name, type, tags } = ((after ?? before) as Side).row;
  const face = { name, type, tags };
  if (before === undefined || after === undefined) {
    return { ...face, in: after === undefined ? 'before' : 'after', changes: [], shape: undefined };
  }
  const [a, b] = [before.row.shape, after.row.shape];
  return {
    ...face,
    in: 'both',
    changes: [...figureChanges(before, after), ...percentileChanges(before.row, after.row, percentiles)],
    shape: a === undefined || b === undefined ? undefined : shapeDistance(a, b),
  };
}

function figureChanges(before: Side, after: Side): Change[] {
  const changes: Change[] = [];
  const rate = verdictOf(rateOf(before), rateOf(after));
  for (const what of ['count', 'rate', 'mean', 'last'] as const) {
    const [a, b] = [before.row[what], after.row[what]];
    if (a === undefined || b === undefined) continue;
    changes.push({ what, before: a, after: b, verdict: what === 'rate' ? rate : undefined });
  }
  if (before.errors !== undefined && after.errors !== undefined) {
    const [a, b] = [before.errors, after.errors];
    const verdict = verdictOf(
      shareInterval(a.share * a.samples, a.samples),
      shareInterval(b.share * b.samples, b.samples),
    );
    changes.push({ what: 'errors', before: a.share, after: b.share, verdict });
  }
  return changes;
}

function rateOf({ row, bucketMs }: Side): Interval | undefined {
  if (row.rate === undefined || row.shape === undefined) return undefined;
  if (row.type === 'counter') return meanRateInterval(row.shape, row.rate, row.sum ?? 0, bucketMs);
  return rateInterval(row.shape.effectiveSamples, row.rate);
}

function percentileChanges(before: Row, after: Row, percentiles: readonly Percentile[]): Change[] {
  const [a, b] = [before.shape, after.shape];
  if (a === undefined || b === undefined) return [];
  return percentiles.map(({ label, percent }) => ({
    what: `p${label}`,
    before: a.quantile(percent),
    after: b.quantile(percent),
    verdict: verdictOf(percentileInterval(a, percent), percentileInterval(b, percent)),
  }));
}

function verdictOf(before: Interval | undefined, after: Interval | undefined): Verdict {
  if (before === undefined || after === undefined) return undefined;
  if (after.low > before.high) return 'higher';
  return after.high < before.low ? 'lower' : 'unclear';
}

/** Whether more of it is worse: errors, and what timers and distributions measure. */
function isBad({ what }: Change, { type }: Comparison): boolean {
  return what === 'errors' || (what.startsWith('p') && (type === 'timer' || type === 'distribution'));
}

/** Worse, otherwise changed, there in one window only, unclear, better. */
function rankOf(one: Comparison): number {
  const clear = one.changes.filter(({ verdict }) => verdict === 'higher' || verdict === 'lower');
  if (clear.some((change) => isBad(change, one) && change.verdict === 'higher')) return 0;
  if (one.in !== 'both') return 2;
  if (clear.length === 0) return 3;
  return clear.every((change) => isBad(change, one)) ? 4 : 1;
}

/** The greatest change by its factor: those that are clear, if any is. */
function sizeOf(one: Comparison): number {
  const rank = rankOf(one);
  const telling = one.changes.filter((change) =>
    rank === 0
      ? isBad(change, one) && change.verdict === 'higher'
      : rank === 3 || change.verdict === 'higher' || change.verdict === 'lower',
  );
  return Math.max(0, ...telling.map(({ before, after }) => Math.abs(Math.log(after / before)) || 0));
}

function byIdentity(a: Comparison, b: Comparison): number {
  return compareText(a.name, b.name) || compareText(a.type, b.type) || compareText(tagText(a), tagText(b));
}
