import { ExitCode, NothingToReportError, UsageError } from '../../errors.js';
import type { Steps } from '../../query/steps.js';
import { heatMapLines } from '../../report/heat-map.js';
import { type Histogram, histogramLines, histogramOf, mostBuckets } from '../../report/histogram.js';
import { jsonListLines, jsonText } from '../../report/json-text.js';
import { seriesHeading } from '../../report/series-heading.js';
import { flow } from '../../report/text.js';
import { unitOf } from '../../report/units.js';
import type { ReportQuestion } from '../report-question.js';
import { writeLines } from '../write-lines.js';
import { type Command, textOf, textOption } from './command.js';
import { groupByOptions, selectorOptions, sourceOptions, windowOptions } from './options.js';
import { cautionText, questionOf, type ShapedRow } from './question.js';
import { defaultSeries, shapedRowsOf } from './shaped-rows.js';
import { withStores } from './stores.js';

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
    ['cpu_used_percent', 'bars over the last hour'],
    ["api.latency --group-by ''", 'all routes and hosts as one'],
    ['api.latency --since 24h --step 30m', 'a heat map of a day'],
  ],
  epilog: ['Exit codes: 0 drawn; 1 the database cannot be opened; 13 nothing to draw; 64 wrong usage.'],
  async run(flags, terminal, nowMs) {
    const question = questionOf(flags, nowMs);
    if (flags.operands.length === 0) throw new UsageError('name the series: goodall-report histogram NAME');
    const most = bucketLimit(textOf(flags, 'buckets'));
    await withStores(question.sources, async (stores) => {
      const { cautions, groups, groupCount } = await shapedRowsOf(stores, question, nowMs);
      if (groupCount === 0) throw new NothingToReportError('a set has no values that could be drawn');
      const drawings = drawn(groups, most);
      const { width } = terminal;
      const lines =
        question.format === 'json'
          ? documentLines(drawings, question)
          : pictures(cautions, drawings, groupCount, question, width);
      await writeLines(lines, '\n', terminal);
    });
    return ExitCode.Ok;
  },
};

/** The rows of one group, one a step, and how their values are spread over the same buckets. */
interface Drawing {
  readonly rows: readonly ShapedRow[];
  readonly histogram: Histogram;
}

async function* drawn(groups: AsyncIterable<readonly ShapedRow[]>, most: number): AsyncGenerator<Drawing> {
  for await (const rows of groups) {
    const [first] = rows as [ShapedRow];
    const shapes = rows.map(({ shape }) => shape);
    yield { rows, histogram: histogramOf(shapes, unitOf(first.name, first.type), most) };
  }
}

async function* pictures(
  cautions: readonly string[],
  drawings: AsyncIterable<Drawing>,
  groupCount: number,
  { steps }: ReportQuestion,
  width: number,
): AsyncGenerator<string> {
  yield* cautionText(cautions, width);
  let shown = 0;
  for await (const { rows, histogram } of drawings) {
    const [first] = rows as [ShapedRow];
    const unit = unitOf(first.name, first.type);
    if (shown > 0) yield '';
    yield* flow(seriesHeading(rows), ' · ', width);
    if (steps === undefined) yield* histogramLines(histogram, unit, width);
    else yield* heatMapLines(...columnsOf(rows, histogram, steps), unit, width);
    shown += 1;
  }
  const more = groupCount - shown;
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

function documentLines(
  drawings: AsyncIterable<Drawing>,
  { window, step }: ReportQuestion,
): AsyncGenerator<string> {
  const [since, until] = [window.sinceMs, window.untilMs].map((ms) => new Date(ms).toISOString());
  return jsonListLines({ since, until, step: step ?? null }, 'series', seriesDocuments(drawings, step));
}

async function* seriesDocuments(
  drawings: AsyncIterable<Drawing>,
  step: string | undefined,
): AsyncGenerator<object> {
  for await (const { rows, histogram } of drawings) {
    const { scale, edges, weights } = histogram;
    const [{ name, type, tags }] = rows as [ShapedRow];
    yield {
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
  }
}

function bucketLimit(text: string | undefined): number {
  const most = Number(text ?? mostBuckets);
  if (Number.isInteger(most) && most >= 2 && most <= 200) return most;
  throw new UsageError(`--buckets: ${jsonText(text)} is not allowed; give a whole number from 2 to 200`);
}
