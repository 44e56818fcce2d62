import type { MetricTypeName } from '../metric.js';
import { lostShare } from '../query/loss.js';
import type { AnswerFacts } from '../query/query.js';
import { leastBeyond } from '../query/trust.js';
import { refusalText } from '../series/refusals.js';
import type { TimeWindow } from '../storage/store.js';
import { uncertainMark } from './columns.js';
import { localClock, localDate, localWindow } from './local-time.js';
import { digits, duration, plainNumber } from './numbers.js';
import type { Report } from './report.js';
import { printable } from './text.js';

/** What stands above a table: the window, how fine and how exact the numbers are, and how many series there were:
 * facts, line by line. */
export function summaryFacts(report: Report): string[][] {
  const { answer, window, step, origin, rows, rowCount, sortColumn } = report;
  const lengthMs = window.untilMs - window.sinceMs;
  const series = `${plainNumber(answer.seriesCount)} series in ${printable(origin)}`;
  const shown = rows.length < rowCount ? `${plainNumber(rows.length)} of ${plainNumber(rowCount)} rows` : '';
  const { beginsMs } = answer.coverage;
  const facts = [
    resolutionText(answer),
    beginsMs === undefined ? '' : `data begins at ${clock(beginsMs, window)}`,
    step === undefined ? '' : `one row per ${step}`,
    `percentiles within ${digits(answer.relativeAccuracy * 100)} %`,
    sortColumn === undefined ? 'busiest first' : `sorted by ${sortColumn}`,
    shown,
  ];
  return [[`${localWindow(window)} (${duration(lengthMs)})`, series], facts.filter((fact) => fact !== '')];
}

/** What cautions come from. */
type Cautioned = Pick<Report, 'answer' | 'rows' | 'window' | 'unknownKeys'>;

/** What makes the numbers less than the truth: lost datagrams, and time without a running server. */
export function cautionLines(report: Cautioned): string[] {
  const { answer, window } = report;
  const { coverage } = answer;
  // What is before the first server of all is no gap.
  const gaps = coverage.gaps.filter(({ untilMs }) => untilMs !== coverage.beginsMs);
  const lines = [
    lossLine(answer),
    gapLine(gaps, window),
    overflowLine(answer),
    collapseLine(report),
    keysLine(report),
  ];
  return lines.filter((line) => line !== undefined);
}

/**
 * What the marks in the tables mean.
 *
 * @param isShown whether the table of a type has a column, `p99`; every one where all are shown
 */
export function footnotes(
  { rows, percentiles }: Report,
  isShown: (type: MetricTypeName, column: string) => boolean = () => true,
): string[] {
  for (const { type, trust } of rows) {
    if (trust?.uncertain.some((mark, i) => mark && isShown(type, `p${percentiles[i]?.label}`)))
      return [
        `${uncertainMark} fewer than ${leastBeyond} samples are beyond this percentile: a few more may move it far.`,
      ];
  }
  return [];
}

function overflowLine({ samplesOverflowed, refusals = [] }: AnswerFacts): string | undefined {
  if (samplesOverflowed === 0) return undefined;
  const limits = new Set(refusals.map(({ limit }) => limit));
  const limit = limits.size === 0 ? 'max-series' : [...limits].join(', ');
  const count = plainNumber(samplesOverflowed);
  const [most] = refusals;
  const cause = most === undefined ? '' : ` Most: ${printable(refusalText(most))}.`;
  return `${count} samples were of series beyond the server's limit (${limit}): they are in the rows tagged overflow:true.${cause}`;
}

function collapseLine({ rows }: Cautioned): string | undefined {
  let collapsedRows = 0;
  let mostShare = 0;
  for (const { trust, count } of rows) {
    const share = (trust?.collapsed ?? 0) / count;
    if (share > 0) collapsedRows += 1;
    if (share > mostShare) mostShare = share;
  }
  if (collapsedRows === 0) return undefined;
  const most = digits(Number((mostShare * 100).toPrecision(2)));
  return `In ${plainNumber(collapsedRows)} row${collapsedRows === 1 ? '' : 's'} up to ${most} % of the samples share the lowest bin of a full sketch: percentiles among them are too large.`;
}

function keysLine({ unknownKeys = [] }: Cautioned): string | undefined {
  if (unknownKeys.length === 0) return undefined;
  return `No series here has the tag ${unknownKeys.map(printable).join(' or ')}: it tells no rows apart.`;
}

function resolutionText({ resolution }: AnswerFacts): string {
  if (resolution === undefined) return '';
  const { minMs, maxMs } = resolution;
  return minMs === maxMs ? `${duration(minMs)} buckets` : `${duration(minMs)} to ${duration(maxMs)} buckets`;
}

function lossLine({ loss }: AnswerFacts): string | undefined {
  const { datagramsDropped, datagramsReceived } = loss;
  if (datagramsDropped === undefined) {
    return datagramsReceived > 0
      ? 'Whether datagrams were lost is not known: the server could not tell.'
      : undefined;
  }
  if (datagramsDropped === 0) return undefined;
  const percent = digits(Number((lostShare(loss) * 100).toPrecision(2)));
  return `Lost ${percent} % of datagrams: ${plainNumber(datagramsDropped)} dropped, ${plainNumber(datagramsReceived)} received.`;
}

function gapLine(gaps: readonly TimeWindow[], window: TimeWindow): string | undefined {
  if (gaps.length === 0) return undefined;
  const length = (gap: TimeWindow): number => gap.untilMs - gap.sinceMs;
  const total = duration(gaps.reduce((sum, gap) => sum + length(gap), 0));
  const longest = gaps.reduce((a, b) => (length(b) > length(a) ? b : a));
  const where = `${clock(longest.sinceMs, window)} – ${clock(longest.untilMs, window)}`;
  return gaps.length === 1
    ? `No server ran for ${total}: ${where}.`
    : `No server ran for ${total} in ${gaps.length} gaps, the longest ${where}.`;
}

function clock(timeMs: number, { sinceMs, untilMs }: TimeWindow): string {
  const time = localClock(timeMs, 'seconds');
  return localDate(sinceMs) === localDate(untilMs) ? time : `${localDate(timeMs)} ${time}`;
}
