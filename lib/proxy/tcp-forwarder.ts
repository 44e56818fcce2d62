import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { ListenerBindError, messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import type { Counts } from './counts.js';
import type { Forwarder, ForwarderOptions } from './forwarder.js';
import { PortableSender } from './portable-sender.js';
import type { Routes } from './routes.js';

/** The longest line that a datagram can take on. */
const mostLineBytes = 65_507;
const lineFeed = 0x0a;

export interface TcpForwarderOptions extends ForwarderOptions {
  readonly logger: Logger;
}

/**
 * Lines from TCP connections, as with `server: './servers/tcp'`. They go on to the nodes in datagrams all the
 * same.
 */
export class TcpForwarder implements Forwarder {
  readonly listener: string;
  private readonly connections = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly sender: PortableSender,
    private readonly counts: Counts,
    private readonly logger: Logger,
  ) {
    const { address, port } = server.address() as AddressInfo;
    this.listener = `tcp ${address.includes(':') ? `[${address}]` : address}:${port}`;
    server.on('connection', (socket) => this.accept(socket));
    // Such as too many open files; those who are connected are not concerned.
    server.on('error', (error) => logger.warn(`tcp: cannot accept a connection: ${messageOf(error)}`));
  }

  /** @throws ListenerBindError when the address cannot be bound */
  static async open(routes: Routes, counts: Counts, options: TcpForwarderOptions): Promise<TcpForwarder> {
    const { address, port, cacheSize, logger } = options;
    const server = createServer();
    try {
      server.listen(port, address);
      await once(server, 'listening');
    } catch (error) {
      throw new ListenerBindError(
        `cannot bind TCP ${address} port ${port}: ${messageOf(error)}; choose another port or address in the proxy's configuration, or stop the program that has it`,
        { cause: error },
      );
    }
    return new TcpForwarder(server, new PortableSender(routes, cacheSize, counts), counts, logger);
  }

  use(routes: Routes): void {
    this.sender.use(routes);
  }

  /** TCP drops nothing: a client waits. */
  async dropped(): Promise<number> {
    return 0;
  }

  async finish(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    await this.drain();
    for (const socket of this.connections) socket.destroy();
    await closed;
    await this.sender.finish();
  }

  /** Lets what the system already holds arrive: until a turn of the event loop brings nothing more. */
  private async drain(maxTurns = 1000): Promise<void> {
    for (let turn = 0; turn < maxTurns; turn++) {
      const before = this.counts.get('bytesReceived');
      await nextTurn();
      await nextTurn();
      if (this.counts.get('bytesReceived') === before) return;
    }
  }

  private accept(socket: Socket): void {
    const lines = new LineCutter(this.counts, (bytes) => this.sender.take(bytes));
    this.connections.add(socket);
    socket.on('data', (bytes) => {
      this.counts.add('datagramsReceived', 1);
      this.counts.add('bytesReceived', bytes.length);
      lines.take(bytes);
    });
    socket.on('close', () => {
      this.connections.delete(socket);
      lines.end();
    });
    socket.on('error', (error) => this.logger.debug(`tcp: lost a connection: ${messageOf(error)}`));
  }
}

/**
 * Gives away whole lines of a stream that is cut anywhere. A line without its end is dropped, as statsd does.
 */
class LineCutter {
  private rest: Buffer = Buffer.alloc(0);
  private isDropping = false;

  constructor(
    private readonly counts: Counts,
    private readonly give: (lines: Buffer) => void,
  ) {}

  take(bytes: Buffer): void {
    const end = bytes.lastIndexOf(lineFeed) + 1;
    if (end > 0) this.giveUpTo(bytes.subarray(0, end));
    const left = bytes.subarray(end);
    if (this.isDropping || left.length === 0) return;
    if (this.rest.length + left.length <= mostLineBytes) {
      this.rest = Buffer.concat([this.rest, left]);
    } else {
      this.drop();
      this.isDropping = true;
    }
  }

  end(): void {
    if (this.rest.length > 0) this.drop();
  }

  /** @param lines ends with a line feed */
  private giveUpTo(lines: Buffer): void {
    const first = lines.indexOf(lineFeed);
    const isTooLong = !this.isDropping && this.rest.length + first > mostLineBytes;
    if (isTooLong) this.drop();
    const whole = this.isDropping || isTooLong ? lines.subarray(first + 1) : lines;
    this.isDropping = false;
    this.give(this.rest.length === 0 ? whole : Buffer.concat([this.rest, whole]));
    this.rest = Buffer.alloc(0);
  }

  private drop(): void {
    this.counts.add('linesUnfinished', 1);
    this.rest = Buffer.alloc(0);
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
