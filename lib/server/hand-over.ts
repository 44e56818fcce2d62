import { once } from 'node:events';
import { realpathSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { basename, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Config } from '../config/config.js';
import { messageOf } from '../errors.js';
import type { Listener } from '../ingest/listener.js';
import type { Logger } from '../log.js';
import { maxDescriptors, sendDescriptors } from '../transport/descriptors.js';
import { type Libc, LibcUnavailableError, loadLibc } from '../transport/libc.js';
import { UnixPath } from '../transport/unix-path.js';
import { listenOnUnixSocket } from '../transport/unix-socket.js';

/**
 * What two servers say to each other when the newer takes over, a line each, over a unix socket beside the database:
 *
 *     newer                     older
 *     sockets 1          ->
 *                        <-     sockets N       with N descriptors (SCM_RIGHTS)
 *     go                 ->                     stops receiving
 *                        <-     stopped         and flushes, closes the database
 *                        <-     released DROPS  and ends
 *
 * Until `go` nothing has happened: either may go away.
 */
export const handOverVersion = 1;

/** Where a server that writes this database is asked to hand over. */
export function controlPath(database: string): string {
  const path = resolve(database);
  // The file may not be there yet while its folder is a link; opening the database says what is wrong with either.
  const real = realOf(path) ?? join(realOf(dirname(path)) ?? dirname(path), basename(path));
  return `${real}-control`;
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

export interface HandOverParts {
  readonly config: Config;
  readonly logger: Logger;
  readonly listener: Listener;
}

/** The older server's side: hands its sockets to the one that asks for them. */
export class HandOver {
  /** Resolves when another server takes over: this one must stop. */
  readonly asked: Promise<void>;
  private tellAsked!: () => void;
  private successor: Socket | undefined;
  private readonly server: Server;

  private constructor(
    private readonly libc: Libc,
    private readonly listener: Listener,
    private readonly path: UnixPath,
    fd: number,
  ) {
    this.asked = new Promise((resolveAsked) => {
      this.tellAsked = resolveAsked;
    });
    this.server = createServer((socket) => this.accept(socket));
    this.server.listen({ fd });
    // Whoever wants to take over must not keep the process, nor anything that befalls the connection end it.
    this.server.unref();
    this.server.on('error', () => {});
  }

  /**
   * Waits for another server to ask, on a socket that only this user reaches. Undefined where sockets cannot be handed over;
   * the log says why, when it could have been otherwise.
   */
  static async open({ config, logger, listener }: HandOverParts): Promise<HandOver | undefined> {
    if (listener.descriptors.length === 0) return undefined;
    const path = controlPath(config.db);
    try {
      const libc = loadLibc();
      const fd = await listenOnUnixSocket(libc, { path, mode: 0o600 });
      return new HandOver(libc, listener, new UnixPath(path), fd);
    } catch (error) {
      if (!(error instanceof LibcUnavailableError)) {
        logger.warn(`no other server will be able to take over from this one: ${messageOf(error)}`);
      }
      return undefined;
    }
  }

  /** Whether another server takes over. */
  get isAsked(): boolean {
    return this.successor !== undefined;
  }

  /** Leaves the sockets to the other server, and tells it as soon as nothing more is received here. */
  serve(): void {
    this.listener.releasePaths();
    void this.listener.stopped.then(() => this.successor?.write('stopped\n'));
  }

  /**
   * Ends it; tells the other server that everything is its own.
   *
   * @param drops what the system had dropped on all sockets when they were closed here
   */
  async close(drops: number): Promise<void> {
    const { successor, server } = this;
    this.path.remove();
    if (server.listening) server.close();
    if (successor === undefined || successor.destroyed) return;
    successor.end(`released ${drops}\n`);
    await once(successor, 'close').catch(() => {});
  }

  private accept(socket: Socket): void {
    socket.on('error', () => {});
    createInterface({ input: socket }).on('line', (line) => {
      if (line === `sockets ${handOverVersion}`) this.sendSockets(socket);
      else if (line === 'go' && this.successor === undefined) {
        this.successor = socket;
        this.tellAsked();
      } else socket.destroy();
    });
  }

  private sendSockets(socket: Socket): void {
    const { descriptors } = this.listener;
    // Node has no way to send descriptors; nothing else is being written to this connection.
    const fd = (socket as unknown as { _handle?: { fd?: number } })._handle?.fd ?? -1;
    const text = `sockets ${descriptors.length}\n`;
    const isSent = descriptors.length <= maxDescriptors && sendDescriptors(this.libc, fd, text, descriptors);
    if (!isSent) socket.destroy();
  }
}
