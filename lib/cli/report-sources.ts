import { UsageError } from '../errors.js';

/** Where a report comes from. */
export interface Sources {
  /** Paths of database files. */
  readonly databases: readonly string[];
  /** Addresses of servers' HTTP listeners. */
  readonly urls: readonly string[];
}

type Text = string | readonly string[] | undefined;

/** Reads `--db` and `--url`; without either it is the server's default file. Throws UsageError. */
export function readSources(db: Text, url: Text): Sources {
  const [databases, urls] = [db, url].map((value) => [
    ...new Set(value === undefined ? [] : [value].flat()),
  ]) as [string[], string[]];
  if (databases.includes('')) throw new UsageError('--db: the name is empty; give a database file');
  const file = databases.find((one) => /^https?:\/\//.test(one));
  if (file !== undefined) throw new UsageError(`--db: ${file} is an address; give it as --url`);
  return {
    databases: databases.length === 0 && urls.length === 0 ? ['goodall.db'] : databases,
    urls: urls.map(readUrl),
  };
}

/** The address of an HTTP listener. Throws UsageError. */
export function readUrl(text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new UsageError(
    `--url: ${JSON.stringify(text)} is no address; give one such as http://127.0.0.1:8080`,
  );
}
