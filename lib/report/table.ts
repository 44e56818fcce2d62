import { tagsText } from './columns.js';
import { columnGap, type PlacedColumn, placeColumns } from './layout.js';
import type { Report } from './report.js';
import { type Section, sectionsOf } from './sections.js';
import { cautionLines, footnotes, summaryFacts } from './summary.js';
import { flow, pad, shorten } from './text.js';

export interface TableOptions {
  /** Columns of the terminal; infinite to leave nothing out. */
  readonly width: number;
  /** Numbers as they are, without units. */
  readonly raw: boolean;
}

/** The report for a terminal: a table for each type. Yields lines without their newline. */
export function* tableLines(report: Report, { width, raw }: TableOptions): Generator<string> {
  for (const facts of summaryFacts(report)) yield* flow(facts, ' · ', width);
  for (const line of cautionLines(report)) yield* flow(`! ${line}`.split(' '), ' ', width);
  for (const section of sectionsOf(report, raw)) {
    yield '';
    yield* sectionLines(section, width);
  }
  for (const note of footnotes(report)) yield* ['', ...flow(note.split(' '), ' ', width)];
}

function* sectionLines({ columns, commonTags }: Section, width: number): Generator<string> {
  const placed = placeColumns(columns, width);
  const rowCount = columns[0]?.cells.length ?? 0;
  if (commonTags.length > 0)
    yield* flow(['all with', ...commonTags.map((tag) => tagsText([tag]))], ' ', width);
  yield line(placed, ({ column }) => column.heading);
  for (let i = 0; i < rowCount; i++) yield line(placed, ({ column }) => column.cells[i] ?? '');
}

function line(placed: readonly PlacedColumn[], textOf: (place: PlacedColumn) => string): string {
  return placed
    .map((place) =>
      pad(shorten(textOf(place), place.width, place.column.cut), place.width, place.column.align),
    )
    .join(' '.repeat(columnGap))
    .trimEnd();
}
