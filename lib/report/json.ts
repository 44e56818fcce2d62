import { headerDocument, rowDocument } from '../query/contract.js';
import { jsonText } from './json-text.js';
import type { Report } from './report.js';

/** The report as one JSON document, a row a line. Yields lines without their newline. */
export function* jsonLines({ answer, rows, window, step, percentiles }: Report): Generator<string> {
  yield '{';
  for (const [key, value] of Object.entries(headerDocument(answer, window, step))) {
    yield `  ${JSON.stringify(key)}: ${jsonText(value)},`;
  }
  yield '  "rows": [';
  let left = rows.length;
  for (const row of rows) {
    left -= 1;
    yield `    ${jsonText(rowDocument(row, percentiles))}${left > 0 ? ',' : ''}`;
  }
  yield '  ]';
  yield '}';
}

/**
 * The rows of the report alone, each a JSON document on a line of its own. Yields lines without their newline.
 */
export function* rowLines({ rows, percentiles }: Report): Generator<string> {
  for (const row of rows) yield jsonText(rowDocument(row, percentiles));
}
