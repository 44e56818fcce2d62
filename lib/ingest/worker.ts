import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { loadLibc } from '../transport/libc.js';
import { RecvmmsgReceiver } from '../transport/recvmmsg.js';
import { UdpSocket } from '../transport/socket.js';
import { Wakeup } from '../transport/wakeup.js';
import {
  ControlSlot,
  type PackedHarvest,
  type WorkerMessage,
  type WorkerRequest,
  type WorkerStart,
} from './control.js';
import { type KernelHarvest, KernelIngestor } from './kernel-ingestor.js';
import { packPartial } from './packed.js';

/** Most turns of reading what a socket still holds when the thread is asked to stop: senders may never pause. */
const maxDrainTurns = 20_000;

/** How long the owner has to read the interval sealed before the last. */
const readPatienceMs = 30_000;

/**
 * The thread that receives: batches of datagrams go from the socket into the kernel's memory and on into
 * aggregates, without an event, a copy or an allocation each. Console output would not appear while it blocks:
 * it counts, and whoever asks gets the counts.
 */
class ReceivingThread {
  private readonly control: Int32Array;
  private readonly requests: MessagePort;
  private readonly ingestor: KernelIngestor;
  private readonly receiver: RecvmmsgReceiver;
  private readonly socket: UdpSocket;
  private answered = 0;
  private replied = 0;
  private given = 0;
  private isReleasing = false;

  constructor({ ingest, slotBytes, socket, wakeupFd, ...owner }: WorkerStart) {
    const libc = loadLibc();
    this.socket = new UdpSocket(libc, socket.fd, socket.address, socket.port, socket.receiveBufferBytes);
    this.control = owner.control;
    this.requests = owner.requests;
    this.ingestor = new KernelIngestor(ingest, Date.now(), (slot) => this.receiver.senderOf(slot));
    const { kernel } = this.ingestor;
    this.receiver = new RecvmmsgReceiver(
      libc,
      this.socket,
      new Wakeup(libc, wakeupFd),
      kernel.memory,
      kernel.receiveStart,
      { slots: ingest.slots, slotBytes },
    );
  }

  run(): void {
    send({ kind: 'ready', memory: this.ingestor.kernel.memory });
    for (;;) {
      // What was read is released a piece at a time, between batches, and not left lying while nothing comes.
      this.take(this.isReleasing ? this.receiver.drain() : this.receiver.receive());
      this.release();
      this.reply();
      // In this order: a question that comes with the request to stop is answered by `finish`.
      const asked = Atomics.load(this.control, ControlSlot.Asked);
      if (Atomics.load(this.control, ControlSlot.Stop) !== 0) break;
      if (asked !== this.answered) {
        this.answered = asked;
        this.releaseAll();
        this.answer(this.ingestor.collect(Date.now()), false);
      }
    }
    for (let turn = 0; turn < maxDrainTurns; turn++) {
      const count = this.receiver.drain();
      if (count === 0) break;
      this.take(count);
    }
    // At once: what came now would be neither received nor refused to its sender.
    const drops = this.socket.drops();
    this.socket.close();
    send({ kind: 'closed', drops });
    this.finish();
  }

  private take(count: number): void {
    if (count === 0) return;
    const { receiver, ingestor } = this;
    let bytes = 0;
    for (let slot = 0; slot < count; slot++) {
      const length = receiver.lengthOf(slot);
      ingestor.kernel.setDatagram(slot, receiver.startOf(slot), length);
      bytes += length;
    }
    ingestor.ingest(count, bytes, Date.now());
  }

  private release(): void {
    const { ingestor, control } = this;
    if (ingestor.isReleased || ingestor.hasUncollected) return;
    this.isReleasing ||= Atomics.load(control, ControlSlot.Read) === this.given;
    if (this.isReleasing) this.isReleasing = ingestor.release();
  }

  /** What the owner has just taken back must not keep the interval open that it asks for. */
  private releaseAll(): void {
    do this.release();
    while (this.isReleasing);
  }

  private answer(harvests: readonly KernelHarvest[], isLast: boolean): void {
    this.given += harvests.length;
    send({
      kind: 'answer',
      isLast,
      newSeries: this.ingestor.table.takeNew(),
      harvests: harvests.map(packHarvest),
    });
  }

  /** Does what a person asked for. */
  private reply(): void {
    const requested = Atomics.load(this.control, ControlSlot.Requested);
    while (this.replied !== requested) {
      const received: { readonly message: WorkerRequest } | undefined = receiveMessageOnPort(this.requests);
      if (received === undefined) return;
      this.replied += 1;
      const { message } = received;
      const { aggregator, seen } = this.ingestor;
      if (message.kind === 'forget') aggregator.forget(message.refs);
      const look = message.kind === 'look' ? aggregator.look(message.of) : undefined;
      const moved = look === undefined ? [] : [look.refs.buffer, look.ends.buffer, look.values.buffer];
      send({ kind: 'reply', newSeries: this.ingestor.table.takeNew(), look, seen }, moved);
    }
  }

  /** What is over first; then, once its memory is released, the open interval. */
  private finish(): void {
    // Twice: an interval can only end once the one before is released.
    for (let turn = 0; turn < 2; turn++) {
      this.answer(this.ingestor.collect(Date.now()), false);
      this.awaitRelease();
    }
    this.answer([this.ingestor.finish()], true);
  }

  private awaitRelease(): void {
    const patience = Date.now() + readPatienceMs;
    while (!this.ingestor.isReleased && Date.now() < patience) {
      this.release();
      if (!this.isReleasing) Atomics.wait(this.control, ControlSlot.Read, this.given - 1, 10);
    }
  }
}

function packHarvest({ sealed, ...rest }: KernelHarvest): PackedHarvest {
  return {
    ...rest,
    startMs: sealed.startMs,
    list: sealed.content.list,
    spilt: sealed.content.spilt.map(({ ref, partial }) => ({ ref, partial: packPartial(partial) })),
    late: sealed.late.map(({ ref, timeMs, partial }) => ({ ref, timeMs, partial: packPartial(partial) })),
  };
}

function send(message: WorkerMessage, moved: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, moved);
}

new ReceivingThread(workerData as WorkerStart).run();
