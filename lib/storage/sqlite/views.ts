export const iso = (milliseconds: string): string =>
  `strftime('%Y-%m-%dT%H:%M:%fZ', ${milliseconds} / 1000.0, 'unixepoch')`;

const seriesView = `
CREATE VIEW series AS SELECT
  k.name AS name,
  CASE k.type WHEN 0 THEN 'counter' WHEN 1 THEN 'gauge' WHEN 2 THEN 'timer' WHEN 3 THEN 'distribution'
    ELSE 'set' END AS type,
  k.tags AS tags,
  ${iso('s.first_ms')} AS first_seen,
  ${iso('s.last_ms')} AS last_seen,
  k.id AS series_id
FROM series_key AS k LEFT JOIN series_span AS s ON s.series = k.id;
`;

/** One arm of `points`: what a kind of partial has, and NULL for what it has not. */
function pointsOf(table: string, type: string, columns: Readonly<Record<string, string>>): string {
  const valueColumns = [
    'samples',
    'count',
    'sum',
    'rate',
    'min',
    'mean',
    'max',
    'last',
    'last_at',
    'members',
  ];
  const values = valueColumns.map((name) => `${columns[name] ?? 'NULL'} AS ${name}`).join(', ');
  return `SELECT ${iso('p.time_ms')} AS time, p.step_ms / 1000.0 AS step_s, k.name AS name, ${type} AS type,
  k.tags AS tags, ${values},
  p.time_ms AS time_ms, p.step_ms AS step_ms, p.series AS series_id
FROM ${table} AS p JOIN series_key AS k ON k.id = p.series`;
}

export const arms: readonly string[] = [
  pointsOf('counter_point', `'counter'`, {
    samples: 'p.samples',
    sum: 'p.sum',
    rate: 'p.sum * 1000.0 / p.step_ms',
  }),
  pointsOf('gauge_point', `'gauge'`, {
    samples: 'p.samples',
    sum: 'coalesce(p.sum, p.last)',
    min: 'coalesce(p.min, p.last)',
    mean: 'coalesce(p.sum, p.last) / p.samples',
    max: 'coalesce(p.max, p.last)',
    last: 'p.last',
    last_at: iso('(p.time_ms + p.last_after_ms)'),
  }),
  pointsOf('distribution_point', `CASE k.type WHEN 2 THEN 'timer' ELSE 'distribution' END`, {
    samples: 'p.samples',
    count: 'p.count',
    sum: 'p.sum',
    rate: 'p.count * 1000.0 / p.step_ms',
    min: 'p.min',
    mean: 'p.sum / p.count',
    max: 'p.max',
  }),
  pointsOf('set_point', `'set'`, { members: 'p.members' }),
];

const pointsView = `
CREATE VIEW points AS
${arms.join('\nUNION ALL\n')};
`;

const recordViews = `
CREATE VIEW ingest AS SELECT
  ${iso('start_ms')} AS time,
  interval_ms / 1000.0 AS step_s,
  source, datagrams, bytes, lines,
  (SELECT coalesce(sum(value), 0) FROM json_each(flush.bad_lines)) AS bad_lines,
  bad_lines AS bad_lines_by_reason,
  unknown_fields, datagrams_dropped, samples_overflowed, series_live, series_refused, flush_duration_ms,
  start_ms AS time_ms
FROM flush;

CREATE VIEW events AS SELECT
  ${iso('time_ms')} AS time, title, text, alert_type, priority, host, source_type, aggregation_key, tags, time_ms
FROM event;

CREATE VIEW checks AS SELECT
  ${iso('time_ms')} AS time, name,
  CASE status WHEN 0 THEN 'ok' WHEN 1 THEN 'warning' WHEN 2 THEN 'critical' ELSE 'unknown' END AS status,
  host, message, tags, time_ms
FROM service_check;

CREATE VIEW bad_lines AS SELECT
  reason, sender, count, sample,
  ${iso('first_seen_ms')} AS first_seen,
  ${iso('last_seen_ms')} AS last_seen
FROM bad_line;
`;

/** The views of version 1: the tables as a person reads them, explained in lib/docs/storage-format.md. */
export const views = seriesView + pointsView + recordViews;
