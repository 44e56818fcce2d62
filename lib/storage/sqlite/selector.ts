import type { SeriesSelector } from '../store.js';
import type { SqlValue } from './owner.js';

/** A piece of SQL with the values of its placeholders. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** The ids of the series that a selector selects, as a query on `series_key`. */
export function selectIds({ patterns, types, tags }: SeriesSelector): Condition {
  const conditions: Condition[] = [];
  if (patterns !== undefined) conditions.push(anyOf(patterns.map(nameLike)));
  if (types !== undefined) conditions.push(anyOf(types.map((type) => ({ sql: 'type = ?', values: [type] }))));
  for (const { key, value } of tags ?? []) {
    conditions.push({
      sql: 'id IN (SELECT series FROM series_tag WHERE tag = (SELECT id FROM tag WHERE key = ? AND value = ?))',
      values: [key, value],
    });
  }
  const where = conditions.length === 0 ? 'true' : conditions.map(({ sql }) => sql).join(' AND ');
  return {
    sql: `SELECT id FROM series_key WHERE ${where}`,
    values: conditions.flatMap(({ values }) => values),
  };
}

function anyOf(conditions: readonly Condition[]): Condition {
  if (conditions.length === 0) return { sql: 'false', values: [] };
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(' OR ')})`,
    values: conditions.flatMap(({ values }) => values),
  };
}

/** What no UTF-8 text sorts after: the upper end of the names that start with a prefix. */
const last = '\u{10ffff}';

/**
 * A name pattern as SQL. SQLite looks a GLOB up in an index only where it can see the pattern while it plans,
 * which a bound value is not; so the range of the pattern's fixed beginning is said as well.
 */
function nameLike(pattern: string): Condition {
  const wildcard = pattern.search(/[*?[]/);
  if (wildcard < 0) return { sql: 'name = ?', values: [pattern] };
  if (wildcard === 0) return { sql: 'name GLOB ?', values: [pattern] };
  const prefix = pattern.slice(0, wildcard);
  return {
    sql: '(name >= ? AND name < ? AND name GLOB ?)',
    values: [prefix, prefix + last, pattern],
  };
}
