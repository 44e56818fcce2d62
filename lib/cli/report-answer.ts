import { resolve } from 'node:path';
import { NothingToReportError } from '../errors.js';
import { isHostRow, readHostGauges } from '../query/host-gauges.js';
import { type Answer, runQuery } from '../query/query.js';
import type { Row } from '../query/row.js';
import { explainShortage } from '../query/shortage.js';
import { busiestFirst, sortedBy } from '../query/sort.js';
import { hostFacts } from '../report/host-summary.js';
import { plainNumber } from '../report/numbers.js';
import type { Report } from '../report/report.js';
import { SqliteReader } from '../storage/sqlite/reader.js';
import type { StoreReader } from '../storage/store.js';
import type { ReportQuestion } from './report-question.js';
import { shortageText } from './report-shortage.js';

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

/** Opens the databases, hands them to `body` and closes them. Each file counts once, however it is spelt. */
export async function withReaders<T>(
  databases: readonly string[],
  body: (readers: readonly StoreReader[]) => Promise<T>,
): Promise<T> {
  const readers: StoreReader[] = [];
  try {
    for (const path of new Set(databases.map((one) => resolve(one)))) {
      readers.push(await SqliteReader.open(path));
    }
    return await body(readers);
  } finally {
    await Promise.all(readers.map((reader) => reader.close()));
  }
}

/** Answers the question. Throws NothingToReportError with what there is instead. */
export async function reportOf(
  readers: readonly StoreReader[],
  question: ReportQuestion,
  wishes: Wishes,
): Promise<Report> {
  const { window, step, percentiles, sort, selector, general } = question;
  const { nowMs, trendSlots, onPoints } = wishes;
  const answer = await runQuery(readers, { ...question, nowMs, trendSlots, onPoints });
  const origin = originOf(question.databases);
  if (answer.rows.length === 0) {
    const shortage = await explainShortage(readers, selector, answer.extent);
    throw new NothingToReportError(shortageText(shortage, origin, selector.patterns ?? [], window, nowMs));
  }
  const ordered = inOrder(answer, question);
  const { kept, leftOut } = telling(ordered, general ? wishes.quiet : 'kept');
  const hosts = general && wishes.withHosts ? hostFacts(await readHostGauges(readers, window)) : [];
  return {
    answer,
    rows: kept.slice(0, question.limit),
    rowCount: kept.length,
    window,
    step,
    percentiles,
    sortColumn: sort?.column,
    origin,
    hostFacts: hosts,
    leftOut,
  };
}

function inOrder({ rows }: Answer, { sort, percentiles }: ReportQuestion): Row[] {
  return rows.toSorted(sort === undefined ? busiestFirst(rows) : sortedBy(sort, percentiles));
}

/**
 * What someone who asks for nothing in particular wants to see: what applications send. The host's own metrics,
 * dozens of them, and counters that stayed at zero are said to be there; without anything else they are the report.
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

/** What is read, in a word or two: `goodall.db`. */
export function originOf(databases: readonly string[]): string {
  const [only] = databases;
  return databases.length === 1 && only !== undefined ? only : `${databases.length} databases`;
}
