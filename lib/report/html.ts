import { tagText } from '../query/sort.js';
import { readAssets } from './html/assets.js';
import { pageLines } from './html/page.js';
import type { PageChart, PageRow } from './html/page-content.js';
import type { Report } from './report.js';
import { cautionLines, summaryFacts } from './summary.js';
import { unitOf } from './units.js';

const numberNames = ['count', 'rate', 'sum', 'min', 'mean', 'max', 'last'] as const;

/**
 * The report as one HTML page. Yields pieces without their newline.
 *
 * @param charts by index of their row in the report
 */
export function htmlLines(report: Report, charts: ReadonlyMap<number, PageChart>): Iterable<string> {
  const places = [...charts.keys()];
  return pageLines(
    {
      title: `Goodall: ${report.origin}`,
      facts: [...summaryFacts(report), ...(report.hostFacts ?? [])].map((facts) => facts.join(' · ')),
      cautions: cautionLines(report),
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      percentiles: report.percentiles.map(({ label }) => label),
      rows: report.rows.map((row, i): PageRow => {
        const chart = places.indexOf(i);
        return {
          name: row.name,
          type: row.type,
          tags: tagText(row),
          unit: unitOf(row.name, row.type),
          numbers: numbersOf(report, i),
          ...(chart >= 0 && { chart }),
        };
      }),
      charts: [...charts.values()],
    },
    readAssets(),
  );
}

function numbersOf({ rows, percentiles }: Report, index: number): Record<string, number> {
  const row = rows[index];
  const numbers: Record<string, number> = {};
  // JSON makes null of what is not finite.
  const add = (name: string, value: number | undefined): void => {
    if (value !== undefined && Number.isFinite(value)) numbers[name] = value;
  };
  for (const name of numberNames) add(name, row?.[name]);
  for (const [i, { label }] of percentiles.entries()) add(`p${label}`, row?.percentiles?.[i]);
  return numbers;
}
