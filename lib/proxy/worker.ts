import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { loadLibc } from '../transport/libc.js';
import { RecvmmsgReceiver, recvmmsgDefaults, recvmmsgRegionBytes } from '../transport/recvmmsg.js';
import { DatagramSocket } from '../transport/socket.js';
import { Wakeup } from '../transport/wakeup.js';
import { ControlSlot, type WorkerMessage, type WorkerStart } from './control.js';
import { Counts } from './counts.js';
import { KernelRouter } from './kernel-router.js';
import { type Routes, ringOf } from './routes.js';
import { Sender, senderRegionBytes } from './sender.js';

/**
 * Most turns of reading what the socket still holds when the thread is asked to stop: senders may never pause.
 */
const maxDrainTurns = 20_000;

/** The sender's region, in whole pages: the receiver's must begin with one. */
const senderBytes = Math.ceil(senderRegionBytes / 4096) * 4096;

/**
 * The thread that forwards: batches of datagrams go from the socket into the router's memory and on to the
 * nodes, without an event, a copy of a datagram or an allocation each. What is put together is sent when a
 * batch is done.
 */
class ForwardingThread {
  private readonly control: Int32Array;
  private readonly requests: MessagePort;
  private readonly counts: Counts;
  private readonly socket: DatagramSocket;
  private readonly router: KernelRouter;
  private readonly sender: Sender;
  private readonly receiver: RecvmmsgReceiver;
  private read = 0;

  constructor({ routes, cacheSize, socket, wakeupFd, ...owner }: WorkerStart) {
    const libc = loadLibc();
    this.control = owner.control;
    this.requests = owner.requests;
    this.counts = new Counts(owner.counts);
    this.socket = new DatagramSocket(
      libc,
      'udp',
      socket.fd,
      socket.address,
      socket.port,
      socket.receiveBufferBytes,
    );
    const { slots, slotBytes } = recvmmsgDefaults;
    const extraBytes = senderBytes + recvmmsgRegionBytes({ slots, slotBytes });
    const send = (count: number) => this.sender.send(count);
    this.router = new KernelRouter(ringOf(routes), { cacheSize, extraBytes, send });
    const { memory, extraAt } = this.router;
    this.sender = new Sender(libc, this.router, extraAt, this.counts);
    this.sender.use(routes);
    const wakeup = new Wakeup(libc, wakeupFd);
    this.receiver = new RecvmmsgReceiver(libc, [this.socket], wakeup, memory, extraAt + senderBytes, {
      slots,
      slotBytes,
    });
  }

  run(): void {
    tell({ kind: 'ready' });
    while (Atomics.load(this.control, ControlSlot.Stop) === 0) {
      const count = this.receiver.receive();
      // First: a datagram that came after the console said who is healthy goes by that.
      this.readRoutes();
      this.forward(count);
    }
    for (let turn = 0; turn < maxDrainTurns; turn++) {
      const count = this.receiver.drain();
      if (count === 0) break;
      this.forward(count);
    }
    // At once: what came now would be neither forwarded nor refused to its sender.
    const drops = this.socket.drops();
    this.socket.close();
    this.sender.close();
    tell({ kind: 'closed', drops });
  }

  private forward(count: number): void {
    const { receiver, router, counts } = this;
    let bytes = 0;
    for (let slot = 0; slot < count; slot++) {
      const length = receiver.lengthOf(slot);
      router.route(receiver.startOf(slot), length);
      bytes += length;
    }
    router.flush();
    counts.add('datagramsReceived', count);
    counts.add('bytesReceived', bytes);
    counts.add('linesWithoutNode', router.takeWithoutNode());
  }

  private readRoutes(): void {
    const wanted = Atomics.load(this.control, ControlSlot.Routes);
    while (this.read !== wanted) {
      const received: { readonly message: Routes } | undefined = receiveMessageOnPort(this.requests);
      if (received === undefined) return;
      this.read += 1;
      this.sender.use(received.message);
      this.router.use(ringOf(received.message));
    }
  }
}

function tell(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

new ForwardingThread(workerData as WorkerStart).run();
