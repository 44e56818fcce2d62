import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { statsdArguments } from './run-statsd.js';
import type { TemporaryFolder } from './temporary.js';

/** The real statsd on free ports of the loopback interface, to compare with. */
export class StatsdServer {
  /** What it printed so far. */
  stdout = '';

  private constructor(
    private readonly child: ChildProcess,
    readonly udpPort: number,
    readonly mgmtPort: number,
  ) {}

  /** @param script path of another statsd's `stats.js` than that of the package in this project */
  static async start(folder: TemporaryFolder, config: object, script = 'stats.js'): Promise<StatsdServer> {
    const [port, mgmtPort] = [await freeUdpPort(), await freeTcpPort()];
    const addresses = { address: '127.0.0.1', port, mgmt_address: '127.0.0.1', mgmt_port: mgmtPort };
    const file = folder.write(`statsd-${port}.js`, `(${JSON.stringify({ ...addresses, ...config })})`);
    const child = spawn(process.execPath, statsdArguments(script, file), {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const server = new StatsdServer(child, port, mgmtPort);
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      server.stdout += text;
    });
    while (!server.stdout.includes('server is up')) await once(child.stdout!, 'data');
    return server;
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit');
    // It takes its time over SIGTERM; nothing of it is needed any more.
    this.child.kill('SIGKILL');
    await exited;
  }
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

/** A port of the loopback interface that nobody listens on at this moment. */
export async function freeTcpPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  await new Promise<unknown>((resolve) => server.close(resolve));
  return port;
}

/** Sends datagrams, one text each, in order. */
export async function sendDatagrams(port: number, datagrams: readonly string[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const datagram of datagrams) {
    await new Promise<void>((resolve, reject) =>
      socket.send(datagram, port, '127.0.0.1', (error) => (error === null ? resolve() : reject(error))),
    );
  }
  await new Promise<void>((resolve) => socket.close(resolve));
}
