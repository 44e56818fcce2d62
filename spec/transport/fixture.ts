import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Context } from 'mocha';
import { type Libc, LibcUnavailableError, loadLibc } from '../../lib/transport/libc.js';
import {
  type Memory,
  type RecvmmsgOptions,
  RecvmmsgReceiver,
  recvmmsgRegionBytes,
} from '../../lib/transport/recvmmsg.js';
import { type DatagramSocket, openUdpSockets, type UdpListen } from '../../lib/transport/socket.js';
import { openWakeup, type Wakeup } from '../../lib/transport/wakeup.js';

/** The C library, or a skipped suite where this transport does not exist. */
export function libcOrSkip(context: Context): Libc {
  try {
    return loadLibc();
  } catch (error) {
    if (error instanceof LibcUnavailableError) context.skip();
    throw error;
  }
}

export interface Listening extends Disposable {
  readonly socket: DatagramSocket;
  readonly wakeup: Wakeup;
  readonly memory: Memory;
  readonly receiver: RecvmmsgReceiver;
}

export interface ListeningOptions extends Partial<RecvmmsgOptions>, Partial<UdpListen> {
  readonly memory?: Memory;
}

/** A receiver on a port of its own, in memory of its own. */
export function listening(libc: Libc, options: ListeningOptions = {}): Listening {
  const defaults = { address: '127.0.0.1', port: 0, sockets: 1, receiveBufferBytes: 2 ** 20 };
  const [socket] = openUdpSockets(libc, { ...defaults, ...options });
  const wakeup = openWakeup(libc);
  const memory = options.memory ?? { buffer: new SharedArrayBuffer(recvmmsgRegionBytes(options)) };
  const receiver = new RecvmmsgReceiver(libc, [socket!], wakeup, memory, 0, {
    idleTimeoutMs: 5000,
    ...options,
  });
  const dispose = () => {
    socket!.close();
    wakeup.close();
  };
  return { socket: socket!, wakeup, memory, receiver, [Symbol.dispose]: dispose };
}

export interface Datagram {
  readonly text: string;
  readonly sender: string;
  readonly truncated: boolean;
}

/** What the receiver's first `count` slots hold. */
export function slotsOf({ receiver, memory }: Listening, count: number): Datagram[] {
  return Array.from({ length: count }, (_, slot) => ({
    text: Buffer.from(memory.buffer, receiver.startOf(slot), receiver.lengthOf(slot)).toString('latin1'),
    sender: receiver.senderOf(slot),
    truncated: receiver.isTruncated(slot),
  }));
}

/**
 * Receives until `count` datagrams came, or none within the receiver's time, and gives them batch by batch. A kernel under load may deliver
 * late even on the loopback interface, so how they fall into batches is no matter for a spec.
 */
export function receiveBatches(server: Listening, count: number): Datagram[][] {
  const batches: Datagram[][] = [];
  for (let left = count; left > 0; ) {
    const batch = slotsOf(server, server.receiver.receive());
    if (batch.length === 0) break;
    batches.push(batch);
    left -= batch.length;
  }
  return batches;
}

/** The texts of the next `count` datagrams. */
export function receiveTexts(server: Listening, count: number): string[] {
  return receiveBatches(server, count)
    .flat()
    .map(({ text }) => text);
}

/** A sender on a port of its own; `send` has handed everything to the kernel, hence to a local receiver, when it resolves. */
export interface Client extends Disposable {
  readonly port: number;
  send(port: number, datagrams: readonly (string | Uint8Array)[]): Promise<void>;
}

export async function openClient(address = '127.0.0.1'): Promise<Client> {
  const socket: Socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.bind(0, address);
  await once(socket, 'listening');
  const sendOne = (port: number, datagram: string | Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      socket.send(datagram, port, address, (error) => (error === null ? resolve() : reject(error)));
    });
  return {
    port: socket.address().port,
    async send(port, datagrams) {
      for (const datagram of datagrams) await sendOne(port, datagram);
    },
    [Symbol.dispose]: () => {
      socket.close();
    },
  };
}
