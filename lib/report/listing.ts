import { UsageError } from '../errors.js';
import { csvLine, outsideText, tsvLine } from './csv.js';
import { jsonText } from './json-text.js';
import type { Paint } from './paint.js';
import { columnLines } from './table.js';
import { printable } from './text.js';

type Value = string | number | readonly string[] | Readonly<Record<string, string>> | undefined;

/** A column of a plain list: what a program reads, and what a person does. */
export interface ListColumn<Item> {
  readonly name: string;
  readonly align: 'left' | 'right';
  /** Where room is short the column of least weight goes first; infinite for those that stay. */
  readonly weight: number;
  readonly value: (item: Item) => Value;
  /** For people; the value itself when left out. */
  readonly text?: (item: Item) => string;
}

export const listFormats = ['table', 'json', 'jsonl', 'csv', 'tsv'] as const;
export type ListFormat = (typeof listFormats)[number];

/** Throws UsageError. */
export function parseListFormat(text: string | undefined): ListFormat {
  const format = listFormats.find((known) => known === (text ?? 'table'));
  if (format !== undefined) return format;
  throw new UsageError(
    `--format: there is no format ${JSON.stringify(text)} here; the formats are ${listFormats.join(', ')}`,
  );
}

/** A list in one of its formats. Yields lines without their line break. */
export function* listLines<Item>(
  items: readonly Item[],
  columns: readonly ListColumn<Item>[],
  { format, width, paint }: { readonly format: ListFormat; readonly width: number; readonly paint: Paint },
): Generator<string> {
  const documents = (): string[] =>
    items.map((item) => jsonText(Object.fromEntries(columns.map(({ name, value }) => [name, value(item)]))));
  switch (format) {
    case 'table':
      yield* columnLines(
        columns.map((column) => ({
          ...column,
          heading: column.name.toUpperCase(),
          cut: column.name === 'name' ? 'middle' : 'end',
          cells: items.map((item) => printable(column.text?.(item) ?? textOf(column.value(item)))),
        })),
        width,
        paint,
      );
      break;
    case 'json':
      yield `[\n${documents().join(',\n')}\n]`;
      break;
    case 'jsonl':
      yield* documents();
      break;
    default: {
      const line = format === 'csv' ? csvLine : tsvLine;
      yield line(columns.map(({ name }) => name));
      for (const item of items) yield line(columns.map(({ value }) => fieldOf(value(item))));
    }
  }
}

function fieldOf(value: Value): string {
  return typeof value === 'number' ? String(value) : outsideText(textOf(value));
}

function textOf(value: Value): string {
  if (value === undefined) return '';
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return value.join(',');
  return Object.entries(value)
    .map(([key, text]) => (text === '' ? key : `${key}:${text}`))
    .join(',');
}
