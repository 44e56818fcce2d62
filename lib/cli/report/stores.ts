import { resolve } from 'node:path';
import { NothingToReportError } from '../../errors.js';
import { type Answer, type Query, runQuery } from '../../query/query.js';
import { explainShortage } from '../../query/shortage.js';
import type { StoreReader } from '../../storage/store.js';
import { shortageText } from '../report-shortage.js';

/** Databases as open as a command needs them. */
export interface Stores {
  readonly readers: readonly StoreReader[];
  /** What is read, in a word or two: `goodall.db`. */
  readonly origin: string;
}

/** Opens the databases for as long as `body` takes. A file counts once, however it is spelt. */
export async function withStores<T>(
  databases: readonly string[],
  body: (stores: Stores) => Promise<T>,
): Promise<T> {
  const [only] = databases;
  const origin = databases.length === 1 && only !== undefined ? only : `${databases.length} databases`;
  // Only now: help and wrong usage must not wait for SQLite to load.
  const { SqliteReader } = await import('../../storage/sqlite/reader.js');
  const readers: StoreReader[] = [];
  try {
    for (const path of new Set(databases.map((one) => resolve(one))))
      readers.push(await SqliteReader.open(path));
    return await body({ readers, origin });
  } finally {
    await Promise.all(readers.map((reader) => reader.close()));
  }
}

/** The answer to a query. Throws NothingToReportError, which says what there is instead, when it has no rows. */
export async function answerOf({ readers, origin }: Stores, query: Query): Promise<Answer> {
  const answer = await runQuery(readers, query);
  if (answer.rows.length > 0) return answer;
  const { selector, window, nowMs } = query;
  const shortage = await explainShortage(readers, selector, answer.extent);
  throw new NothingToReportError(shortageText(shortage, origin, selector.patterns ?? [], window, nowMs));
}
