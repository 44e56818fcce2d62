import { createSocket } from 'node:dgram';
import { connect, isIPv6, type NetConnectOpts } from 'node:net';
import { reachable } from '../../server/address.js';
import type { Listener } from './server-findings.js';

/** A listener that takes lines of statsd, and the way to send it one. */
export interface LineTarget {
  /** For a person: `UDP 127.0.0.1 port 8125`, `unix stream /run/goodall.sock`. */
  readonly where: string;
  send(line: string): Promise<void>;
}

/**
 * Undefined for listeners that take no lines (HTTP, the management console), and for those that are not bound.
 */
export function lineTarget({ name, address, port = 0, bound }: Listener): LineTarget | undefined {
  if (!bound) return undefined;
  const host = reachable(address);
  switch (name) {
    case 'udp':
      return { where: `UDP ${host} port ${port}`, send: (line) => sendUdp(line, host, port) };
    case 'tcp':
      return { where: `TCP ${host} port ${port}`, send: (line) => sendStream(line, { host, port }) };
    case 'unix':
      return { where: `unix stream ${address}`, send: (line) => sendStream(line, { path: address }) };
    case 'unixgram':
      return { where: `unix datagram ${address}`, send: (line) => sendUnixgram(line, address) };
    default:
      return undefined;
  }
}

function sendUdp(line: string, address: string, port: number): Promise<void> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  return new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.send(line, port, address, (error) => (error === null ? resolve() : reject(error)));
  }).finally(() => socket.close());
}

function sendStream(line: string, target: NetConnectOpts): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const socket = connect({ ...target, timeout: 3000 });
    socket.once('error', reject);
    socket.once('timeout', () => socket.destroy(new Error('it does not answer')));
    socket.end(`${line}\n`, resolve);
  });
}

async function sendUnixgram(line: string, path: string): Promise<void> {
  // Only now: koffi takes time to load, and few servers have such a socket.
  const [{ loadLibc }, { sendUnixDatagram }] = await Promise.all([
    import('../../transport/libc.js'),
    import('../../transport/unix-datagram.js'),
  ]);
  sendUnixDatagram(loadLibc(), path, line);
}
