import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Counts } from './counts.js';
import { PlainRouter } from './plain-router.js';
import { type Routes, ringOf } from './routes.js';

/** Most datagrams given to Node and not sent yet. */
const mostUnsent = 4096;
const ENOBUFS = 105;

/** The portable way on: lines that come in one turn of the event loop are put together and sent in the next. */
export class PortableSender {
  private readonly router: PlainRouter;
  private readonly sockets: { udp4?: Socket; udp6?: Socket } = {};
  private routes: Routes;
  private scheduled: NodeJS.Immediate | undefined;
  private unsent = 0;
  private whenSent: (() => void) | undefined;

  constructor(
    routes: Routes,
    cacheSize: number,
    private readonly counts: Counts,
  ) {
    this.routes = routes;
    this.router = new PlainRouter(ringOf(routes), cacheSize);
  }

  use(routes: Routes): void {
    this.send();
    this.routes = routes;
    this.router.use(ringOf(routes));
  }

  /** Takes lines; their bytes are only lent. */
  take(lines: Buffer): void {
    this.router.route(lines);
    this.scheduled ??= setImmediate(() => this.send());
  }

  /** Sends what is put together, and returns when the system has it. */
  async finish(): Promise<void> {
    this.send();
    if (this.unsent > 0) {
      await new Promise<void>((resolve) => {
        this.whenSent = resolve;
      });
    }
    for (const socket of Object.values(this.sockets)) socket.close();
  }

  private send(): void {
    clearImmediate(this.scheduled);
    this.scheduled = undefined;
    for (const { node, bytes, lines } of this.router.take()) this.sendTo(node, bytes, lines);
    this.counts.add('linesWithoutNode', this.router.takeWithoutNode());
  }

  private sendTo(node: number, bytes: Uint8Array, lines: number): void {
    const { address, port, number } = this.routes[node]!;
    if (this.unsent === mostUnsent) {
      this.counts.refused(lines, ENOBUFS);
      return;
    }
    this.unsent += 1;
    this.socketFor(address).send(bytes, port, address, (error) => {
      this.unsent -= 1;
      if (error === null) this.counts.sent(number, lines);
      else this.counts.refused(lines, Math.abs((error as NodeJS.ErrnoException).errno ?? 0));
      if (this.unsent === 0) this.whenSent?.();
    });
  }

  private socketFor(address: string): Socket {
    const type = isIPv6(address) ? 'udp6' : 'udp4';
    let socket = this.sockets[type];
    if (socket === undefined) {
      socket = createSocket(type);
      // What cannot be sent is told to the callback of `send`; this is for a socket that cannot be opened at all.
      socket.on('error', () => {});
      this.sockets[type] = socket;
    }
    return socket;
  }
}
