import { isIP } from 'node:net';
import { AF_INET, AF_INET6, sockaddrIn, sockaddrIn6 } from './layout.js';

/** An IP address and port as the C library takes it: a `struct sockaddr_in` or `sockaddr_in6`. */
export interface SocketAddress {
  readonly family: typeof AF_INET | typeof AF_INET6;
  readonly bytes: Uint8Array;
}

/**
 * Encodes an address.
 *
 * @param address IPv4 or IPv6 in its usual text; no host name
 * @param scope number of the interface that a link-local address is on
 * @returns undefined when the text is not an IP address
 */
export function encodeAddress(address: string, port: number, scope = 0): SocketAddress | undefined {
  const version = isIP(address);
  if (version === 0) return undefined;
  const family = version === 4 ? AF_INET : AF_INET6;
  const bytes = new Uint8Array(version === 4 ? sockaddrIn.size : sockaddrIn6.size);
  const view = new DataView(bytes.buffer);
  view.setUint16(sockaddrIn.family, family, true);
  view.setUint16(sockaddrIn.port, port);
  if (version === 4) {
    bytes.set(address.split('.').map(Number), sockaddrIn.address);
  } else {
    bytes.set(ipv6Bytes(address), sockaddrIn6.address);
    view.setUint32(sockaddrIn6.scope, scope, true);
  }
  return { family, bytes };
}

/** Port of an encoded address. */
export function portOf(view: DataView, start: number): number {
  return view.getUint16(start + sockaddrIn.port);
}

/** `1.2.3.4` or `::1`. An IPv4 sender seen by an IPv6 socket (`::ffff:1.2.3.4`) is shown as IPv4. */
export function decodeAddress(view: DataView, start: number): string {
  const ipv6 = view.getUint16(start + sockaddrIn.family, true) === AF_INET6;
  if (!ipv6) return ipv4Text(view, start + sockaddrIn.address);
  const at = start + sockaddrIn6.address;
  const mapped = view.getBigUint64(at) === 0n && view.getUint32(at + 8) === 0xffff;
  return mapped ? ipv4Text(view, at + 12) : ipv6Text(view, at);
}

/** `a:b::c:1.2.3.4` -> 16 bytes. The text is known to be valid. */
function ipv6Bytes(text: string): number[] {
  const zoneless = text.split('%', 1)[0]!;
  const [left = '', right] = zoneless.split('::');
  const before = groupBytes(left);
  if (right === undefined) return before;
  const after = groupBytes(right);
  return [...before, ...new Array<number>(16 - before.length - after.length).fill(0), ...after];
}

function groupBytes(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

function ipv4Text(view: DataView, at: number): string {
  return [0, 1, 2, 3].map((i) => view.getUint8(at + i)).join('.');
}

/**
 * Canonical text: lower case, no leading zeros, the longest run of two or more zero groups as `::` (RFC 5952).
 */
function ipv6Text(view: DataView, at: number): string {
  const groups = Array.from({ length: 8 }, (_, i) => view.getUint16(at + 2 * i));
  let from = 0;
  let run = 1;
  for (let start = 0; start < 8; start++) {
    let end = start;
    while (end < 8 && groups[end] === 0) end++;
    if (end - start > run) [from, run] = [start, end - start];
  }
  const hex = groups.map((group) => group.toString(16));
  if (run < 2) return hex.join(':');
  return `${hex.slice(0, from).join(':')}::${hex.slice(from + run).join(':')}`;
}
