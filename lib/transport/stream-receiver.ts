import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { ListenerBindError, messageOf } from '../errors.js';
import type { InheritedSocket } from './inheritance.js';
import type { Libc } from './libc.js';
import { Connection, type StreamSink } from './stream-connection.js';
import { clearUnixPath, UnixPath, withSocketMode } from './unix-path.js';
import { listenOnUnixSocket, type UnixListen } from './unix-socket.js';

export interface TcpListen {
  /** IPv4 or IPv6 address, `::` for both. */
  readonly address: string;
  /** 0 lets the system pick one. */
  readonly port: number;
}

/** Clients of one listener. One more is refused: which of the others could be spared is not for us to know. */
export const maxConnections = 1000;

/** How an IPv6 socket shows an IPv4 sender. */
const mapped = '::ffff:';

/** Most turns of reading what clients have sent when the listener ends: senders may never pause. */
const maxDrainTurns = 1000;

/** Lines over TCP or a unix socket. Nothing that a client does harms the server or another client. */
export class StreamReceiver {
  private refused = 0;
  private accepted = 0;
  private receivedBytes = 0;
  private readonly connections = new Set<Connection>();
  private readonly server: Server;
  private address: TcpListen | undefined;
  private fd: number | undefined;
  /** What clients of a unix socket are called, and the socket itself. */
  private name = '';
  private path: UnixPath | undefined;

  private constructor(
    private readonly sink: StreamSink,
    private readonly onTrouble: (message: string) => void,
  ) {
    this.server = createServer((socket) => this.accept(socket));
    this.server.maxConnections = maxConnections;
    this.server.on('drop', () => this.refuse(`there are ${maxConnections} already`));
  }

  /**
   * @param onTrouble told of clients that were refused, in words: the first, the tenth, the hundredth ...
   * @throws ListenerBindError
   */
  static async listenOnTcp(
    { address, port }: TcpListen,
    sink: StreamSink,
    onTrouble: (message: string) => void,
  ): Promise<StreamReceiver> {
    const receiver = new StreamReceiver(sink, onTrouble);
    try {
      receiver.server.listen(port, address);
      await once(receiver.server, 'listening');
    } catch (cause) {
      throw new ListenerBindError(
        `cannot bind TCP ${address} port ${port}: ${messageOf(cause)}; choose another port or address, or stop the program that has it`,
        { cause },
      );
    }
    receiver.address = receiver.server.address() as AddressInfo;
    receiver.bearTrouble();
    return receiver;
  }

  /**
   * Goes on with a socket that somebody else has bound.
   *
   * @param path of a unix socket that is ours to remove; undefined when it is not
   */
  static async adopt(
    { fd, kind, address, port }: InheritedSocket,
    path: UnixPath | undefined,
    sink: StreamSink,
    onTrouble: (message: string) => void,
  ): Promise<StreamReceiver> {
    const receiver = new StreamReceiver(sink, onTrouble);
    receiver.server.listen({ fd });
    await once(receiver.server, 'listening');
    receiver.fd = fd;
    receiver.path = path;
    receiver.name = `${kind}:${address}`;
    if (kind === 'tcp') receiver.address = { address, port };
    receiver.bearTrouble();
    return receiver;
  }

  /**
   * @param libc undefined where there is none: Node binds the path then, and removes it whoever has it by that
   *   time
   * @throws ListenerBindError
   */
  static async listenOnUnix(
    libc: Libc | undefined,
    listen: UnixListen,
    sink: StreamSink,
    onTrouble: (message: string) => void,
  ): Promise<StreamReceiver> {
    const receiver = new StreamReceiver(sink, onTrouble);
    const { server } = receiver;
    if (libc !== undefined) {
      receiver.fd = await listenOnUnixSocket(libc, listen);
      server.listen({ fd: receiver.fd });
      await once(server, 'listening');
    } else await receiver.bindPath(listen);
    receiver.path = new UnixPath(listen.path);
    receiver.name = `unix:${listen.path}`;
    receiver.bearTrouble();
    return receiver;
  }

  /** Its descriptor, to be handed on; undefined where there is none to be had. */
  get descriptor(): number | undefined {
    // Node shows it to nobody, but has it on every system that has descriptors.
    return this.fd ?? (this.server as unknown as { _handle?: { fd?: number } })._handle?.fd;
  }

  /** Leaves the path of a unix socket to somebody else. */
  releasePath(): void {
    this.path?.release();
  }

  /** What was bound; undefined for a unix socket. */
  get bound(): TcpListen | undefined {
    return this.address;
  }

  /**
   * What has been received by the system is received here too; then every connection ends, and nothing more
   * comes.
   */
  async drain(): Promise<void> {
    // Those who wait to be accepted have sent something too; Node accepts one a turn.
    await untilQuiet(() => this.accepted);
    this.stopListening();
    await untilQuiet(async () => {
      await this.sink.room();
      return this.isPaused ? undefined : this.receivedBytes;
    });
    await this.close();
    await this.sink.room();
  }

  async close(): Promise<void> {
    const closed =
      this.server.listening || this.connections.size > 0 ? once(this.server, 'close') : undefined;
    this.stopListening();
    for (const connection of this.connections) connection.destroy();
    await closed;
  }

  private get isPaused(): boolean {
    return [...this.connections].some((connection) => connection.isPaused);
  }

  private async bindPath({ path, mode }: UnixListen): Promise<void> {
    await clearUnixPath(path);
    try {
      withSocketMode(mode, () => this.server.listen(path));
      await once(this.server, 'listening');
    } catch (cause) {
      throw new ListenerBindError(
        `cannot bind the unix socket ${path}: ${messageOf(cause)}; choose another path`,
        { cause },
      );
    }
  }

  private stopListening(): void {
    if (!this.server.listening) return;
    this.path?.remove();
    this.server.close();
  }

  private bearTrouble(): void {
    // Such as too many open files: those who are connected are not concerned, and the next may have luck.
    this.server.on('error', (error) => this.refuse(messageOf(error)));
  }

  private refuse(reason: string): void {
    this.refused += 1;
    if (!Number.isInteger(Math.log10(this.refused))) return;
    const { address, name } = this;
    const where = address === undefined ? name : `TCP ${address.address} port ${address.port}`;
    this.onTrouble(`${where}: refused ${this.refused} clients so far: ${reason}`);
  }

  private accept(socket: Socket): void {
    this.accepted += 1;
    const { connections, sink } = this;
    const remote = socket.remoteAddress;
    const sender = remote?.startsWith(mapped) ? remote.slice(mapped.length) : remote;
    const connection = new Connection(socket, sink, sender ?? this.name);
    connections.add(connection);
    socket.on('data', (bytes) => {
      this.receivedBytes += bytes.length;
    });
    socket.once('close', () => connections.delete(connection));
  }
}

/** Lets the event loop turn until a turn leaves the count as it was; or `maxDrainTurns`. */
async function untilQuiet(count: () => number | undefined | Promise<number | undefined>): Promise<void> {
  let before: number | undefined;
  for (let turn = 0; turn < maxDrainTurns; turn++) {
    const now = await count();
    if (turn > 0 && now !== undefined && now === before) return;
    before = now;
    // Two: the first may already have passed its poll phase when this was called.
    await nextTurn();
    await nextTurn();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
