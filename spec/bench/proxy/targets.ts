import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadLibc } from '../../../lib/transport/libc.js';
import { openUdpSockets } from '../../../lib/transport/socket.js';
import { freePort } from '../../support/free-port.js';
import { statsdArguments } from '../../support/run-statsd.js';
import { root } from '../../support/source-files.js';
import { printed, type StartTarget, start, target } from '../server/targets.js';

/** A node as a proxy's configuration has it. */
export interface Node {
  readonly host: string;
  readonly port: number;
  readonly adminport: number;
}

/**
 * Nodes that are always healthy and read nothing: their sockets are full at once, so a proxy is charged for sending
 * and nobody's receiving takes the CPU from it.
 */
export async function deafNodes(count: number): Promise<Node[]> {
  const console = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => socket.end('health: up\n'));
  }).listen(0, '127.0.0.1');
  await once(console, 'listening');
  const adminport = (console.address() as AddressInfo).port;
  console.unref();
  return Array.from({ length: count }, () => {
    const listen = { address: '127.0.0.1', port: 0, sockets: 1, receiveBufferBytes: 4096 };
    const [socket] = openUdpSockets(loadLibc(), listen);
    return { host: '127.0.0.1', port: socket!.port, adminport };
  });
}

export const goodallProxy =
  (nodes: readonly Node[], name: string, args: readonly string[] = []): StartTarget =>
  async () => {
    const { file, remove } = configFile({ nodes, address: '127.0.0.1', port: 0, mgmt_port: 0 });
    const child = start([join(root, 'dist/bin/goodall.js'), 'proxy', file, '--log-level', 'error', ...args]);
    const port = Number(await printed(child, /server is up: udp [^ ]*:(\d+)/));
    return target(name, child, port, remove);
  };

export const statsdProxy =
  (nodes: readonly Node[]): StartTarget =>
  async () => {
    const [port, mgmtPort] = [await freePort(), await freePort()];
    const ports = { port, mgmt_port: mgmtPort, mgmt_address: '127.0.0.1' };
    const { file, remove } = configFile({ nodes, address: '127.0.0.1', ...ports });
    const child = start(statsdArguments('proxy.js', file));
    await printed(child, /server is (up)/);
    return target("statsd's proxy", child, port, remove);
  };

function configFile(config: object): { readonly file: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'goodall-bench-'));
  const file = join(folder, 'proxy.js');
  writeFileSync(file, JSON.stringify(config));
  return { file, remove: () => rmSync(folder, { recursive: true }) };
}
