import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

/**
 * The IP address of a node's host.
 *
 * @param prefersIpv6 which kind a name is looked up as first
 * @throws when the name is unknown
 */
export async function lookUp(host: string, prefersIpv6: boolean): Promise<string> {
  if (isIP(host) !== 0) return host;
  const found = await lookup(host, { all: true, verbatim: true });
  const family = prefersIpv6 ? 6 : 4;
  return (found.find((one) => one.family === family) ?? found[0]!).address;
}
