import { views } from './views.js';

const pointKey = `
  step_ms INTEGER NOT NULL,
  time_ms INTEGER NOT NULL,
  series INTEGER NOT NULL,`;

/**
 * Points lie in the order in which flushes bring them, by (step, time, series): a flush appends whole pages,
 * and a window of time is one range. There is one table a kind of partial, since a row that holds only its own
 * kind's columns is shorter, and cheaper to bind and to read, than one with a column for every kind.
 */
const points = `
CREATE TABLE counter_point (${pointKey}
  sum REAL,
  samples INTEGER NOT NULL,
  PRIMARY KEY (step_ms, time_ms, series)
) WITHOUT ROWID;

CREATE TABLE gauge_point (${pointKey}
  last REAL,
  last_after_ms INTEGER NOT NULL,
  samples INTEGER NOT NULL,
  min REAL,
  max REAL,
  sum REAL,
  PRIMARY KEY (step_ms, time_ms, series)
) WITHOUT ROWID;

CREATE TABLE distribution_point (${pointKey}
  samples INTEGER NOT NULL,
  count REAL,
  sum REAL,
  min REAL,
  max REAL,
  sketch BLOB NOT NULL,
  PRIMARY KEY (step_ms, time_ms, series)
) WITHOUT ROWID;

CREATE TABLE set_point (${pointKey}
  members REAL,
  sketch BLOB NOT NULL,
  PRIMARY KEY (step_ms, time_ms, series)
) WITHOUT ROWID;
`;

const series = `
CREATE TABLE series_key (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  type INTEGER NOT NULL,
  tags TEXT NOT NULL,
  UNIQUE (name, type, tags)
);

CREATE TABLE tag (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  UNIQUE (key, value)
);

CREATE TABLE series_tag (
  tag INTEGER NOT NULL,
  series INTEGER NOT NULL,
  PRIMARY KEY (tag, series)
) WITHOUT ROWID;

CREATE TABLE series_span (
  series INTEGER PRIMARY KEY,
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  last_step_ms INTEGER NOT NULL
);
`;

const records = `
CREATE TABLE flush (
  id INTEGER PRIMARY KEY,
  flush_id TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL,
  start_ms INTEGER NOT NULL,
  interval_ms INTEGER NOT NULL,
  datagrams INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  lines INTEGER NOT NULL,
  bad_lines TEXT NOT NULL,
  unknown_fields INTEGER NOT NULL,
  datagrams_dropped INTEGER,
  samples_overflowed INTEGER NOT NULL,
  series_live INTEGER NOT NULL,
  series_refused INTEGER NOT NULL,
  flush_duration_ms REAL NOT NULL
);
CREATE INDEX flush_start ON flush (start_ms);

CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  time_ms INTEGER NOT NULL,
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  host TEXT,
  aggregation_key TEXT,
  priority TEXT NOT NULL,
  source_type TEXT,
  alert_type TEXT NOT NULL,
  tags TEXT NOT NULL
);
CREATE INDEX event_time ON event (time_ms);

CREATE TABLE service_check (
  id INTEGER PRIMARY KEY,
  time_ms INTEGER NOT NULL,
  name TEXT NOT NULL,
  status INTEGER NOT NULL,
  host TEXT,
  message TEXT,
  tags TEXT NOT NULL
);
CREATE INDEX service_check_time ON service_check (time_ms);

CREATE TABLE bad_line (
  reason TEXT NOT NULL,
  sender TEXT NOT NULL,
  sample TEXT NOT NULL,
  count INTEGER NOT NULL,
  first_seen_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  PRIMARY KEY (reason, sender)
) WITHOUT ROWID;
CREATE INDEX bad_line_last_seen ON bad_line (last_seen_ms);

CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value
) WITHOUT ROWID;
`;

/**
 * Tables and views of version 1. A released version never changes: what is new goes into the next migration.
 */
export const version1 = points + series + records + views;
