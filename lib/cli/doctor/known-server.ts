import { hostname } from 'node:os';
import { hostPort, reachable } from '../../server/address.js';
import { holderOf } from '../../storage/sqlite/lock.js';

export interface KnownServer {
  /** Of its HTTP listener. */
  readonly url: string;
  /** When it opened the database. */
  readonly sinceMs: number;
}

/**
 * The server that writes a database on this host, as it has said itself beside the database; undefined when it has not.
 */
export async function knownServer(database: string): Promise<KnownServer | undefined> {
  const holder = await holderOf(database);
  if (holder?.host !== hostname()) return undefined;
  for (const listener of holder.listeners) {
    const [, address, port] = /^http \[?(.+?)\]?:(\d+)$/.exec(listener) ?? [];
    if (address !== undefined) {
      const url = `http://${hostPort({ address: reachable(address), port: Number(port) })}`;
      return { url, sinceMs: holder.sinceMs };
    }
  }
  return undefined;
}
