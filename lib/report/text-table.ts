import { columnGap, placeColumns } from './layout.js';
import type { TextColumn } from './sections.js';
import { pad, shorten } from './text.js';

/** Columns as lines under their headings; those that do not fit are left out, the least telling first. */
export function* textTable(columns: readonly TextColumn[], width: number): Generator<string> {
  const placed = placeColumns(columns, width);
  const rowCount = columns[0]?.cells.length ?? 0;
  for (let i = -1; i < rowCount; i += 1) {
    yield placed
      .map(({ column, width: own }) => {
        const text = i < 0 ? column.heading : (column.cells.at(i) ?? '');
        return pad(shorten(text, own, column.cut), own, column.align);
      })
      .join(' '.repeat(columnGap))
      .trimEnd();
  }
}
