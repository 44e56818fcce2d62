import type { Row } from './row.js';
import { tagText } from './sort.js';

/** A counter of failures as a share of the counter, or counters, of all attempts. */
export interface ErrorRatio {
  /** In [0, 1]. */
  readonly share: number;
  /** Samples of all attempts that arrived. */
  readonly samples: number;
}

const errorWords = new Set(
  'error errors err errs fail fails failed failure failures exception exceptions timeout timeouts rejected 5xx'.split(
    ' ',
  ),
);
const totalWords = new Set(
  'request requests call calls attempt attempts hit hits total count all job jobs'.split(' '),
);
const statusKeys = new Set('status code status_code http_status response_code result outcome'.split(' '));
const errorValue = /^(?:5(?:\d\d|xx)|err(?:or)?s?|fail(?:ed|ure)?|exception|timeout)$/i;

/**
 * Finds the error-like counters among the rows, and what share of all attempts each is. Two spellings are
 * known:
 *
 * - by name: `api.errors` beside `api.requests` (or `api.total`, `api` ...) with the same tags;
 * - by tag: `api.requests` with `status:500`, beside its other values of `status` and otherwise equal tags.
 */
export function errorRatios(rows: readonly Row[]): Map<Row, ErrorRatio> {
  const counters = rows.filter(({ type }) => type === 'counter');
  const totals = new Map<string, Row[]>();
  for (const row of counters) {
    add(totals, keyOf(baseOf(row.name, totalWords), row.tags), row);
    for (const { key } of row.tags.filter((tag) => statusKeys.has(tag.key))) {
      add(totals, statusKey(row, key), row);
    }
  }
  const found = new Map<Row, ErrorRatio>();
  for (const row of counters) {
    const ratio = ratioOf(row, attemptsOf(row, totals));
    if (ratio !== undefined) found.set(row, ratio);
  }
  return found;
}

function attemptsOf(row: Row, totals: ReadonlyMap<string, readonly Row[]>): readonly Row[] {
  const status = row.tags.find(({ key, value }) => statusKeys.has(key) && errorValue.test(value));
  if (status !== undefined) return totals.get(statusKey(row, status.key)) ?? [];
  const base = baseOf(row.name, errorWords);
  if (base === undefined) return [];
  return (totals.get(keyOf(base, row.tags)) ?? []).filter((other) => other !== row).slice(0, 1);
}

function ratioOf({ sum = 0 }: Row, attempts: readonly Row[]): ErrorRatio | undefined {
  const all = attempts.reduce((total, other) => total + (other.sum ?? 0), 0);
  const samples = attempts.reduce((total, other) => total + other.count, 0);
  const share = sum / all;
  return share >= 0 && share <= 1 ? { share, samples } : undefined;
}

/** The words of a name before the first of the given ones; undefined when it has none of them. */
function baseOf(name: string, marks: ReadonlySet<string>): string | undefined {
  const words = name.toLowerCase().split(/[^a-z0-9]+/);
  const mark = words.findIndex((word) => marks.has(word));
  return mark < 0 ? undefined : words.slice(0, mark).join('.');
}

function statusKey(row: Row, key: string): string {
  return keyOf(
    row.name,
    row.tags.filter((tag) => tag.key !== key),
    key,
  );
}

function keyOf(name: string | undefined, tags: Row['tags'], key = ''): string {
  return JSON.stringify([name, key, tagText({ tags })]);
}

function add(map: Map<string, Row[]>, key: string, row: Row): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [row]);
  else known.push(row);
}
