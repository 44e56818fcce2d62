import { headerDocument, rowDocument } from '../query/contract.js';
import type { Report } from './report.js';

/** The report as one JSON document, a row a line. Yields lines without their newline. */
export function* jsonLines({ answer, rows, window, step, percentiles }: Report): Generator<string> {
  yield '{';
  for (const [key, value] of Object.entries(headerDocument(answer, window, step))) {
    yield `  ${JSON.stringify(key)}: ${json(value)},`;
  }
  yield '  "rows": [';
  for (const [i, row] of rows.entries()) {
    yield `    ${json(rowDocument(row, percentiles))}${i < rows.length - 1 ? ',' : ''}`;
  }
  yield '  ]';
  yield '}';
}

/** JSON leaves DEL and the C1 controls as they are, which some terminals obey. */
function json(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
