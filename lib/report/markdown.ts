import { tagsText } from './columns.js';
import { naturalWidths } from './layout.js';
import type { Report } from './report.js';
import { type Section, sectionsOf, type TextColumn } from './sections.js';
import { cautionLines, footnotes, summaryFacts } from './summary.js';
import { pad } from './text.js';

/** The report as Markdown: a table for each type, all columns. Yields lines without their newline. */
export function* markdownLines(report: Report, raw: boolean): Generator<string> {
  yield summaryFacts(report)
    .map((facts) => facts.join(' · '))
    .join('  \n');
  for (const line of cautionLines(report)) yield `\n> **${line}**`;
  for (const section of sectionsOf(report, raw)) yield* sectionLines(section);
  for (const note of footnotes(report)) yield `\n${note}`;
}

function* sectionLines({ columns, commonTags }: Section): Generator<string> {
  yield '';
  if (commonTags.length > 0) yield `All with ${code(tagsText(commonTags))}:\n`;
  // At least what the rule under the heading needs.
  const widths = naturalWidths(columns, cellText).map((width) => Math.max(3, width));
  const padded = (textOf: (column: TextColumn) => string): string =>
    line(columns.map((column, c) => pad(textOf(column), widths[c] ?? 0, column.align)));
  yield padded(({ heading }) => heading);
  yield line(columns.map(({ align }, c) => rule(widths[c] ?? 0, align)));
  const rowCount = columns[0]?.cells.length ?? 0;
  for (let i = 0; i < rowCount; i += 1) yield padded((column) => cellText(column, i));
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function rule(width: number, align: 'left' | 'right'): string {
  return align === 'left' ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`;
}

function cellText({ name, cells }: TextColumn, index: number): string {
  const cell = cells.at(index) ?? '';
  return name === 'name' || name === 'tags' ? code(cell) : cell;
}

/** Names and tags are anyone's text: as code, Markdown leaves it alone but for the bars of the table. */
function code(text: string): string {
  if (text === '') return '';
  const fence = '`'.repeat(1 + Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)));
  const space = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${space}${text.replaceAll('|', '\\|')}${space}${fence}`;
}
