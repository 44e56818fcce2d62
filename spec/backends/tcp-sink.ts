import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A receiver on a free port of the loopback interface. Keeps what each connection brought. */
export class TcpSink {
  readonly ended: Buffer[] = [];
  /** Bytes of connections that are still open, or were broken off. */
  openBytes = 0;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private onEnd: (() => void) | undefined;

  /** @param take what to do with a connection before anything is read of it */
  constructor(take: (socket: Socket) => void = () => {}) {
    this.server = createServer((socket) => {
      const chunks: Buffer[] = [];
      this.sockets.add(socket);
      socket.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        this.openBytes += chunk.length;
      });
      socket.on('end', () => {
        this.ended.push(Buffer.concat(chunks));
        this.onEnd?.();
      });
      socket.on('error', () => {});
      socket.on('close', () => this.sockets.delete(socket));
      take(socket);
    });
  }

  async listen(port = 0): Promise<number> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  /** What the connection of this number brought, once it has ended. */
  async received(index: number): Promise<Buffer> {
    while (this.ended.length <= index) {
      await new Promise<void>((resolve) => {
        this.onEnd = resolve;
      });
    }
    return this.ended[index]!;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}
