import { tagText } from '../query/sort.js';
import type { Report } from './report.js';
import { printable } from './text.js';

const numberNames = ['count', 'rate', 'sum', 'min', 'mean', 'max', 'last'] as const;

/**
 * The report as CSV (RFC 4180) with a header line: numbers exact, times ISO 8601 UTC, empty where a type has no
 * such number. Yields lines without their line break, which is CR LF.
 */
export function* csvLines(report: Report): Generator<string> {
  for (const fields of records(report)) yield csvLine(fields);
}

/**
 * The same records as tab-separated values: no quotes, since control characters in names and tags are written
 * as `\t`, `\n` and the like. Yields lines without their newline.
 */
export function* tsvLines(report: Report): Generator<string> {
  for (const fields of records(report)) yield tsvLine(fields);
}

function* records({ rows, step, percentiles }: Report): Generator<string[]> {
  const time = step === undefined ? [] : ['time'];
  const labels = percentiles.map(({ label }) => `p${label}`);
  yield ['name', 'type', 'tags', ...time, ...numberNames, ...labels];
  for (const row of rows) {
    const numbers = [
      ...numberNames.map((name) => row[name]),
      ...percentiles.map((_, i) => row.percentiles?.[i]),
    ];
    yield [
      ...[row.name, row.type, tagText(row)].map(outsideText),
      ...(row.timeMs === undefined ? [] : [new Date(row.timeMs).toISOString()]),
      ...numbers.map((value) => String(value ?? '')),
    ];
  }
}

/**
 * Text that came from outside, for a file that may be opened in a spreadsheet: control characters are made
 * visible, and an apostrophe stands before what would be taken for a formula (OWASP, CSV Injection).
 */
export function outsideText(text: string): string {
  return printable(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
}

export function csvLine(fields: readonly string[]): string {
  return fields
    .map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field))
    .join(',');
}

export function tsvLine(fields: readonly string[]): string {
  return fields.join('\t');
}
