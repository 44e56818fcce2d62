import { type Clock, systemClock } from '../clock.js';
import { ExitCode, NothingToReportError } from '../errors.js';
import { ScratchFile } from '../query/scratch-file.js';
import { parseTimeZone } from '../query/time-zone.js';
import { csvLines, tsvLines } from '../report/csv.js';
import { expositionLines } from '../report/exposition.js';
import { jsonLines, rowLines } from '../report/json.js';
import { markdownLines } from '../report/markdown.js';
import type { Report } from '../report/report.js';
import { cautionLines } from '../report/summary.js';
import { tableLines } from '../report/table.js';
import { type Stores, withStores } from './report/stores.js';
import { reportOf, type Wishes } from './report-answer.js';
import { type Look, readLook } from './report-look.js';
import { refuseMistypedCommand } from './report-mistyped.js';
import { Progress } from './report-progress.js';
import { type ReportFlags, type ReportQuestion, readQuestion } from './report-question.js';
import type { Sources } from './report-sources.js';
import { parseWatch, watch } from './report-watch.js';
import { askedToStop } from './signals.js';
import { writeLines } from './write-lines.js';

/** Where a report goes. */
export interface Terminal {
  /** Takes a piece of the report; resolves when more may come, false when nobody reads on. */
  write(text: string): Promise<boolean>;
  /** Takes whole lines for standard error. */
  warn(line: string): void;
  /** Columns, which may change; infinite when it is no terminal. */
  readonly width: number;
  /** Absent when what is written goes into a pipe or a file. */
  readonly screen?: Screen;
  /** Shows how far the work is, in place of what it showed before; absent when nobody would see it. */
  progress?(text: string): void;
}

export interface Screen {
  readonly colors: boolean;
  /** Lines; it may change. */
  height(): number;
  /** Resolves when columns or lines have changed the next time. */
  resized(): Promise<void>;
}

/** Runs `goodall-report`. Throws GoodallError, each with its exit code. */
export async function runReport(
  flags: ReportFlags,
  terminal: Terminal,
  nowMs: number,
  clock: Clock = systemClock,
): Promise<ExitCode> {
  if (flags['time-zone'] !== undefined) useTimeZone(String(flags['time-zone']));
  const question = readQuestion(flags, nowMs);
  const look = readLook(flags, terminal);
  const intervalMs = parseWatch(flags.watch);
  if (intervalMs === undefined) {
    await printOnce(question, look, terminal, nowMs, clock);
    return ExitCode.Ok;
  }
  const draw = (): Promise<string[]> =>
    picture(readQuestion(flags, clock.now()), readLook(flags, terminal), terminal, clock);
  await watch({ intervalMs, clock, terminal, draw, stopped: askedToStop() });
  return ExitCode.Ok;
}

async function printOnce(
  question: ReportQuestion,
  look: Look,
  terminal: Terminal,
  nowMs: number,
  clock: Clock,
): Promise<void> {
  await withStoresAndScratch(question.sources, async (stores, scratch) => {
    await refuseMistypedCommand(stores, question.selector.patterns);
    const progress = new Progress(terminal, clock);
    const people = ['table', 'markdown', 'html'].includes(question.format);
    const wishes = {
      nowMs,
      trendSlots: people ? look.trendSlots : undefined,
      quiet: quietRows(question, terminal),
      withHosts: people,
      onPoints: (count: number) => progress.add(count),
    };
    const asked = answered(stores, scratch, question, look, terminal.width, wishes);
    const { report, lines } = await asked.finally(() => progress.end());
    if (isForPrograms(question.format)) {
      for (const line of cautionLines(report)) terminal.warn(`goodall-report: ${line}\n`);
    }
    await writeLines(lines, lineBreakOf(question), terminal);
  });
}

async function answered(
  stores: Stores,
  scratch: ScratchFile,
  question: ReportQuestion,
  look: Look,
  width: number,
  wishes: Wishes,
): Promise<{ readonly report: Report; readonly lines: Iterable<string> }> {
  if (question.format !== 'html') {
    const report = await reportOf(stores, question, wishes, scratch);
    return { report, lines: linesOf(report, question, look, width) };
  }
  // Only now: no other format needs them.
  const [{ htmlLines }, { chartsOf }] = await Promise.all([
    import('../report/html.js'),
    import('./report-charts.js'),
  ]);
  // A page has its steps in charts.
  const whole = { ...question, step: undefined, steps: undefined };
  const report = await reportOf(stores, whole, wishes, scratch);
  return { report, lines: htmlLines(report, await chartsOf(stores.readers, report, question, wishes)) };
}

/** What is put away is there until the lines are written. */
function withStoresAndScratch<T>(
  sources: Sources,
  body: (stores: Stores, scratch: ScratchFile) => Promise<T>,
): Promise<T> {
  const scratch = new ScratchFile();
  return withStores(sources, (stores) => body(stores, scratch)).finally(() => scratch.close());
}

function quietRows({ format }: ReportQuestion, { screen }: Terminal): Wishes['quiet'] {
  if (format === 'html') return 'last';
  return format === 'table' && screen !== undefined ? 'left out' : 'kept';
}

/** A table as of now; of a window without points yet it says so, and waits for some. */
async function picture(
  question: ReportQuestion,
  look: Look,
  terminal: Terminal,
  clock: Clock,
): Promise<string[]> {
  const { trendSlots } = look;
  const wishes: Wishes = { nowMs: clock.now(), trendSlots, quiet: 'left out', withHosts: true };
  try {
    return await withStoresAndScratch(question.sources, async (stores, scratch) => {
      const report = await reportOf(stores, question, wishes, scratch);
      return [...linesOf(report, question, look, terminal.width)];
    });
  } catch (error) {
    if (error instanceof NothingToReportError) return [error.message];
    throw error;
  }
}

function linesOf(
  report: Report,
  { format, raw }: ReportQuestion,
  { paint }: Look,
  width: number,
): Iterable<string> {
  switch (format) {
    case 'json':
      return jsonLines(report);
    case 'jsonl':
      return rowLines(report);
    case 'csv':
      return csvLines(report);
    case 'tsv':
      return tsvLines(report);
    case 'prometheus':
      return expositionLines(report);
    case 'markdown':
      return markdownLines(report, raw);
    default:
      return tableLines(report, { width, raw, paint });
  }
}

/** Formats without a place for cautions, which so go to standard error. */
function isForPrograms(format: ReportQuestion['format']): boolean {
  return ['jsonl', 'csv', 'tsv', 'prometheus'].includes(format);
}

function lineBreakOf({ format }: ReportQuestion): string {
  return format === 'csv' ? '\r\n' : '\n';
}

/**
 * As if the program had been started with `TZ`: everything local follows, times that are read and those
 * written.
 */
export function useTimeZone(name: string): void {
  process.env.TZ = parseTimeZone(name);
}
