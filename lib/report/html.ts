import type { Row } from '../query/row.js';
import { ageOf, tagsText, uncertainMark } from './columns.js';
import { readAssets } from './html/assets.js';
import { pageLines } from './html/page.js';
import type { PageChart, PageRow } from './html/page-content.js';
import type { Report } from './report.js';
import { stalenessIn } from './sections.js';
import { cautionLines, footnotes, summaryFacts } from './summary.js';
import { printable } from './text.js';
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
      footnotes: footnotes(report),
      rows: Array.from(report.rows, (row, i): PageRow => {
        const chart = places.indexOf(i);
        return {
          name: printable(row.name),
          type: row.type,
          tags: tagsText(row.tags),
          unit: unitOf(row.name, row.type),
          numbers: numbersOf(row, report),
          marks: marksOf(row, report),
          ...(chart >= 0 && { chart }),
        };
      }),
      charts: [...charts.values()],
    },
    readAssets(),
  );
}

function marksOf(row: Row, report: Report): Record<string, string> {
  const uncertain = report.percentiles.filter((_, i) => row.trust?.uncertain[i]);
  const marks = Object.fromEntries(uncertain.map(({ label }) => [`p${label}`, uncertainMark]));
  const age = ageOf('last', row, stalenessIn(report));
  return age === '' ? marks : { ...marks, last: age };
}

function numbersOf(row: Row, { percentiles }: Report): Record<string, number> {
  const numbers: Record<string, number> = {};
  // JSON makes null of what is not finite.
  const add = (name: string, value: number | undefined): void => {
    if (value !== undefined && Number.isFinite(value)) numbers[name] = value;
  };
  for (const name of numberNames) add(name, row[name]);
  for (const [i, { label }] of percentiles.entries()) add(`p${label}`, row.percentiles?.[i]);
  return numbers;
}
