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
 * What two servers say to each other when the newer takes over, a line each, over a unix socket beside the
 * database:
 *
 *     newer                     older
 *     sockets 1          ->
 *                        <-     sockets N       with N descriptors (SCM_RIGHTS); or `refused REASON`
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
  // The file may not be there yet while its folder is a link; opening the database says what is wrong with
  // either.
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
  /** Why this server must not end now, in words; undefined when it may. */
  readonly hindrance: () => string | undefined;
}

/** The older server's side: hands its sockets to the one that asks for them. */
export class HandOver {
  /** Resolves when another server takes over: this one must stop. */
  readonly asked: Promise<void>;
  private tellAsked!: () => void;
  private successor: Socket | undefined;
  private waiting: { readonly server: Server; readonly path: UnixPath } | undefined;
  /** What is being opened or closed, one after the other. */
  private turn: Promise<void> = Promise.resolve();

  private constructor(
    private readonly libc: Libc,
    private readonly parts: HandOverParts,
  ) {
    this.asked = new Promise((resolveAsked) => {
      this.tellAsked = resolveAsked;
    });
  }

  /**
   * Waits for another server to ask, on a socket that only this user reaches. Undefined where sockets cannot be
   * handed over; the log says why, when it could have been otherwise.
   */
  static async open(parts: HandOverParts): Promise<HandOver | undefined> {
    if (parts.listener.descriptors.length === 0) return undefined;
    try {
      const handOver = new HandOver(loadLibc(), parts);
      await handOver.reach(true);
      return handOver;
    } catch (error) {
      if (error instanceof LibcUnavailableError) return undefined;
      throw error;
    }
  }

  /** Waits to be asked, or no longer does: a socket in a file system is a reason not to unmount it. */
  reach(isWithinReach: boolean): Promise<void> {
    this.turn = this.turn.then(() => (isWithinReach ? this.wait() : this.leave()));
    return this.turn;
  }

  /** Whether another server takes over. */
  get isAsked(): boolean {
    return this.successor !== undefined;
  }

  /** Leaves the sockets to the other server, and tells it as soon as nothing more is received here. */
  serve(): void {
    const { listener } = this.parts;
    listener.releasePaths();
    void listener.stopped.then(() => this.successor?.write('stopped\n'));
  }

  /**
   * Ends it; tells the other server that everything is its own.
   *
   * @param drops what the system had dropped on all sockets when they were closed here
   */
  async close(drops: number): Promise<void> {
    const { successor } = this;
    await this.reach(false);
    if (successor === undefined || successor.destroyed) return;
    successor.end(`released ${drops}\n`);
    await once(successor, 'close').catch(() => {});
  }

  private async wait(): Promise<void> {
    if (this.waiting !== undefined) return;
    const { config, logger } = this.parts;
    const path = controlPath(config.db);
    try {
      const fd = await listenOnUnixSocket(this.libc, { path, mode: 0o600 });
      const server = createServer((socket) => this.accept(socket));
      server.listen({ fd });
      // Whoever wants to take over must not keep the process, nor anything that befalls the connection end it.
      server.unref();
      server.on('error', () => {});
      this.waiting = { server, path: new UnixPath(path) };
    } catch (error) {
      logger.warn(`no other server will be able to take over from this one: ${messageOf(error)}`);
    }
  }

  private async leave(): Promise<void> {
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.server.close();
    try {
      waiting?.path.remove();
    } catch {
      // The file system may be gone or read-only: whoever listens there next finds that nobody does, and
      // removes it.
    }
  }

  private accept(socket: Socket): void {
    socket.on('error', () => {});
    const lines = createInterface({ input: socket });
    // It tells errors of its input once more. One that takes over and is killed must not end this server before
    // its last flush.
    lines.on('error', () => {});
    lines.on('line', (line) => {
      if (line === `sockets ${handOverVersion}`) this.sendSockets(socket);
      else if (line === 'go' && this.successor === undefined) {
        this.successor = socket;
        this.tellAsked();
      } else socket.destroy();
    });
  }

  private sendSockets(socket: Socket): void {
    const { listener, hindrance } = this.parts;
    const { descriptors } = listener;
    const reason = hindrance();
    if (reason !== undefined) {
      socket.end(`refused ${reason.replaceAll('\n', ' ')}\n`);
      return;
    }
    // Node has no way to send descriptors; nothing else is being written to this connection.
    const fd = (socket as unknown as { _handle?: { fd?: number } })._handle?.fd ?? -1;
    const text = `sockets ${descriptors.length}\n`;
    const isSent = descriptors.length <= maxDescriptors && sendDescriptors(this.libc, fd, text, descriptors);
    if (!isSent) socket.destroy();
  }
}
