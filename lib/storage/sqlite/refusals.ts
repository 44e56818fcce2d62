import type { Refusal } from '../../flush/flush.js';
import type { TimeWindow } from '../store.js';
import type { Owner, Session } from './owner.js';
import { chunks, placeholders, rowsPerStatement } from './rows.js';

/** Names kept, the most recently refused: senders may invent them without end. */
const mostNames = 1000;

const columns = [
  ...['guard', 'name', 'tag', 'tag_values', 'sender', 'sample'],
  ...['refused', 'first_seen_ms', 'last_seen_ms'],
];

/** Adds refusals to those of the same name and limit; the newest sample and sender stay. */
export async function writeRefusals(session: Session, refusals: readonly Refusal[]): Promise<void> {
  for (const part of chunks(refusals, rowsPerStatement)) {
    const isNewer = 'excluded.last_seen_ms >= last_seen_ms';
    const isMore = 'excluded.tag_values > tag_values';
    await session.run(
      `INSERT INTO refusal (${columns.join()}) VALUES ${placeholders(part.length, columns.length)}
       ON CONFLICT (guard, name) DO UPDATE SET
         tag = CASE WHEN ${isMore} THEN excluded.tag ELSE tag END,
         tag_values = max(tag_values, excluded.tag_values),
         sender = CASE WHEN ${isNewer} THEN excluded.sender ELSE sender END,
         sample = CASE WHEN ${isNewer} THEN excluded.sample ELSE sample END,
         refused = refused + excluded.refused,
         first_seen_ms = min(first_seen_ms, excluded.first_seen_ms),
         last_seen_ms = max(last_seen_ms, excluded.last_seen_ms)`,
      part.flatMap(({ limit, name, tag, values, sender, sample, refused, firstSeenMs, lastSeenMs }) => [
        ...[limit, name, tag, values, sender, sample],
        ...[refused, firstSeenMs, lastSeenMs],
      ]),
    );
  }
  if (refusals.length === 0) return;
  await session.run(
    `DELETE FROM refusal WHERE (guard, name) IN
       (SELECT guard, name FROM refusal ORDER BY last_seen_ms DESC, refused DESC LIMIT -1 OFFSET ?)`,
    [mostNames],
  );
}

type Row = Omit<Refusal, 'limit' | 'values' | 'firstSeenMs' | 'lastSeenMs'> & {
  readonly guard: Refusal['limit'];
  readonly tag_values: number;
  readonly first_seen_ms: number;
  readonly last_seen_ms: number;
};

/** Refusals seen in the window, in part at least, those of most series first. */
export async function readRefusals(owner: Owner, window: TimeWindow): Promise<Refusal[]> {
  const rows = await owner.all<Row>(
    `SELECT ${columns.join()} FROM refusal WHERE last_seen_ms >= ? AND first_seen_ms < ? ORDER BY refused DESC, guard, name`,
    [window.sinceMs, window.untilMs],
  );
  return rows.map(
    ({ guard, tag_values, first_seen_ms, last_seen_ms, name, tag, sender, sample, refused }) => ({
      ...{ limit: guard, name, tag, values: tag_values, sender, sample, refused },
      ...{ firstSeenMs: first_seen_ms, lastSeenMs: last_seen_ms },
    }),
  );
}
