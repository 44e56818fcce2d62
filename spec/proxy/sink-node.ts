import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, type Socket as Connection, createServer, type Server } from 'node:net';

/** Waits until something holds. */
export async function until<T>(answer: () => T | Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answered = await answer();
    if (holds(answered)) return answered;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A node that keeps every datagram, with a console that answers as it is told to. */
export class SinkNode {
  readonly datagrams: string[] = [];
  answer = 'health: up\n';
  private readonly connections = new Set<Connection>();

  private constructor(
    private readonly socket: Socket,
    private readonly console: Server,
  ) {
    socket.on('message', (bytes) => this.datagrams.push(bytes.toString('latin1')));
    console.on('connection', (connection) => {
      this.connections.add(connection);
      connection.on('error', () => {});
      connection.on('data', () => connection.write(this.answer));
    });
  }

  static async start(address = '127.0.0.1'): Promise<SinkNode> {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.bind(0, address, () => socket.setRecvBufferSize(4 * 1024 * 1024));
    const console = createServer().listen(0, address);
    await Promise.all([once(socket, 'listening'), once(console, 'listening')]);
    return new SinkNode(socket, console);
  }

  /** As the proxy's configuration has it. */
  get config(): { host: string; port: number; adminport: number } {
    const { address, port } = this.socket.address();
    return { host: address, port, adminport: (this.console.address() as AddressInfo).port };
  }

  get id(): string {
    return `${this.config.host}:${this.config.port}`;
  }

  get lines(): string[] {
    return this.datagrams.flatMap((datagram) => datagram.split('\n'));
  }

  async stop(): Promise<void> {
    for (const connection of this.connections) connection.destroy();
    this.socket.close();
    this.console.close();
    await Promise.all([once(this.socket, 'close'), once(this.console, 'close')]);
  }
}
