import { resolve } from 'node:path';
import { ExitCode, NothingToReportError } from '../errors.js';
import { type Answer, type Query, runQuery } from '../query/query.js';
import { explainShortage } from '../query/shortage.js';
import { busiestFirst, sortedBy } from '../query/sort.js';
import { csvLines } from '../report/csv.js';
import { jsonLines } from '../report/json.js';
import { markdownLines } from '../report/markdown.js';
import type { Report } from '../report/report.js';
import { cautionLines } from '../report/summary.js';
import { tableLines } from '../report/table.js';
import { SqliteReader } from '../storage/sqlite/reader.js';
import type { StoreReader } from '../storage/store.js';
import { type ReportFlags, type ReportQuestion, readQuestion } from './report-question.js';
import { shortageText } from './report-shortage.js';

/** Where a report goes. */
export interface Terminal {
  /** Takes a piece of the report; resolves when more may come, false when nobody reads on. */
  write(text: string): Promise<boolean>;
  /** Takes whole lines for standard error. */
  warn(line: string): void;
  /** Columns; infinite when it is no terminal. */
  readonly width: number;
}

/** Runs `goodall-report`. Throws GoodallError, each with its exit code. */
export async function runReport(flags: ReportFlags, terminal: Terminal, nowMs: number): Promise<ExitCode> {
  const question = readQuestion(flags, nowMs);
  const readers: StoreReader[] = [];
  try {
    for (const path of distinct(question.databases)) readers.push(await SqliteReader.open(path));
    const report = await reportOf(readers, question, nowMs);
    if (question.format === 'csv') {
      for (const line of cautionLines(report)) terminal.warn(`goodall-report: ${line}\n`);
    }
    await writeLines(linesOf(report, question, terminal.width), lineBreakOf(question), terminal);
  } finally {
    await Promise.all(readers.map((reader) => reader.close()));
  }
  return ExitCode.Ok;
}

async function reportOf(
  readers: readonly StoreReader[],
  question: ReportQuestion,
  nowMs: number,
): Promise<Report> {
  const { window, step, percentiles, sort } = question;
  const query: Query = { ...question, nowMs };
  const answer = await runQuery(readers, query);
  const origin = originOf(question);
  if (answer.rows.length === 0) {
    const shortage = await explainShortage(readers, query.selector, answer.extent);
    throw new NothingToReportError(
      shortageText(shortage, origin, query.selector.patterns ?? [], window, nowMs),
    );
  }
  return {
    answer,
    rows: inOrder(answer, question).slice(0, question.limit),
    rowCount: answer.rows.length,
    window,
    step,
    percentiles,
    sortColumn: sort?.column,
    origin,
  };
}

function inOrder({ rows }: Answer, { sort, percentiles }: ReportQuestion): Answer['rows'] {
  return rows.toSorted(sort === undefined ? busiestFirst(rows) : sortedBy(sort, percentiles));
}

function linesOf(report: Report, { format, raw }: ReportQuestion, width: number): Iterable<string> {
  switch (format) {
    case 'json':
      return jsonLines(report);
    case 'csv':
      return csvLines(report);
    case 'markdown':
      return markdownLines(report, raw);
    case 'table':
      return tableLines(report, { width, raw });
  }
}

function lineBreakOf({ format }: ReportQuestion): string {
  return format === 'csv' ? '\r\n' : '\n';
}

/** Writes in pieces of some kilobytes: one a line would be slow, all at once would hold a large report twice. */
async function writeLines(lines: Iterable<string>, lineBreak: string, terminal: Terminal): Promise<void> {
  const pieceLength = 1 << 16;
  let piece = '';
  for (const line of lines) {
    piece += line + lineBreak;
    if (piece.length < pieceLength) continue;
    if (!(await terminal.write(piece))) return;
    piece = '';
  }
  await terminal.write(piece);
}

/** One file under two spellings would count twice. */
function distinct(paths: readonly string[]): string[] {
  return [...new Set(paths.map((path) => resolve(path)))];
}

function originOf({ databases }: ReportQuestion): string {
  const [only] = databases;
  return databases.length === 1 && only !== undefined ? only : `${databases.length} databases`;
}
