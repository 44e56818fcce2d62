import type { Tag } from '../metric.js';
import { isHostRow, readHostGauges } from '../query/host-gauges.js';
import type { RowPack } from '../query/packed-rows.js';
import { type Answer, beginQuery, readGroups } from '../query/query.js';
import type { Row } from '../query/row.js';
import { rowShelf } from '../query/row-shelf.js';
import type { ScratchFile } from '../query/scratch-file.js';
import { busiestFirst, sortedBy } from '../query/sort.js';
import { hostFacts } from '../report/host-summary.js';
import { plainNumber } from '../report/numbers.js';
import type { Report } from '../report/report.js';
import { answerOf, refuseNothing, type Stores } from './report/stores.js';
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

/**
 * Answers the question. Rows of steps are in `scratch` where they are many: to be written before it is closed. Throws
 * NothingToReportError with what there is instead.
 */
export async function reportOf(
  stores: Stores,
  question: ReportQuestion,
  wishes: Wishes,
  scratch: ScratchFile,
): Promise<Report> {
  const { window, step, percentiles, sort } = question;
  const found =
    question.steps === undefined
      ? await wholeRows(stores, question, wishes)
      : await stepRows(stores, question, wishes, scratch);
  const sortColumn = sort?.column;
  return { ...found, window, step, percentiles, sortColumn, origin: stores.origin };
}

type Found = Pick<Report, 'answer' | 'rows' | 'rowCount' | 'unknownKeys' | 'hostFacts' | 'leftOut'>;

/** One row a group over the whole window. */
async function wholeRows(
  stores: Stores,
  question: ReportQuestion,
  { nowMs, trendSlots, quiet, withHosts, onPoints }: Wishes,
): Promise<Found> {
  const { window, general, limit } = question;
  const answer = await answerOf(stores, { ...question, nowMs, trendSlots, onPoints });
  const ordered = inOrder(answer, question);
  const { kept, leftOut } = telling(ordered, general ? quiet : 'kept');
  const hosts = general && withHosts ? hostFacts(await readHostGauges(stores.readers, window)) : [];
  return {
    answer,
    rows: kept.slice(0, limit),
    rowCount: kept.length,
    unknownKeys: unknownKeys(answer.rows, question),
    hostFacts: hosts,
    leftOut,
  };
}

/** A row a step of each group: as many as nobody should hold. */
async function stepRows(
  stores: Stores,
  question: ReportQuestion,
  { nowMs, onPoints }: Wishes,
  scratch: ScratchFile,
): Promise<Found> {
  const query = { ...question, nowMs, onPoints };
  const groups = await readGroups(stores.readers, query);
  const running = await beginQuery(stores.readers, query, groups);
  const shelf = rowShelf({ ...question, scratch });
  let rowCount = 0;
  for await (const group of running.groups()) {
    rowCount += group.length;
    shelf.add(group as RowPack);
  }
  const answer = running.facts();
  if (rowCount === 0) await refuseNothing(stores, query, answer);
  return { answer, rows: shelf.inOrder(), rowCount, unknownKeys: unknownKeys(groups, question) };
}

function unknownKeys(
  tagged: readonly { readonly tags: readonly Tag[] }[],
  { groupBy = [] }: ReportQuestion,
): string[] {
  return groupBy.filter((wanted) => !tagged.some(({ tags }) => tags.some(({ key }) => key === wanted)));
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
