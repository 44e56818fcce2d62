import { ExitCode, NothingToReportError, UsageError } from '../../errors.js';
import { leastBeyond } from '../../query/trust.js';
import { uncertainMark } from '../../report/columns.js';
import { jsonListLines } from '../../report/json-text.js';
import {
  cumulativePercentiles,
  percentileLines,
  percentileTableLines,
} from '../../report/percentile-table.js';
import { seriesHeading } from '../../report/series-heading.js';
import { flow } from '../../report/text.js';
import type { ReportQuestion } from '../report-question.js';
import { writeLines } from '../write-lines.js';
import { type Command, textOption } from './command.js';
import { groupByOptions, rawOption, selectorOptions, sourceOptions, windowOptions } from './options.js';
import { cautionText, questionOf, type ShapedRow } from './question.js';
import { defaultSeries, type ShapedRows, shapedRowsOf } from './shaped-rows.js';
import { withStores } from './stores.js';

export const command: Command = {
  name: 'percentiles',
  operands: 'pattern ...',
  description: [
    'The cumulative table of a series: the value at each percentile from p1 to p99.99, and how many samples',
    'are up to it and beyond it. Sampled values (@0.1) count as the samples that arrived.',
  ],
  options: {
    ...sourceOptions,
    ...windowOptions,
    ...selectorOptions,
    ...groupByOptions,
    limit: textOption(`at most so many series, busiest first [default: ${defaultSeries}]`),
    format: textOption('table or json [default: table]'),
    raw: rawOption,
  },
  examples: [
    ['cpu_used_percent', 'of the last hour'],
    ["api.latency --since 7d --group-by ''", 'of a week, over all hosts'],
  ],
  epilog: ['Exit codes: 0 reported; 1 the database cannot be opened; 13 nothing to report; 64 wrong usage.'],
  async run(flags, terminal, nowMs) {
    if (flags.operands.length === 0) throw new UsageError('name the series: goodall-report percentiles NAME');
    const question = { ...questionOf(flags, nowMs), percentiles: cumulativePercentiles };
    await withStores(question.sources, async (stores) => {
      const found = await shapedRowsOf(stores, question, nowMs);
      if (found.groupCount === 0) throw new NothingToReportError('a set has no percentiles');
      const lines =
        question.format === 'json'
          ? documentLines(found.groups, question)
          : tables(found, question, terminal.width);
      await writeLines(lines, '\n', terminal);
    });
    return ExitCode.Ok;
  },
};

async function* tables(
  { cautions, groups, groupCount }: ShapedRows,
  { raw }: ReportQuestion,
  width: number,
): AsyncGenerator<string> {
  yield* cautionText(cautions, width);
  let shown = 0;
  let uncertain = false;
  for await (const rows of groups) {
    const [row] = rows as [ShapedRow];
    if (shown > 0) yield '';
    yield* flow(seriesHeading([row]), ' · ', width);
    yield* percentileTableLines(row, raw, width);
    uncertain ||= percentileLines(row).some((line) => line.uncertain);
    shown += 1;
  }
  yield '';
  if (uncertain) {
    const note = `${uncertainMark} fewer than ${leastBeyond} samples are on its thinner side: a few more may move it far.`;
    yield* flow(note.split(' '), ' ', width);
  }
  if (shown < groupCount) {
    yield `${groupCount - shown} more series: --limit shows more, --group-by '' merges them.`;
  }
}

function documentLines(
  groups: AsyncIterable<readonly ShapedRow[]>,
  { window }: ReportQuestion,
): AsyncGenerator<string> {
  const [since, until] = [window.sinceMs, window.untilMs].map((ms) => new Date(ms).toISOString());
  return jsonListLines({ since, until }, 'series', seriesDocuments(groups));
}

async function* seriesDocuments(groups: AsyncIterable<readonly ShapedRow[]>): AsyncGenerator<object> {
  for await (const rows of groups) {
    const [row] = rows as [ShapedRow];
    yield {
      name: row.name,
      type: row.type,
      tags: Object.fromEntries(row.tags.map(({ key, value }) => [key, value])),
      relativeAccuracy: row.shape.relativeAccuracy,
      effectiveSamples: row.shape.effectiveSamples,
      percentiles: percentileLines(row),
    };
  }
}
