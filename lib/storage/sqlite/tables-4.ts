import { iso } from './views.js';

/**
 * Version 4: who explodes.
 *
 * `refusal` has the names that were refused series of their own, by the option whose limit they met (`guard`).
 */
export const version4 = `
CREATE TABLE refusal (
  guard TEXT NOT NULL,
  name TEXT NOT NULL,
  tag TEXT NOT NULL,
  tag_values INTEGER NOT NULL,
  sender TEXT NOT NULL,
  sample TEXT NOT NULL,
  refused INTEGER NOT NULL,
  first_seen_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  PRIMARY KEY (guard, name)
) WITHOUT ROWID;
CREATE INDEX refusal_last_seen ON refusal (last_seen_ms);

CREATE VIEW refusals AS SELECT
  guard, name, tag, tag_values, sender, sample, refused,
  ${iso('first_seen_ms')} AS first_seen,
  ${iso('last_seen_ms')} AS last_seen
FROM refusal;
`;
