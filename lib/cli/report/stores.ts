import { resolve } from 'node:path';
import { NothingToReportError } from '../../errors.js';
import { stat } from '../../files.js';
import { type Answer, type AnswerFacts, type Query, runQuery } from '../../query/query.js';
import { explainShortage } from '../../query/shortage.js';
import type { StoreReader } from '../../storage/store.js';
import { shortageText } from '../report-shortage.js';
import type { Sources } from '../report-sources.js';

/** Databases as open as a command needs them. */
export interface Stores {
  readonly readers: readonly StoreReader[];
  /** What is read, in a word or two: `goodall.db`. */
  readonly origin: string;
}

/**
 * Opens what is to be read for as long as `body` takes. A file counts once, whatever it is called and by
 * whichever link.
 */
export async function withStores<T>(
  { databases, urls }: Sources,
  body: (stores: Stores) => Promise<T>,
): Promise<T> {
  const names = [...databases, ...urls];
  const [only] = names;
  const origin = names.length === 1 && only !== undefined ? only : `${names.length} databases`;
  const readers: StoreReader[] = [];
  try {
    for (const path of await distinctFiles(databases)) readers.push(await openFile(path));
    for (const url of new Set(urls)) readers.push(await openServer(url));
    return await body({ readers, origin });
  } finally {
    await Promise.all(readers.map((reader) => reader.close()));
  }
}

/** What is no file is found out when it is opened. */
async function distinctFiles(paths: readonly string[]): Promise<Iterable<string>> {
  if (paths.length < 2) return paths;
  const files = new Map<string, string>();
  for (const path of paths.map((one) => resolve(one))) {
    const file = await stat(path).catch(() => undefined);
    const key = file === undefined ? path : `${file.dev} ${file.ino}`;
    if (!files.has(key)) files.set(key, path);
  }
  return files.values();
}

// Both only now: help and wrong usage must not wait for SQLite to load, nor a server's reader for it.
async function openFile(path: string): Promise<StoreReader> {
  const { SqliteReader } = await import('../../storage/sqlite/reader.js');
  return SqliteReader.open(path);
}

async function openServer(url: string): Promise<StoreReader> {
  const { RemoteReader } = await import('../../storage/remote/reader.js');
  return RemoteReader.open(url);
}

/**
 * The answer to a query. Throws NothingToReportError, which says what there is instead, when it has no rows.
 */
export async function answerOf(stores: Stores, query: Query): Promise<Answer> {
  const answer = await runQuery(stores.readers, query);
  if (answer.rows.length === 0) await refuseNothing(stores, query, answer);
  return answer;
}

/** Throws the NothingToReportError of a query whose answer has no rows. */
export async function refuseNothing(
  { readers, origin }: Stores,
  { selector, window, nowMs }: Query,
  { extent }: AnswerFacts,
): Promise<never> {
  const shortage = await explainShortage(readers, selector, extent);
  throw new NothingToReportError(shortageText(shortage, origin, selector.patterns ?? [], window, nowMs));
}
