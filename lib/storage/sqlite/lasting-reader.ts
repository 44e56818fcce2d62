import type { StoreReader } from '../store.js';
import { SqliteReader } from './reader.js';

/** A reader that passes every question on to the one that is open at that moment. */
export function lastingReader(opened: () => SqliteReader): StoreReader {
  const names = Object.getOwnPropertyNames(SqliteReader.prototype) as (keyof SqliteReader)[];
  const ask =
    (name: keyof SqliteReader) =>
    (...args: unknown[]): unknown => {
      const reader = opened();
      return Reflect.apply(reader[name] as (...args: unknown[]) => unknown, reader, args);
    };
  return Object.fromEntries(names.map((name) => [name, ask(name)])) as unknown as StoreReader;
}
