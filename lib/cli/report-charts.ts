import { type MetricType, type MetricTypeName, metricTypeNames } from '../metric.js';
import { parseStep } from '../query/parse-step.js';
import { runQuery } from '../query/query.js';
import type { Row } from '../query/row.js';
import { tagText } from '../query/sort.js';
import { chartOf, chartStep } from '../report/html/charts.js';
import type { PageChart } from '../report/html/page-content.js';
import type { Report } from '../report/report.js';
import type { StoreReader, TimeWindow } from '../storage/store.js';
import type { Wishes } from './report-answer.js';
import type { ReportQuestion } from './report-question.js';

/** More would make a page that nobody looks through, of megabytes. */
const mostCharts = 40;

/**
 * Charts of the first rows of a report, by the row's index. Each is a query of its own, so that memory stays
 * small.
 */
export async function chartsOf(
  readers: readonly StoreReader[],
  report: Report,
  question: ReportQuestion,
  { nowMs, onPoints }: Wishes,
): Promise<Map<number, PageChart>> {
  const window = drawnWindow(report);
  const steps = parseStep(question.step ?? chartStep(window, report.answer.resolution?.minMs ?? 0));
  const charts = new Map<number, PageChart>();
  for (const [index, row] of firstRows(report).entries()) {
    const { rows } = await runQuery(readers, {
      selector: {
        ...question.selector,
        patterns: [exactPattern(row.name)],
        types: [typeOf(row.type)],
        ...(question.groupBy === undefined && !hasJoinedValues(row) && { tags: row.tags }),
      },
      window,
      steps,
      groupBy: question.groupBy,
      percentiles: question.percentiles,
      shapes: true,
      nowMs,
      onPoints,
    });
    const own = rows.filter((other) => tagText(other) === tagText(row));
    const chart = chartOf(own, question.percentiles, window, steps);
    if (chart !== undefined) charts.set(index, chart);
  }
  return charts;
}

function firstRows({ rows }: Report): Row[] {
  const first: Row[] = [];
  for (const row of rows) {
    if (first.length === mostCharts) break;
    first.push(row);
  }
  return first;
}

/** From where there is anything, to the present. */
function drawnWindow({ answer: { extent, asOfMs }, window }: Report): TimeWindow {
  const sinceMs = Math.max(window.sinceMs, extent?.sinceMs ?? window.sinceMs);
  const untilMs = Math.min(window.untilMs, Math.max(asOfMs, extent?.untilMs ?? 0));
  return sinceMs < untilMs ? { sinceMs, untilMs } : window;
}

/** A row joins several values of one key with commas, which no series carries. */
function hasJoinedValues({ tags }: Row): boolean {
  return tags.some(({ value }) => value.includes(','));
}

function exactPattern(name: string): string {
  return name.replace(/[*?[]/g, '[$&]');
}

function typeOf(name: MetricTypeName): MetricType {
  return metricTypeNames.indexOf(name) as MetricType;
}
