import { UsageError } from '../../errors.js';
import type { Row } from '../../query/row.js';
import type { Shape } from '../../query/shape.js';
import { busiestFirst, tagText } from '../../query/sort.js';
import { flow } from '../../report/text.js';
import { type ReportFlags, type ReportQuestion, readQuestion } from '../report-question.js';
import { type CommandFlags, textOf } from './command.js';

/** The question of a command that takes the report's words for series, time and form, or some of them. */
export function questionOf({ operands, options }: CommandFlags, nowMs: number): ReportQuestion {
  const format = textOf({ operands, options }, 'format');
  if (format !== undefined && format !== 'table' && format !== 'json') {
    throw new UsageError(
      `--format: this command has no format ${JSON.stringify(format)}; give table or json`,
    );
  }
  return readQuestion({ ...(options as ReportFlags), patterns: operands }, nowMs);
}

/** A row that has a distribution. */
export interface ShapedRow extends Row {
  readonly shape: Shape;
}

/** The rows that have a distribution, those of one group together, the busiest group first. */
export function shapedGroups(rows: readonly Row[]): ShapedRow[][] {
  const groups = new Map<string, ShapedRow[]>();
  for (const row of busiestFirst(rows)) {
    if (row.shape === undefined) continue;
    const key = JSON.stringify([row.type, row.name, tagText(row)]);
    const group = groups.get(key) ?? [];
    group.push(row as ShapedRow);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Cautions above a picture or a table, and what stands between. */
export function cautionText(cautions: readonly string[], width: number): string[] {
  const lines = cautions.flatMap((line) => flow(`! ${line}`.split(' '), ' ', width));
  return lines.length === 0 ? [] : [...lines, ''];
}
