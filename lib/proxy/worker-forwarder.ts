import { once } from 'node:events';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Libc } from '../transport/libc.js';
import { type DatagramSocket, openUdpSockets } from '../transport/socket.js';
import { openWakeup, type Wakeup } from '../transport/wakeup.js';
import { ControlSlot, controlSlots, type WorkerMessage, type WorkerStart } from './control.js';
import type { Counts } from './counts.js';
import type { Forwarder, ForwarderOptions } from './forwarder.js';
import type { Routes } from './routes.js';

export interface WorkerForwarderOptions extends ForwarderOptions {
  /** What to do when the thread fails: nothing is forwarded any more. */
  readonly onError: (error: Error) => void;
}

/** The fast path: a thread that receives with recvmmsg and sends with sendmmsg. This is its owner's end. */
export class WorkerForwarder implements Forwarder {
  readonly listener: string;
  private readonly closed: Promise<void>;
  private finalDrops: number | undefined;

  private constructor(
    private readonly worker: Worker,
    private readonly socket: DatagramSocket,
    private readonly wakeup: Wakeup,
    private readonly control: Int32Array,
    private readonly requests: MessagePort,
  ) {
    const { address, port } = socket;
    this.listener = `udp ${address.includes(':') ? `[${address}]` : address}:${port} (recvmmsg)`;
    this.closed = new Promise((resolve) => {
      worker.on('message', (message: WorkerMessage) => {
        if (message.kind === 'closed') this.finalDrops = message.drops;
        resolve();
      });
    });
  }

  /**
   * @throws UdpBindError when the address cannot be bound; LibcUnavailableError when this way is not open here
   */
  static async open(
    libc: Libc,
    routes: Routes,
    counts: Counts,
    options: WorkerForwarderOptions,
  ): Promise<WorkerForwarder> {
    const [socket] = openUdpSockets(libc, { ...options, sockets: 1 });
    const { fd, address, port, receiveBufferBytes } = socket!;
    const wakeup = openWakeup(libc);
    const control = new Int32Array(new SharedArrayBuffer(controlSlots * Int32Array.BYTES_PER_ELEMENT));
    const { port1, port2 } = new MessageChannel();
    // It is only sent to; it must not keep the process.
    port1.unref();
    const start: WorkerStart = {
      routes,
      cacheSize: options.cacheSize,
      socket: { fd, address, port, receiveBufferBytes },
      wakeupFd: wakeup.fd,
      control,
      counts: counts.memory,
      requests: port2,
    };
    const worker = new Worker(new URL('worker.js', import.meta.url), {
      workerData: start,
      transferList: [port2],
      name: 'forward',
    });
    // Its first message says that it forwards; `once` rejects when it fails instead.
    await once(worker, 'message');
    worker.on('error', options.onError);
    return new WorkerForwarder(worker, socket!, wakeup, control, port1);
  }

  use(routes: Routes): void {
    this.requests.postMessage(routes);
    Atomics.add(this.control, ControlSlot.Routes, 1);
    this.wakeup.ring();
  }

  async dropped(): Promise<number> {
    return this.finalDrops ?? this.socket.drops();
  }

  async finish(): Promise<void> {
    Atomics.store(this.control, ControlSlot.Stop, 1);
    this.wakeup.ring();
    await this.closed;
    await this.worker.terminate();
    this.wakeup.close();
    this.requests.close();
  }
}
