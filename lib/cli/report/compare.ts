import { ExitCode, NothingToReportError } from '../../errors.js';
import { type Change, type ComparedWindows, type Comparison, runComparison } from '../../query/compare.js';
import { compareWindows, type WindowOptions } from '../../query/compare-windows.js';
import {
  breakOf,
  type FailIf,
  isAskedOf,
  parseFailIf,
  percentShift,
  withPercentilesOf,
} from '../../query/fail-if.js';
import { lostShare } from '../../query/loss.js';
import type { Answer } from '../../query/query.js';
import { explainShortage } from '../../query/shortage.js';
import { compareLines, figureText } from '../../report/compare-table.js';
import { jsonListLines } from '../../report/json-text.js';
import { localWindow } from '../../report/local-time.js';
import { digits } from '../../report/numbers.js';
import { cautionLines } from '../../report/summary.js';
import { flow, printable } from '../../report/text.js';
import type { TimeWindow } from '../../storage/store.js';
import type { ReportQuestion } from '../report-question.js';
import { shortageText } from '../report-shortage.js';
import { writeLines } from '../write-lines.js';
import { type Command, type CommandFlags, isOn, textOf, textOption, textsOf } from './command.js';
import { groupByOptions, rawOption, selectorOptions, sourceOptions } from './options.js';
import { questionOf } from './question.js';
import { type Stores, withStores } from './stores.js';

const defaultLimit = 20;

export const command: Command = {
  name: 'compare',
  operands: '[pattern ...]',
  description: [
    'Compares two windows series by series: rates, error ratios and percentiles, the worst first, and says',
    'which changes are more than chance. Either --against (the same time earlier) or --before/--after.',
  ],
  options: {
    ...sourceOptions,
    since: textOption('start of the later window [default: 1h]'),
    until: textOption('its end [default: now]'),
    against: textOption('the earlier window is so much earlier: 1h 1d 7d'),
    before: textOption('end of the earlier window: a time, such as that of a deploy'),
    after: textOption('start of the later window [default: that of --before]'),
    for: textOption('how long each window is, with --before and --after [default: 1h]'),
    ...selectorOptions,
    ...groupByOptions,
    percentiles: textOption('which percentiles [default: 50,90,95,99]', { alias: 'p' }),
    'fail-if': textOption("exit with 20 when a clear change is so great: 'p99 > +10%'; repeatable"),
    unclear: { type: 'boolean', describe: 'let --fail-if count changes that may be chance, or drift' },
    limit: textOption(`at most so many series [default: ${defaultLimit}]`),
    format: textOption('table or json [default: table]'),
    raw: rawOption,
  },
  examples: [
    ['--since 1h --against 1d', 'the last hour and the same hour yesterday'],
    ['--since 5m --against 5m', 'the last five minutes and the five before'],
    [
      "'api.*' --before 'yesterday 14:00' --after 'yesterday 14:05' --for 30m",
      'half an hour before and after a deploy',
    ],
    ["--against 7d --fail-if 'p99 > +10%' --fail-if 'errors > +0.5%'", 'for a pipeline'],
  ],
  epilog: [
    'Exit codes: 0 compared; 20 a --fail-if holds; 1 the database cannot be opened;',
    '13 a window has nothing to compare; 64 wrong usage.',
  ],
  async run(flags, terminal, nowMs) {
    const question = readCompare(flags, nowMs);
    const found = await withStores(question.sources, (stores) => compared(stores, question, nowMs));
    const failures = failuresOf(found.comparisons, question.conditions, isOn(flags, 'unclear'));
    const lines =
      question.format === 'json'
        ? documentLines(found, question, failures)
        : tableOf(found, question, terminal.width);
    await writeLines(lines, '\n', terminal);
    for (const { condition, one, change } of failures) {
      terminal.warn(`goodall-report compare: ${failureText(condition, one, change)}\n`);
    }
    for (const condition of question.conditions) {
      if (found.comparisons.some((one) => isAskedOf(condition, one))) continue;
      const text = `no series in both windows has ${condition.what}; '${condition.text}' judges nothing`;
      terminal.warn(`goodall-report compare: ${text}\n`);
    }
    return failures.length > 0 ? ExitCode.Worse : ExitCode.Ok;
  },
};

interface CompareQuestion extends ReportQuestion {
  readonly windows: { readonly before: TimeWindow; readonly after: TimeWindow };
  readonly conditions: readonly FailIf[];
}

interface Failure {
  readonly condition: FailIf;
  readonly one: Comparison;
  readonly change: Change;
}

