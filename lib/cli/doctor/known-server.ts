import { hostname } from 'node:os';
import { hostPort, reachable } from '../../server/address.js';
import { holderOf } from '../../storage/sqlite/lock.js';

/**
 * The address of the HTTP listener of the server that writes a database on this host, as it has said itself
 * beside the database; undefined when it has not.
 */
export async function knownUrl(database: string): Promise<string | undefined> {
  const holder = await holderOf(database);
  if (holder?.host !== hostname()) return undefined;
  for (const listener of holder.listeners) {
    const [, address, port] = /^http \[?(.+?)\]?:(\d+)$/.exec(listener) ?? [];
    if (address !== undefined) {
      return `http://${hostPort({ address: reachable(address), port: Number(port) })}`;
    }
  }
  return undefined;
}
