import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '../clock.js';
import { ListenerBindError, messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import type { CommandSet } from './commands.js';
import { Connection } from './connection.js';

/**
 * Most clients at once. One more is let in, and the one that has been silent longest goes: forgotten
 * connections must not lock out the person who looks for the fault.
 */
export const maxConnections = 64;

export interface ManagementConsoleOptions {
  readonly commands: CommandSet;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What to do when the address is taken; completes the sentence of the error. */
  readonly advice: string;
}

/**
 * statsd's management console, on TCP: see lib/docs/management.md. Nothing that a client does harms the server.
 */
export class ManagementConsole {
  private readonly options: ManagementConsoleOptions;
  /** The one that has been silent longest comes first. */
  private readonly connections = new Set<Connection>();
  private server: Server | undefined;

  constructor(options: ManagementConsoleOptions) {
    this.options = options;
  }

  /**
   * Listens for clients.
   *
   * @param port 0 lets the system pick one
   * @returns the address and port really bound
   * @throws ListenerBindError when they cannot be bound
   */
  async start(port: number, address: string): Promise<{ readonly address: string; readonly port: number }> {
    const server = createServer({ allowHalfOpen: true }, (socket) => this.accept(socket));
    try {
      server.listen(port, address);
      await once(server, 'listening');
    } catch (error) {
      throw new ListenerBindError(
        `cannot bind the management console to TCP ${address} port ${port}: ${messageOf(error)}; ${this.options.advice}`,
        { cause: error },
      );
    }
    const { logger } = this.options;
    // Such as too many open files; those who are connected are not concerned.
    server.on('error', (error) =>
      logger.warn(`management console: cannot accept a client: ${messageOf(error)}`),
    );
    this.server = server;
    return server.address() as AddressInfo;
  }

  /** Stops listening and ends every connection, whatever it is waiting for. */
  async close(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    this.server = undefined;
    const closed = once(server, 'close');
    server.close();
    for (const connection of this.connections) connection.destroy();
    await closed;
  }

  private accept(socket: Socket): void {
    const { connections } = this;
    const { commands, clock, logger } = this.options;
    if (connections.size === maxConnections) this.endMostSilent();
    const onActivity = () => {
      connections.delete(connection);
      connections.add(connection);
    };
    const connection = new Connection(socket, { commands, clock, logger, onActivity });
    connections.add(connection);
    socket.once('close', () => connections.delete(connection));
  }

  private endMostSilent(): void {
    const [silent] = this.connections;
    if (silent === undefined) return;
    this.options.logger.debug(
      'management console: closed the connection that was silent longest for a new one',
    );
    this.connections.delete(silent);
    silent.destroy();
  }
}
