import { UsageError } from '../../errors.js';
import { checkParts, type Finding, findingsOf, type Thresholds } from '../../query/check.js';
import { type CheckExpression, parseCheck } from '../../query/check-expression.js';
import { lostShare } from '../../query/loss.js';
import { type NagiosRange, parseRange } from '../../query/nagios-range.js';
import { parsePercentiles } from '../../query/percentile.js';
import type { Answer, Query } from '../../query/query.js';
import type { Row } from '../../query/row.js';
import { checkLine, figureUnit, stateLine, worstOf } from '../../report/check-line.js';
import { readMeasure } from '../../report/measure.js';
import { digits } from '../../report/numbers.js';
import { readQuestion } from '../report-question.js';
import { readSources } from '../report-sources.js';
import { type Command, type CommandFlags, textOf, textOption, textsOf } from './command.js';
import { groupByOptions, selectorOptions, sourceOptions } from './options.js';
import { answerOf, type Stores, withStores } from './stores.js';

const unknown = 3;

export const command: Command = {
  name: 'check',
  operands: "'NAME FIGURE [> LIMIT] [over TIME | for TIME]'",
  description: [
    'Judges one figure of the series that match a name, by the conventions of Nagios plugins. Figures: count,',
    'rate, sum, min, mean, max, last, and percentiles such as p99. "over 5m" (the default) takes the time as a',
    'whole; "for 5m" alerts when the limit was passed in every minute of it. The series of a name and type are',
    'merged unless --group-by says otherwise.',
  ],
  options: {
    ...sourceOptions,
    warning: textOption('warn outside this range: 250, 250ms, 10:, 10:20, @10:20', { alias: 'w' }),
    critical: textOption('be critical outside this range [default: that of the expression]', { alias: 'c' }),
    ...selectorOptions,
    ...groupByOptions,
  },
  examples: [
    ["'disk_free last < 1GiB' --group-by host,mount", 'critical when any disk is nearly full'],
    ["'cpu_used_percent mean' -w 80 -c 95", 'two limits, over the last five minutes'],
    ["'api.latency p99 > 250ms for 5m'", 'critical when it was above for five minutes'],
    ["'api.requests rate < 1 over 10m'", 'critical when next to nothing comes'],
  ],
  epilog: [
    'Exit codes: 0 OK; 1 WARNING; 2 CRITICAL; 3 UNKNOWN, for wrong usage, no database and no values, too.',
  ],
  async run(flags, terminal, nowMs) {
    const expression = readExpression(flags);
    const thresholdsOf = thresholdReader(flags, expression);
    const { findings, notes } = await withStores(
      readSources(textsOf(flags, 'db'), textsOf(flags, 'url')),
      (stores) => judged(stores, flags, expression, thresholdsOf, nowMs),
    );
    await terminal.write(`${checkLine(findings, expression, thresholdsOf, notes)}\n`);
    return worstOf(findings);
  },
  async fail(message, terminal) {
    await terminal.write(`${stateLine(unknown, message)}\n`);
    return unknown;
  },
};

function readExpression({ operands }: CommandFlags): CheckExpression {
  if (operands.length === 0)
    throw new UsageError("say what to check: goodall-report check 'NAME FIGURE > LIMIT'");
  return parseCheck(operands.join(' '));
}

/**
 * The limits for a row. A bare number lies on the side of the expression's comparison; without one, as Nagios
 * has it.
 */
function thresholdReader(flags: CommandFlags, expression: CheckExpression): (row: Row) => Thresholds {
  const { comparison } = expression;
  const [warning, critical] = [textOf(flags, 'warning'), textOf(flags, 'critical')];
  if (comparison === undefined && warning === undefined && critical === undefined) {
    throw new UsageError(
      "there is no limit: add one to the expression ('p99 > 250'), or --warning or --critical",
    );
  }
  // A limit of the expression stands in for the one that is not given, critical before warning.
  const own = comparison?.limit;
  const texts = {
    warning: warning ?? (critical === undefined ? undefined : own),
    critical: critical ?? own,
  };
  return (row) => {
    const unit = figureUnit(row, expression);
    const range = (option: string, text: string | undefined): NagiosRange | undefined => {
      if (text === undefined) return undefined;
      const read = (number: string): number => readMeasure(number, unit, row.name);
      if (comparison === undefined || /[:@~]/.test(text)) return parseRange(option, text, read);
      return parseRange(option, comparison.above ? `~:${text}` : `${text}:`, read);
    };
    return { warning: range('--warning', texts.warning), critical: range('--critical', texts.critical) };
  };
}

async function judged(
  stores: Stores,
  flags: CommandFlags,
  expression: CheckExpression,
  thresholdsOf: (row: Row) => Thresholds,
  nowMs: number,
): Promise<{ readonly findings: readonly Finding[]; readonly notes: readonly string[] }> {
  const {
    type,
    tag,
    by,
    'group-by': groupBy = by === undefined ? '' : undefined,
  } = flags.options as Record<string, string | undefined>;
  const { selector, groupBy: keys } = readQuestion(
    { patterns: [expression.pattern], type, tag, by, 'group-by': groupBy },
    nowMs,
  );
  const query: Query = {
    selector,
    groupBy: keys,
    window: { sinceMs: nowMs - expression.lengthMs, untilMs: nowMs },
    percentiles: parsePercentiles(expression.percentile ?? '50'),
    nowMs,
  };
  const whole = await answerOf(stores, query);
  const [answer, count] = expression.allAlong ? await alongOf(stores, query, whole) : [whole, 1];
  const findings = findingsOf(answer.rows, expression, thresholdsOf, count);
  if (findings.length === 0) {
    const types = [...new Set(whole.rows.map((row) => row.type))].join(' or a ');
    throw new UsageError(`a ${types} has no ${expression.label}; see goodall-report check --help`);
  }
  const lost = lostShare(whole.loss);
  return { findings, notes: lost > 0 ? [`lost ${digits(lost * 100)} % of datagrams`] : [] };
}

/**
 * The same time in parts. It ends with the last bucket on record: of what is still being received nothing is
 * known.
 */
async function alongOf(
  stores: Stores,
  query: Query,
  { resolution, extent }: Answer,
): Promise<[Answer, number]> {
  const { window, nowMs } = query;
  const bucketMs = resolution?.maxMs ?? 0;
  const heldMs = Math.min(nowMs, extent?.untilMs ?? nowMs);
  const untilMs = heldMs > nowMs - 3 * bucketMs ? heldMs : nowMs;
  const shifted = { sinceMs: untilMs - (window.untilMs - window.sinceMs), untilMs };
  const { steps, count } = checkParts(shifted, bucketMs);
  return [await answerOf(stores, { ...query, window: shifted, steps }), count];
}
