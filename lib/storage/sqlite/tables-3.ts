import { pointsView3 } from './views-3.js';

/**
 * Version 3: blocks.
 *
 * `block` has the points of one series in one span of time, once the span is past: see `../block/columns.ts`
 * for `body`. Rows lie in the order in which they are made, by time; the index finds them, and knows which
 * buckets they reach from and to. The numbers beside the body sum it up, for views and for what a look at the
 * last value needs.
 *
 * `sealed` has for each kind and step how long spans are, and how far they are made: there are no blocks at or
 * after `until_ms`. A pass over the rows before that has come to the span `from_ms`, in it to the series
 * `series`.
 */
export const version3 = `
CREATE TABLE block (
  id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  step_ms INTEGER NOT NULL,
  start_ms INTEGER NOT NULL,
  series INTEGER NOT NULL,
  first_bucket INTEGER NOT NULL,
  last_bucket INTEGER NOT NULL,
  points INTEGER NOT NULL,
  samples INTEGER,
  count REAL,
  sum REAL,
  min REAL,
  max REAL,
  last REAL,
  last_after_ms INTEGER,
  body BLOB NOT NULL
);
CREATE UNIQUE INDEX block_place ON block (kind, step_ms, start_ms, series, first_bucket, last_bucket);

CREATE TABLE sealed (
  kind INTEGER NOT NULL,
  step_ms INTEGER NOT NULL,
  span_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL,
  from_ms INTEGER NOT NULL,
  series INTEGER NOT NULL,
  PRIMARY KEY (kind, step_ms)
) WITHOUT ROWID;
${pointsView3}`;
