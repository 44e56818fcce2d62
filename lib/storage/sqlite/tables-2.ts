/**
 * Version 2: tiers.
 *
 * `tier` has every step that the point tables may hold, by level: 0 for buckets as flushes bring them (another
 * flush interval leaves more than one), 1 and up for those rolled up from the level below, -1 for what is to be
 * deleted. A span of time is read from the finest level that holds it, which is the first whose `held_since_ms`
 * is not after it.
 *
 * `rolled` has how far each level is rolled up, in one table of points: buckets before `until_ms`, and that
 * bucket itself for series up to `series`.
 */
export const version2 = `
CREATE TABLE tier (
  step_ms INTEGER PRIMARY KEY,
  keep_ms INTEGER NOT NULL,
  level INTEGER NOT NULL,
  held_since_ms INTEGER NOT NULL
);

CREATE TABLE rolled (
  points TEXT NOT NULL,
  step_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL,
  series INTEGER NOT NULL,
  PRIMARY KEY (points, step_ms)
) WITHOUT ROWID;
`;
