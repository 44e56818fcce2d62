import { isHostRow, readHostGauges } from '../query/host-gauges.js';
import type { Answer } from '../query/query.js';
import type { Row } from '../query/row.js';
import { busiestFirst, sortedBy } from '../query/sort.js';
import { hostFacts } from '../report/host-summary.js';
import { plainNumber } from '../report/numbers.js';
import type { Report } from '../report/report.js';
import { answerOf, type Stores } from './report/stores.js';
import type { ReportQuestion } from './report-question.js';

/** What else a report for people wants of an answer. */
export interface Wishes {
  readonly nowMs: number;
  readonly trendSlots?: number | undefined;
  /** Where the general question puts what seldom matters: where it falls, at the end, or nowhere. */
  readonly quiet: 'kept' | 'last' | 'left out';
  /** Whether it says how the hosts are. */
  readonly withHosts: boolean;
  readonly onPoints?: (count: number) => void;
}

/** Answers the question. Throws NothingToReportError with what there is instead. */
export async function reportOf(stores: Stores, question: ReportQuestion, wishes: Wishes): Promise<Report> {
  const { window, step, percentiles, sort, general } = question;
  const { nowMs, trendSlots, onPoints } = wishes;
  const answer = await answerOf(stores, { ...question, nowMs, trendSlots, onPoints });
  const ordered = inOrder(answer, question);
  const { kept, leftOut } = telling(ordered, general ? wishes.quiet : 'kept');
  const hosts = general && wishes.withHosts ? hostFacts(await readHostGauges(stores.readers, window)) : [];
  return {
    answer,
    rows: kept.slice(0, question.limit),
    rowCount: kept.length,
    window,
    step,
    percentiles,
    sortColumn: sort?.column,
    origin: stores.origin,
    unknownKeys: unknownKeys(answer, question),
    hostFacts: hosts,
    leftOut,
  };
}

function unknownKeys({ rows }: Answer, { groupBy = [] }: ReportQuestion): string[] {
  return groupBy.filter((wanted) => !rows.some(({ tags }) => tags.some(({ key }) => key === wanted)));
}

function inOrder({ rows }: Answer, { sort, percentiles }: ReportQuestion): Row[] {
  return sort === undefined ? busiestFirst(rows) : rows.toSorted(sortedBy(sort, percentiles));
}

/**
 * What someone who asks for nothing in particular wants to see: what applications send. The host's own metrics,
 * dozens of them, and counters that stayed at zero are said to be there; without anything else they are the
 * report.
 */
function telling(
  rows: readonly Row[],
  where: Wishes['quiet'],
): { kept: readonly Row[]; leftOut: string | undefined } {
  if (where === 'kept') return { kept: rows, leftOut: undefined };
  const host = rows.filter(isHostRow);
  const zero = rows.filter((row) => row.type === 'counter' && row.sum === 0 && !isHostRow(row));
  const quiet = new Set([...host, ...zero]);
  if (quiet.size === rows.length || quiet.size === 0) return { kept: rows, leftOut: undefined };
  const loud = rows.filter((row) => !quiet.has(row));
  if (where === 'last') return { kept: [...loud, ...zero, ...host], leftOut: undefined };
  const parts = [
    ...(host.length > 0 ? [`${counted(host.length, 'row')} of the host's own metrics`] : []),
    ...(zero.length > 0 ? [`${counted(zero.length, 'counter')} that stayed at 0`] : []),
  ];
  const verb = quiet.size === 1 ? 'is' : 'are';
  return {
    kept: loud,
    leftOut: `${parts.join(' and ')} ${verb} left out: --all shows them.`,
  };
}

const counted = (count: number, noun: string): string =>
  `${plainNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
