import type { MetricTypeName } from '../metric.js';
import { tagsText } from './columns.js';
import { columnGap, type PlacedColumn, placeColumns } from './layout.js';
import { type Paint, plain, type Role } from './paint.js';
import type { Report } from './report.js';
import { type Section, sectionsOf, type TextColumn } from './sections.js';
import { cautionLines, footnotes, summaryFacts } from './summary.js';
import { flow, pad, shorten } from './text.js';

export interface TableOptions {
  /** Columns of the terminal; infinite to leave nothing out. */
  readonly width: number;
  /** Numbers as they are, without units. */
  readonly raw: boolean;
  /** Colours; plain when left out. */
  readonly paint?: Paint;
}

/** The report for a terminal: a table for each type. Yields lines without their newline. */
export function* tableLines(report: Report, { width, raw, paint = plain }: TableOptions): Generator<string> {
  const painted = (role: Role, lines: readonly string[]): string[] => lines.map((text) => paint(role, text));
  for (const facts of summaryFacts(report)) yield* painted('fact', flow(facts, ' · ', width));
  for (const facts of report.hostFacts ?? []) yield* flow(facts, ' · ', width);
  for (const line of cautionLines(report))
    yield* painted('caution', flow(`! ${line}`.split(' '), ' ', width));
  const shown = new Map<MetricTypeName, ReadonlySet<string>>();
  for (const section of sectionsOf(report, raw)) {
    const placed = placeColumns(section.columns, width);
    shown.set(section.type, new Set(placed.map(({ column }) => column.name)));
    yield '';
    yield* sectionLines(section, placed, width, paint);
  }
  if (report.leftOut !== undefined) {
    yield '';
    yield* painted('aside', flow(report.leftOut.split(' '), ' ', width));
  }
  const notes = footnotes(report, (type, column) => shown.get(type)?.has(column) === true);
  for (const note of notes) yield* ['', ...flow(note.split(' '), ' ', width)];
}

function* sectionLines(
  { commonTags }: Section,
  placed: readonly PlacedColumn[],
  width: number,
  paint: Paint,
): Generator<string> {
  if (commonTags.length > 0) {
    const tags = flow(['all with', ...commonTags.map((tag) => tagsText([tag]))], ' ', width);
    yield* tags.map((text) => paint('aside', text));
  }
  yield* placedLines(placed, paint);
}

/** Columns under their headings, as many as fit. Yields lines without their newline. */
export function columnLines(
  columns: readonly TextColumn[],
  width: number,
  paint: Paint = plain,
): Generator<string> {
  return placedLines(placeColumns(columns, width), paint);
}

function* placedLines(placed: readonly PlacedColumn[], paint: Paint): Generator<string> {
  const rowCount = placed[0]?.column.cells.length ?? 0;
  yield paint(
    'heading',
    line(placed, ({ column }) => column.heading),
  );
  for (let i = 0; i < rowCount; i++) {
    yield line(
      placed,
      ({ column }) => column.cells.at(i) ?? '',
      ({ column }, text) => (isPainted(column.name) ? paint(column.name, text) : text),
    );
  }
}

const isPainted = (name: string): name is 'name' | 'trend' => name === 'name' || name === 'trend';

function line(
  placed: readonly PlacedColumn[],
  textOf: (place: PlacedColumn) => string,
  paintCell: (place: PlacedColumn, text: string) => string = (_, text) => text,
): string {
  const cells = placed.map((place) =>
    pad(shorten(textOf(place), place.width, place.column.cut), place.width, place.column.align),
  );
  const last = cells.length - 1;
  return cells
    .map((cell, i) => paintCell(placed[i] as PlacedColumn, i === last ? cell.trimEnd() : cell))
    .join(' '.repeat(columnGap))
    .trimEnd();
}
