import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { loadLibc } from '../transport/libc.js';
import { RecvmmsgReceiver } from '../transport/recvmmsg.js';
import { DatagramSocket } from '../transport/socket.js';
import { Wakeup } from '../transport/wakeup.js';
import { ControlSlot, type WorkerMessage, type WorkerRequest, type WorkerStart } from './control.js';
import { type HeldBatch, HeldDatagrams } from './held.js';
import { holdUntilTaking, holdWaiting } from './holding.js';
import { type KernelHarvest, KernelIngestor } from './kernel-ingestor.js';
import type { Piece } from './line-feed.js';
import { packHarvest } from './pack-harvest.js';
import { Tap } from './tap.js';

/** Most turns of reading what a socket still holds when the thread is asked to stop: senders may never pause. */
const maxDrainTurns = 20_000;

const lineFeed = 0x0a;

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
  private readonly sockets: readonly DatagramSocket[];
  /** Who sent the lines at hand, when they are of a stream. */
  private streamSender: string | undefined;
  /** Who sent what is in the slots, when it was held. */
  private heldSender: ((slot: number) => string) | undefined;
  private readonly tap: Tap | undefined;
  private answered = 0;
  private replied = 0;
  private given = 0;
  private isReleasing = false;

  constructor({ ingest, slotBytes, sockets, wakeupFd, ...owner }: WorkerStart) {
    const libc = loadLibc();
    this.sockets = sockets.map(
      ({ kind, fd, address, port, receiveBufferBytes }) =>
        new DatagramSocket(libc, kind, fd, address, port, receiveBufferBytes),
    );
    this.control = owner.control;
    this.requests = owner.requests;
    this.ingestor = new KernelIngestor(ingest, Date.now(), (slot) => this.senderOf(slot));
    const { kernel } = this.ingestor;
    this.receiver = new RecvmmsgReceiver(
      libc,
      this.sockets,
      new Wakeup(libc, wakeupFd),
      kernel.memory,
      kernel.receiveStart,
      { slots: ingest.slots, slotBytes },
    );
    this.tap = owner.isTapped ? new Tap(this.control, this.receiver, kernel.bytes) : undefined;
  }

  run(): void {
    send({ kind: 'ready', memory: this.ingestor.kernel.memory });
    this.takeHeld();
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
    const drops = this.sockets.reduce((sum, socket) => sum + socket.drops(), 0);
    for (const socket of this.sockets) socket.close();
    send({ kind: 'closed', drops });
    this.finish();
  }

  /** What came before its time, when another server's sockets are taken over; behind it, what comes meanwhile. */
  private takeHeld(): void {
    const { control, receiver, sockets, ingestor } = this;
    const memory = ingestor.kernel.bytes;
    const held = new HeldDatagrams();
    const onReceived = (count: number) => this.tell(count);
    const parts = { control, receiver, sockets, memory, onReceived };
    holdUntilTaking(held, parts);
    // What gauges were comes as a request before the phase changes.
    this.reply();
    for (let batch = held.takeFirst(); batch !== undefined; batch = held.takeFirst()) {
      this.takeBatch(batch);
      holdWaiting(held, parts);
    }
  }

  private takeBatch({ atMs, bytes, lengths, truncated, senderOf }: HeldBatch): void {
    const { ingestor, receiver } = this;
    this.heldSender = senderOf;
    let from = 0;
    let total = 0;
    for (const [slot, length] of lengths.entries()) {
      const start = receiver.startOf(slot);
      ingestor.kernel.bytes.set(bytes.subarray(from, from + length), start);
      const whole = truncated.has(slot) ? this.cut(slot, length) : length;
      ingestor.kernel.setDatagram(slot, start, whole);
      from += length;
      total += whole;
    }
    ingestor.ingest(lengths.length, total, atMs);
    this.heldSender = undefined;
  }

  private take(count: number): void {
    if (count === 0) return;
    const { receiver, ingestor } = this;
    let bytes = 0;
    for (let slot = 0; slot < count; slot++) {
      const received = receiver.lengthOf(slot);
      const length = receiver.isTruncated(slot) ? this.cut(slot, received) : received;
      ingestor.kernel.setDatagram(slot, receiver.startOf(slot), length);
      bytes += length;
    }
    // First: the kernel writes a line feed behind what it reads.
    this.tell(count);
    ingestor.ingest(count, bytes, Date.now());
  }

  /** Only a unix datagram can be longer than a slot: its last line is bad, those before it are not. Returns their length. */
  private cut(slot: number, length: number): number {
    const { receiver, ingestor } = this;
    const start = receiver.startOf(slot);
    const datagram = ingestor.kernel.bytes.subarray(start, start + length);
    const whole = datagram.lastIndexOf(lineFeed) + 1;
    this.streamSender = this.senderOf(slot);
    ingestor.broken('too_long', datagram.subarray(whole), Date.now());
    this.streamSender = undefined;
    return whole;
  }

  private senderOf(slot: number): string {
    return this.streamSender ?? this.heldSender?.(slot) ?? this.receiver.senderOf(slot);
  }

  private takePiece({ bytes, sender, broken }: Piece): void {
    const { ingestor, receiver } = this;
    this.streamSender = sender;
    if (broken === undefined) {
      const start = receiver.startOf(0);
      ingestor.kernel.bytes.set(bytes, start);
      ingestor.kernel.setDatagram(0, start, bytes.length);
      ingestor.ingest(1, bytes.length, Date.now());
    } else ingestor.broken(broken, bytes, Date.now());
    this.streamSender = undefined;
  }

  private tell(count: number): void {
    const batch = count === 0 ? undefined : this.tap?.copy(count);
    if (batch === undefined) return;
    send({ kind: 'packets', batch }, [batch.bytes.buffer, batch.ends.buffer, batch.senders.buffer]);
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

  /** Does what was asked for. */
  private reply(): void {
    const requested = Atomics.load(this.control, ControlSlot.Requested);
    while (this.replied !== requested) {
      const received: { readonly message: WorkerRequest } | undefined = receiveMessageOnPort(this.requests);
      if (received === undefined) return;
      this.replied += 1;
      const { message } = received;
      const { aggregator, seen } = this.ingestor;
      if (message.kind === 'restore') this.ingestor.restore(message.gauges);
      if (message.kind === 'take') for (const piece of message.pieces) this.takePiece(piece);
      if (message.kind === 'forget') aggregator.forget(message.refs);
      if (message.kind === 'growOlder') this.ingestor.growOlder();
      const retired = message.kind === 'retire' ? this.ingestor.retire(message.age) : undefined;
      const look = message.kind === 'look' ? aggregator.look(message.of) : undefined;
      const moved = look === undefined ? [] : [look.refs.buffer, look.ends.buffer, look.values.buffer];
      send({ kind: 'reply', newSeries: this.ingestor.table.takeNew(), look, retired, seen }, moved);
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

function send(message: WorkerMessage, moved: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, moved);
}

new ReceivingThread(workerData as WorkerStart).run();
