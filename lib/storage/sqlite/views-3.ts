import { arms, iso } from './views.js';

/** One arm of `points` for the blocks of a kind: each stands for the points of its span. */
function blocksOf(kind: number, type: string, columns: Readonly<Record<string, string>>): string {
  const names = ['samples', 'count', 'sum', 'rate', 'min', 'mean', 'max', 'last', 'last_at', 'members'];
  const values = names.map((name) => `${columns[name] ?? 'NULL'} AS ${name}`).join(', ');
  return `SELECT ${iso('b.start_ms')} AS time, s.span_ms / 1000.0 AS step_s, k.name AS name, ${type} AS type,
  k.tags AS tags, ${values},
  b.start_ms AS time_ms, b.step_ms AS step_ms, b.series AS series_id, b.points AS buckets
FROM block AS b JOIN sealed AS s ON s.kind = b.kind AND s.step_ms = b.step_ms JOIN series_key AS k ON k.id = b.series
WHERE b.kind = ${kind}`;
}

const own = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, `b.${name}`]));

const blockArms = [
  blocksOf(0, `'counter'`, { ...own(['samples', 'sum']), rate: 'b.sum * 1000.0 / s.span_ms' }),
  blocksOf(1, `'gauge'`, {
    ...own(['samples', 'sum', 'min', 'max', 'last']),
    mean: 'b.sum / b.samples',
    last_at: iso('(b.start_ms + b.last_after_ms)'),
  }),
  blocksOf(2, `CASE k.type WHEN 2 THEN 'timer' ELSE 'distribution' END`, {
    ...own(['samples', 'count', 'sum', 'min', 'max']),
    rate: 'b.count * 1000.0 / s.span_ms',
    mean: 'b.sum / b.count',
  }),
  blocksOf(3, `'set'`, {}),
];

/** The view `points` of version 3: rows as before, and then a row for each block. */
export const pointsView3 = `
DROP VIEW points;
CREATE VIEW points AS
${[...arms.map((arm) => `SELECT *, 1 AS buckets FROM (${arm})`), ...blockArms].join('\nUNION ALL\n')};
`;
