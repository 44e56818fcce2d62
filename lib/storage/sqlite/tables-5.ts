const hourOf = (row: string): string => `CAST(${row}.start_ms / 3600000 AS INTEGER) * 3600000`;

const sumAnew = (row: string): string =>
  `UPDATE flush_hour SET whole = NULL WHERE hour_ms = ${hourOf(row)} AND whole IS NOT NULL;`;

const add = (row: string): string => `INSERT INTO flush_hour (hour_ms) VALUES (${hourOf(row)})
  ON CONFLICT (hour_ms) DO UPDATE SET whole = NULL WHERE whole IS NOT NULL;`;

/**
 * Version 5: hours of flushes.
 *
 * `flush_hour` has a row for each hour in which a row of `flush` starts, with what these add up to. It holds where
 * `whole` is 1. Whoever changes `flush` makes it NULL: the hour is to be added up (again). 0 is for an hour whose flushes
 * cannot be told as one.
 */
export const version5 = `
CREATE TABLE flush_hour (
  hour_ms INTEGER PRIMARY KEY,
  whole INTEGER,
  flushes INTEGER,
  source TEXT,
  start_ms INTEGER,
  interval_ms INTEGER,
  datagrams INTEGER,
  bytes INTEGER,
  lines INTEGER,
  bad_lines TEXT,
  unknown_fields INTEGER,
  datagrams_dropped INTEGER,
  samples_overflowed INTEGER,
  series_live INTEGER,
  series_refused INTEGER,
  flush_duration_ms REAL
);
CREATE INDEX flush_hour_due ON flush_hour (hour_ms) WHERE whole IS NULL;

CREATE TRIGGER flush_hour_insert AFTER INSERT ON flush BEGIN ${add('NEW')} END;
CREATE TRIGGER flush_hour_delete AFTER DELETE ON flush BEGIN ${sumAnew('OLD')} END;
CREATE TRIGGER flush_hour_update AFTER UPDATE ON flush BEGIN ${sumAnew('OLD')} ${add('NEW')} END;

INSERT INTO flush_hour (hour_ms) SELECT DISTINCT ${hourOf('flush')} FROM flush;
`;