function readCompare(flags: CommandFlags, nowMs: number): CompareQuestion {
  const windowNames = ['since', 'until', 'against', 'before', 'after', 'for'] as const;
  const options = Object.fromEntries(windowNames.map((name) => [name, textOf(flags, name)])) as WindowOptions;
  const windows = compareWindows(options, nowMs);
  const { since, until, ...others } = flags.options;
  const question = questionOf({ ...flags, options: others }, nowMs);
  const conditions = textsOf(flags, 'fail-if').map(parseFailIf);
  const percentiles = withPercentilesOf(conditions, question.percentiles);
  return { ...question, windows, conditions, percentiles };
}

async function compared(stores: Stores, question: CompareQuestion, nowMs: number): Promise<ComparedWindows> {
  const { selector, groupBy, percentiles, windows } = question;
  const found = await runComparison(stores.readers, { selector, groupBy, percentiles, nowMs }, windows);
  for (const which of ['before', 'after'] as const) {
    if (found[which].rows.length > 0) continue;
    const shortage = await explainShortage(stores.readers, selector, found[which].extent);
    const text = shortageText(shortage, stores.origin, selector.patterns ?? [], windows[which], nowMs);
    throw new NothingToReportError(`${which}: ${text}`);
  }
  return found;
}

function failuresOf(
  comparisons: readonly Comparison[],
  conditions: readonly FailIf[],
  unclearToo: boolean,
): Failure[] {
  return conditions.flatMap((condition) =>
    comparisons.flatMap((one) => {
      const change = breakOf(condition, one, unclearToo);
      return change === undefined ? [] : [{ condition, one, change }];
    }),
  );
}

function failureText({ text }: FailIf, one: Comparison, change: Change): string {
  const { name, tags } = one;
  const series = printable([name, ...tags.map(({ key, value }) => `${key}:${value}`)].join(' '));
  const shift = percentShift(change);
  const unit = change.what === 'errors' ? 'points' : '%';
  const [before, after] = [figureText(one, change, change.before), figureText(one, change, change.after)];
  const sizes = `${before} before, ${after} after, ${shift > 0 ? '+' : ''}${digits(shift)} ${unit}`;
  return `'${printable(text)}' holds for ${series}: ${change.what} ${sizes}`;
}

function* tableOf(
  { before, after, comparisons }: ComparedWindows,
  { windows, limit, raw }: CompareQuestion,
  width: number,
): Generator<string> {
  yield `before  ${localWindow(windows.before)}`;
  yield `after   ${localWindow(windows.after)}`;
  for (const [which, answer] of [
    ['before', before],
    ['after', after],
  ] as const) {
    for (const line of cautionLines({ answer, rows: answer.rows, window: windows[which] }))
      yield* flow(`! ${which}: ${line}`.split(' '), ' ', width);
  }
  yield '';
  const shown = comparisons.slice(0, Number.isFinite(limit) ? limit : defaultLimit);
  yield* compareLines(shown, width, raw);
  if (shown.length < comparisons.length) {
    yield* ['', `${comparisons.length - shown.length} more series: --limit shows more.`];
  }
}

function documentLines(
  { before, after, comparisons }: ComparedWindows,
  { windows, limit }: CompareQuestion,
  failures: readonly Failure[],
): AsyncGenerator<string> {
  const side = ({ sinceMs, untilMs }: TimeWindow, answer: Answer) => ({
    since: new Date(sinceMs).toISOString(),
    until: new Date(untilMs).toISOString(),
    lostShare: lostShare(answer.loss),
    coveredSeconds: answer.coverage.coveredMs / 1000,
  });
  const head = {
    before: side(windows.before, before),
    after: side(windows.after, after),
    relativeAccuracy: Math.max(before.relativeAccuracy, after.relativeAccuracy),
  };
  const failed = failures.map(({ condition, one, change }) => ({
    condition: condition.text,
    ...faceOf(one),
    figure: change.what,
  }));
  return jsonListLines(head, 'series', seriesDocuments(comparisons.slice(0, limit)), { failures: failed });
}

function* seriesDocuments(comparisons: readonly Comparison[]): Generator<object> {
  for (const one of comparisons) {
    yield {
      ...faceOf(one),
      in: one.in,
      ...(one.shape !== undefined && { shape: one.shape }),
      changes: one.changes.map((change) => ({
        ...change,
        change: change.after - change.before,
        percent: percentShift(change),
      })),
    };
  }
}

function faceOf({
  name,
  type,
  tags,
}: Comparison): Pick<Comparison, 'name' | 'type'> & { readonly tags: object } {
  return { name, type, tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])) };
}
