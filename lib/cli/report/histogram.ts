import { ExitCode, NothingToReportError, UsageError } from '../../errors.js';
import type { Steps } from '../../query/steps.js';
import { heatMapLines } from '../../report/heat-map.js';
import { type Histogram, histogramLines, histogramOf, mostBuckets } from '../../report/histogram.js';
import { jsonText } from '../../report/json-text.js';
import { seriesHeading } from '../../report/series-heading.js';
import { cautionLines } from '../../report/summary.js';
import { flow } from '../../report/text.js';
import { unitOf } from '../../report/units.js';
import type { ReportQuestion } from '../report-question.js';
import { type Command, textOf, textOption } from './command.js';
import { groupByOptions, selectorOptions, sourceOptions, windowOptions } from './options.js';
import { cautionText, questionOf, type ShapedRow, shapedGroups, writeText } from './question.js';
import { answerOf, withStores } from './stores.js';

export const defaultSeries = 5;

export const command: Command = {
  name: 'histogram',
  operands: 'pattern ...',
  description: [
    'Draws how the values of a series are spread: a bar for each range of values, the ranges growing with the',
    'values where these differ much. With --step it is a heat map over time.',
  ],
  options: {
    ...sourceOptions,
    ...windowOptions,
    step: textOption('a heat map, one column for each such length of time'),
    ...selectorOptions,
    ...groupByOptions,
    buckets: textOption(`at most so many ranges [default: ${mostBuckets}]`),
    limit: textOption(`at most so many series, busiest first [default: ${defaultSeries}]`),
    format: textOption('table or json [default: table]'),
  },
  examples: [
    ['api.latency', 'bars over the last hour'],
    ["api.latency --group-by ''", 'all routes and hosts as one'],
    ['api.latency --since 24h --step 30m', 'a heat map of a day'],
  ],
  epilog: ['Exit codes: 0 drawn; 1 the database cannot be opened; 13 nothing to draw; 64 wrong usage.'],
  async run(flags, terminal, nowMs) {
    const question = questionOf(flags, nowMs);
    if (flags.operands.length === 0) throw new UsageError('name the series: goodall-report histogram NAME');
    const most = bucketLimit(textOf(flags, 'buckets'));
    const { drawings, cautions } = await drawn(question, most, nowMs);
    const { format } = question;
    if (format === 'json') await writeText([documentOf(drawings, question)], terminal);
    else {
      const { width } = terminal;
      await writeText([...cautionText(cautions, width), ...pictures(drawings, question, width)], terminal);
    }
    return ExitCode.Ok;
  },
};

/** The rows of one group, one a step, and how their values are spread over the same buckets. */
interface Drawing {
  readonly rows: readonly ShapedRow[];
  readonly histogram: Histogram;
}

async function drawn(
  question: ReportQuestion,
  most: number,
  nowMs: number,
): Promise<{ readonly drawings: readonly Drawing[]; readonly cautions: readonly string[] }> {
  return withStores(question.sources, async (stores) => {
    const answer = await answerOf(stores, { ...question, nowMs, shapes: true });
    const groups = shapedGroups(answer);
    if (groups.length === 0) throw new NothingToReportError('a set has no values that could be drawn');
    const drawings = groups.map((rows) => {
      const [first] = rows as [ShapedRow];
      const shapes = rows.map(({ shape }) => shape);
      return { rows, histogram: histogramOf(shapes, unitOf(first.name, first.type), most) };
    });
    const { window } = question;
    return { drawings, cautions: cautionLines({ answer, rows: answer.rows, window }) };
  });
}

function* pictures(
  drawings: readonly Drawing[],
  { steps, limit }: ReportQuestion,
  width: number,
): Generator<string> {
  const shown = drawings.slice(0, Number.isFinite(limit) ? limit : defaultSeries);
  for (const [i, { rows, histogram }] of shown.entries()) {
    const [first] = rows as [ShapedRow];
    const unit = unitOf(first.name, first.type);
    if (i > 0) yield '';
    yield* flow(seriesHeading(rows), ' · ', width);
    if (steps === undefined) yield* histogramLines(histogram, unit, width);
    else yield* heatMapLines(...columnsOf(rows, histogram, steps), unit, width);
  }
  const more = drawings.length - shown.length;
  if (more > 0) yield* ['', `${more} more series: --limit shows more, --group-by '' merges them.`];
}

/** A column for each step from the first to the last, those without values included. */
function columnsOf(rows: readonly ShapedRow[], histogram: Histogram, steps: Steps): [Histogram, number[]] {
  const weights = new Map(rows.map(({ timeMs = 0 }, i) => [timeMs, histogram.weights[i] ?? []]));
  const times: number[] = [];
  const lastMs = rows.at(-1)?.timeMs ?? 0;
  for (let timeMs = rows[0]?.timeMs ?? 0; timeMs <= lastMs; timeMs = steps.endOf(timeMs)) times.push(timeMs);
  return [{ ...histogram, weights: times.map((timeMs) => weights.get(timeMs) ?? []) }, times];
}

function documentOf(drawings: readonly Drawing[], { window, step, limit }: ReportQuestion): string {
  const series = drawings.slice(0, limit).map(({ rows, histogram: { scale, edges, weights } }) => {
    const [{ name, type, tags }] = rows as [ShapedRow];
    return {
      name,
      type,
      tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
      relativeAccuracy: Math.max(...rows.map(({ shape }) => shape.relativeAccuracy)),
      scale,
      edges,
      ...(step === undefined
        ? { counts: weights[0] }
        : {
            steps: rows.map(({ timeMs = 0 }, i) => ({
              time: new Date(timeMs).toISOString(),
              counts: weights[i],
            })),
          }),
    };
  });
  const [since, until] = [window.sinceMs, window.untilMs].map((ms) => new Date(ms).toISOString());
  return jsonText({ since, until, step: step ?? null, series }, 2);
}

function bucketLimit(text: string | undefined): number {
  const most = Number(text ?? mostBuckets);
  if (Number.isInteger(most) && most >= 2 && most <= 200) return most;
  throw new UsageError(`--buckets: ${jsonText(text)} is not allowed; give a whole number from 2 to 200`);
}
