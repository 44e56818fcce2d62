import { isIPv6 } from 'node:net';
import { DgramAsPromised, type SocketAsPromised } from 'dgram-as-promised';
import { messageOf, UdpBindError } from '../errors.js';
import { DropReader } from './drops.js';

/** Takes one datagram; its bytes are only lent. `sender` is the sender's address. */
export type DatagramSink = (bytes: Uint8Array, sender: string, port: number) => void;

export interface ReceiverOptions {
  /** IPv4 or IPv6 address; `::` takes both kinds of sender. */
  readonly address: string;
  /** 0 lets the system pick one. */
  readonly port: number;
  /** Bytes asked of the system for the socket's receive buffer; it may grant less. */
  readonly receiveBufferBytes: number;
}

/** How an IPv6 socket shows an IPv4 sender. */
const mapped = '::ffff:';

/** The portable transport: UDP through Node's event loop. */
export class DgramReceiver {
  readonly address: string;
  readonly port: number;
  /**
   * What the system granted, in the terms of the request: Linux reports twice that, its own bookkeeping with
   * it.
   */
  readonly grantedBufferBytes: number;
  private readonly socket: SocketAsPromised;
  private readonly drops: DropReader;
  private received = 0;

  private constructor(socket: SocketAsPromised, sink: DatagramSink) {
    const { address, port } = socket.address();
    this.socket = socket;
    this.address = address;
    this.port = port;
    this.grantedBufferBytes = socket.getRecvBufferSize() / (process.platform === 'linux' ? 2 : 1);
    this.drops = new DropReader(port);
    socket.socket.on('message', (bytes, { address: sender, port: senderPort }) => {
      this.received += 1;
      sink(bytes, sender.startsWith(mapped) ? sender.slice(mapped.length) : sender, senderPort);
    });
  }

  /**
   * Binds a socket and gives every datagram to the sink.
   *
   * @throws UdpBindError when the address cannot be bound
   */
  static async open(options: ReceiverOptions, sink: DatagramSink): Promise<DgramReceiver> {
    const socket = DgramAsPromised.createSocket({ type: isIPv6(options.address) ? 'udp6' : 'udp4' });
    try {
      await socket.bind({ address: options.address, port: options.port });
    } catch (error) {
      socket.destroy();
      throw new UdpBindError(
        `cannot bind UDP ${options.address} port ${options.port}: ${messageOf(error)}; choose another --port or --address, or stop the program that has it`,
        { cause: error },
      );
    }
    growBuffer(socket, options.receiveBufferBytes);
    return new DgramReceiver(socket, sink);
  }

  /**
   * Datagrams the system dropped for want of room since the socket was bound; undefined where it does not tell.
   */
  dropped(): Promise<number | undefined> {
    return this.drops.read();
  }

  /**
   * Lets what already waits in the receive buffer arrive: returns after a turn of the event loop that brought
   * nothing, or after `maxTurns` when senders do not pause.
   */
  async drain(maxTurns = 1000): Promise<void> {
    for (let turn = 0; turn < maxTurns; turn++) {
      const before = this.received;
      // Two turns: the first may already have passed its poll phase when this was called.
      await nextTurn();
      await nextTurn();
      if (this.received === before) return;
    }
  }

  async close(): Promise<void> {
    await this.socket.close();
  }
}

/** Asks for the largest buffer up to `bytes`: some systems refuse a size instead of granting less. */
function growBuffer(socket: SocketAsPromised, bytes: number): void {
  for (let size = bytes; size >= 64 * 1024; size = Math.floor(size / 2)) {
    try {
      socket.setRecvBufferSize(size);
      return;
    } catch {
      // Refused: ask for half.
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
