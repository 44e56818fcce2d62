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
 * comfortable width; then columns of numbers go, the least important first; then names and tags shrink further.
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
    if (least.column.weight === Number.POSITIVE_INFINITY) break;
    chosen = chosen.filter((other) => other !== least);
  }
  const limits = total(wished) > width ? narrowest : wished;
  let spare = width - total(limits);
  return chosen.map(({ column, natural }) => {
    const least = Math.min(natural, limits[column.name] ?? natural);
    const more = Math.max(0, Math.min(spare, natural - least));
    spare -= more;
    return { column, width: least + more };
  });
}

/** Row by row: the rows of a long report are read again each time they are gone through. */
function naturalWidths(columns: readonly TextColumn[]): number[] {
  const widths = columns.map(({ heading }) => textWidth(heading));
  const rowCount = columns[0]?.cells.length ?? 0;
  for (let i = 0; i < rowCount; i += 1) {
    for (const [c, { cells }] of columns.entries()) {
      widths[c] = Math.max(widths[c] as number, textWidth(cells.at(i) ?? ''));
    }
  }
  return widths;
}
