import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { outputBytes } from '../kernel/router-layout.js';
import type { Counts } from './counts.js';
import { KernelRouter } from './kernel-router.js';
import { type Routes, ringOf } from './routes.js';

/**
 * Most bytes that can be taken at once: a piece of a TCP stream, and the beginning of a line from the one
 * before.
 */
export const mostTakenBytes = 131_072;
/** Most datagrams given to Node and not sent yet. */
const mostUnsent = 4096;
/** Turns of the event loop to wait for the last of them: a socket that cannot be opened never answers. */
const mostTurns = 1000;
const ENOBUFS = 105;

/** The portable way on: lines that come in one turn of the event loop are put together and sent in the next. */
export class PortableSender {
  private readonly router: KernelRouter;
  private readonly memory: Buffer;
  private readonly sockets: { udp4?: Socket; udp6?: Socket } = {};
  private routes: Routes;
  private scheduled: NodeJS.Immediate | undefined;
  private unsent = 0;

  constructor(
    routes: Routes,
    cacheSize: number,
    private readonly counts: Counts,
  ) {
    this.routes = routes;
    const send = (count: number) => this.send(count);
    this.router = new KernelRouter(ringOf(routes), { cacheSize, extraBytes: mostTakenBytes + 1, send });
    this.memory = Buffer.from(this.router.memory.buffer);
  }

  use(routes: Routes): void {
    this.flush();
    this.routes = routes;
    this.router.use(ringOf(routes));
  }

  /** Takes up to `mostTakenBytes` of lines; their bytes are only lent. */
  take(lines: Uint8Array): void {
    const { router, memory } = this;
    memory.set(lines, router.extraAt);
    router.route(router.extraAt, lines.length);
    // A line too long to be put together with others is sent from where it is, which the next one overwrites.
    if (lines.length > outputBytes) this.flush();
    else this.scheduled ??= setImmediate(() => this.flush());
  }

  /** Sends what is put together, and returns when the system has it, or does not take it for a long time. */
  async finish(): Promise<void> {
    this.flush();
    for (let turn = 0; turn < mostTurns && this.unsent > 0; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const socket of Object.values(this.sockets)) socket.close();
  }

  private flush(): void {
    clearImmediate(this.scheduled);
    this.scheduled = undefined;
    this.router.flush();
    this.counts.add('linesWithoutNode', this.router.takeWithoutNode());
  }

  private send(count: number): void {
    const { router, memory } = this;
    for (let output = 0; output < count; output++) {
      const start = router.startOf(output);
      // A copy: Node sends later.
      const bytes = Buffer.from(memory.subarray(start, start + router.lengthOf(output)));
      this.sendTo(router.nodeOfOutput(output), bytes, router.linesOf(output));
    }
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
    });
  }

  private socketFor(address: string): Socket {
    const type = isIPv6(address) ? 'udp6' : 'udp4';
    let socket = this.sockets[type];
    if (socket === undefined) {
      socket = createSocket(type);
      // What cannot be sent is told to the callback of `send`; this is for a socket that cannot be opened at
      // all.
      socket.on('error', () => {});
      this.sockets[type] = socket;
    }
    return socket;
  }
}
