import type { StoreReader, TimeWindow } from '../storage/store.js';
import { type Weighed, worstFirst } from './compare-order.js';
import { type ErrorRatio, errorRatios } from './error-ratio.js';
import type { SeriesGroup } from './group.js';
import { type Interval, rateInterval, shapeDistance, shareInterval } from './interval.js';
import { meanRateInterval } from './mean-rate.js';
import type { Percentile } from './percentile.js';
import { type Answer, beginQuery, type Query, type RunningQuery, readGroups } from './query.js';
import type { Row } from './row.js';
import { tileBytes } from './tiles.js';
import { commonShare, percentileVerdicts, type Verdict, verdictOf } from './verdict.js';

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

/** Two windows of one question, and how their series compare, the worst first. */
export interface ComparedWindows {
  readonly before: Answer;
  readonly after: Answer;
  readonly comparisons: readonly Comparison[];
}

/**
 * Asks one question of two windows and compares the answers series by series. Both are read side by side, so
 * that the distributions behind two rows are there together, and only for as long as they are compared.
 */
export async function runComparison(
  readers: readonly StoreReader[],
  query: Omit<Query, 'window' | 'shapes' | 'steps'>,
  { before, after }: { readonly before: TimeWindow; readonly after: TimeWindow },
): Promise<ComparedWindows> {
  const groups = await readGroups(readers, query);
  const one = { ...query, shapes: true, budgetBytes: tileBytes / 2 };
  const [early, late] = [
    await beginQuery(readers, { ...one, window: before }, groups),
    await beginQuery(readers, { ...one, window: after }, groups),
  ];
  const pairs: Pair[] = [];
  for await (const [a, b] of pairedRows(rowsOf(early), rowsOf(late), groups)) {
    const shape = a?.shape && b?.shape && shapeDistance(a.shape, b.shape, commonShare(a.shape, b.shape));
    const changes = a && b ? changesOf(a, b, query.percentiles) : [];
    pairs.push({ before: a && inBrief(a), after: b && inBrief(b), changes, shape });
  }
  const rowsIn = (which: 'before' | 'after'): Row[] => pairs.flatMap((pair) => pair[which] ?? []);
  const answers = {
    before: { ...early.facts(), rows: rowsIn('before') },
    after: { ...late.facts(), rows: rowsIn('after') },
  };
  return { ...answers, comparisons: judgedPairs(pairs, answers) };
}

/** A series in one window or in both. */
interface Pair {
  readonly before: Row | undefined;
  readonly after: Row | undefined;
  readonly changes: readonly Change[];
  readonly shape: Comparison['shape'];
}

async function* rowsOf(query: RunningQuery): AsyncGenerator<Row> {
  for await (const group of query.groups()) yield* group;
}

/** Rows of one group together. Both sides come in the order of the groups. */
async function* pairedRows(
  early: AsyncIterator<Row>,
  late: AsyncIterator<Row>,
  groups: readonly SeriesGroup[],
): AsyncGenerator<readonly [before: Row | undefined, after: Row | undefined]> {
  const places = new Map(groups.map(({ tags }, place) => [tags, place]));
  const placeOf = ({ done, value }: IteratorResult<Row>): number =>
    done ? Number.POSITIVE_INFINITY : (places.get(value.tags) as number);
  let [a, b] = [await early.next(), await late.next()];
  while (!a.done || !b.done) {
    const [placeA, placeB] = [placeOf(a), placeOf(b)];
    yield [placeA <= placeB ? a.value : undefined, placeB <= placeA ? b.value : undefined];
    if (placeA <= placeB) a = await early.next();
    if (placeB <= placeA) b = await late.next();
  }
}

/** What is needed of a row when it has been compared: thousands of them stay. */
function inBrief({ name, type, tags, count, sum, trust }: Row): Row {
  const collapsed = (trust?.collapsed ?? 0) > 0;
  return { name, type, tags, count, ...(sum !== undefined && { sum }), ...(collapsed && trust && { trust }) };
}

/** With the shares of errors, which take all rows of a window, among the other changes. */
function judgedPairs(
  pairs: readonly Pair[],
  answers: Pick<ComparedWindows, 'before' | 'after'>,
): Comparison[] {
  const [early, late] = [errorRatios(answers.before.rows), errorRatios(answers.after.rows)];
  const comparisons = pairs.map(({ before, after, changes, shape }): Weighed => {
    const { name, type, tags, count } = (after ?? before) as Row;
    const where = after === undefined ? 'before' : before === undefined ? 'after' : 'both';
    const [a, b] = [before && early.get(before), after && late.get(after)];
    const errors = a && b ? [errorChange(a, b)] : [];
    const at = changes.findIndex(({ what }) => what.startsWith('p'));
    const all = at < 0 ? [...changes, ...errors] : changes.toSpliced(at, 0, ...errors);
    return { one: { name, type, tags, in: where, changes: all, shape }, count };
  });
  return worstFirst(comparisons);
}

function changesOf(before: Row, after: Row, percentiles: readonly Percentile[]): Change[] {
  const changes: Change[] = [];
  const rate = verdictOf(rateOf(before), rateOf(after));
  for (const what of ['count', 'rate', 'mean', 'last'] as const) {
    const [a, b] = [before[what], after[what]];
    if (a === undefined || b === undefined) continue;
    changes.push({ what, before: a, after: b, verdict: what === 'rate' ? rate : undefined });
  }
  return [...changes, ...percentileChanges(before, after, percentiles)];
}

function errorChange(a: ErrorRatio, b: ErrorRatio): Change {
  const verdict = verdictOf(
    shareInterval(a.share * a.samples, a.samples),
    shareInterval(b.share * b.samples, b.samples),
  );
  return { what: 'errors', before: a.share, after: b.share, verdict };
}

function rateOf({ type, rate, shape, sum = 0, bucketMs = 1 }: Row): Interval | undefined {
  if (rate === undefined || shape === undefined) return undefined;
  if (type === 'counter') return meanRateInterval(shape, rate, sum, bucketMs);
  return rateInterval(shape.effectiveSamples, rate);
}

function percentileChanges(before: Row, after: Row, percentiles: readonly Percentile[]): Change[] {
  const [a, b] = [before.shape, after.shape];
  if (a === undefined || b === undefined) return [];
  const verdicts = percentileVerdicts(a, b, percentiles);
  return percentiles.map(({ label, percent }, i) => ({
    what: `p${label}`,
    before: a.quantile(percent),
    after: b.quantile(percent),
    verdict: verdicts[i],
  }));
}
