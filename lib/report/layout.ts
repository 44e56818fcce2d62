import type { TextColumn } from './sections.js';
import { textWidth } from './text.js';

/** A column with the width it is given. */
export interface PlacedColumn {
  readonly column: TextColumn;
  readonly width: number;
}

export const columnGap = 2;

/** The least width of text columns: names and tags. */
interface TextWidths {
  readonly [column: string]: number;
}

const narrowest: TextWidths = { name: 10, tags: 8 };

/** What names and tags may take before a column of numbers has to go for them. */
function comfortable(width: number): TextWidths {
  return {
    name: Math.max(12, Math.min(24, Math.floor(width * 0.3))),
    tags: Math.max(8, Math.min(20, Math.floor(width * 0.22))),
  };
}

/**
 * Chooses the columns that fit into `width`, and how wide each is. Names and tags shrink first, to a
 * comfortable width; then columns of numbers go, the least important first, all but one; then names and tags shrink further, and
 * at last that column.
 */
export function placeColumns(columns: readonly TextColumn[], width: number): PlacedColumn[] {
  const widths = naturalWidths(columns);
  let chosen = columns.map((column, i) => ({ column, natural: widths[i] as number }));
  const wished = comfortable(width);
  const total = (limits: TextWidths): number =>
    chosen.reduce((sum, { column, natural }) => sum + Math.min(natural, limits[column.name] ?? natural), 0) +
    columnGap * (chosen.length - 1);
  while (total(wished) > width) {
    const least = chosen.reduce((a, b) => (b.column.weight < a.column.weight ? b : a));
    if (least.column.weight === Number.POSITIVE_INFINITY || isOnlyNumber(least, chosen)) break;
    chosen = chosen.filter((other) => other !== least);
  }
  const limits = total(wished) > width ? narrowest : wished;
  const spare = Math.max(0, width - total(limits));
  const excess = Math.max(0, total(limits) - width);
  const least = new Map(
    chosen.map(({ column, natural }) => [column.name, Math.min(natural, limits[column.name] ?? natural)]),
  );
  const more = sharedOut(
    chosen.filter(({ column }) => column.name in limits),
    least,
    spare,
  );
  return chosen.map(({ column }) => ({
    column,
    width:
      (least.get(column.name) ?? 0) +
      (more.get(column.name) ?? 0) -
      (Number.isFinite(column.weight) ? excess : 0),
  }));
}

/** A table of names alone would say nothing: its last number stays, and is cut if need be. */
function isOnlyNumber({ column }: MeasuredColumn, chosen: readonly MeasuredColumn[]): boolean {
  return column.align === 'right' && chosen.filter((other) => other.column.align === 'right').length === 1;
}

interface MeasuredColumn {
  readonly column: TextColumn;
  readonly natural: number;
}

/**
 * Shares the room that is left out among names and tags, so that as few cells as can be are cut: one very long name must not
 * cost all rows their tags. What no cell gains by goes to the first.
 */
function sharedOut(
  columns: readonly MeasuredColumn[],
  least: ReadonlyMap<string, number>,
  spare: number,
): Map<string, number> {
  const wants = columns.map(({ column, natural }) => natural - (least.get(column.name) ?? 0));
  const [first = 0, second = 0] = wants;
  let given = Math.min(spare, first);
  if (first + second > spare && Number.isFinite(spare)) {
    const [inFirst, inSecond] = columns.map(({ column }) =>
      cutCells(column, least.get(column.name) ?? 0, spare),
    );
    let fewest = Number.POSITIVE_INFINITY;
    for (let width = Math.max(0, spare - second); width <= Math.min(spare, first); width += 1) {
      const cut = (inFirst?.[width] ?? 0) + (inSecond?.[spare - width] ?? 0);
      if (cut > fewest) continue;
      fewest = cut;
      given = width;
    }
  }
  const rest = Math.min(second, spare - given);
  return new Map(columns.map(({ column }, i) => [column.name, i === 0 ? given : rest]));
}

/** How many cells are cut where the column has 0, 1 … up to `most` more than `least`. */
function cutCells({ cells }: TextColumn, least: number, most: number): number[] {
  const counts = Array.from({ length: most + 2 }, () => 0);
  for (let i = 0; i < cells.length; i += 1) {
    const over = Math.max(0, Math.min(most + 1, textWidth(cells.at(i) ?? '') - least));
    counts[over] = (counts[over] as number) + 1;
  }
  let wider = cells.length;
  return counts.map((count) => {
    wider -= count;
    return wider;
  });
}

/** Row by row: the rows of a long report are read again each time they are gone through. */
export function naturalWidths(
  columns: readonly TextColumn[],
  textOf = ({ cells }: TextColumn, index: number): string => cells.at(index) ?? '',
): number[] {
  const widths = columns.map(({ heading }) => textWidth(heading));
  const rowCount = columns[0]?.cells.length ?? 0;
  for (let i = 0; i < rowCount; i += 1) {
    for (const [c, column] of columns.entries()) {
      widths[c] = Math.max(widths[c] as number, textWidth(textOf(column, i)));
    }
  }
  return widths;
}
