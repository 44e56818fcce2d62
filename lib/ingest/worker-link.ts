import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { CondensingOptions } from '../aggregate/condensing.js';
import type { LiveKind, Look } from '../aggregate/look.js';
import { unpackPartial } from '../aggregate/packed.js';
import { KernelNumbering } from '../kernel/keys.js';
import { SealedReader } from '../kernel/sealed.js';
import type { SeriesKey } from '../metric.js';
import type { SeriesRef } from '../series/table.js';
import type { Libc } from '../transport/libc.js';
import { openWakeup, type Wakeup } from '../transport/wakeup.js';
import {
  ControlSlot,
  controlSlots,
  type PackedHarvest,
  type WorkerAnswer,
  type WorkerMessage,
  WorkerPhase,
  type WorkerReply,
  type WorkerRequest,
  type WorkerStart,
} from './control.js';
import type { Seen } from './counts.js';
import { Lender } from './lending.js';
import type { Piece } from './line-feed.js';
import type { ThreadSnapshot } from './merge.js';
import type { LiveSource } from './merged-view.js';
import type { IngestOptions } from './options.js';
import type { PacketBatch, PacketSink } from './packets.js';

export type WorkerSetup = Omit<WorkerStart, 'wakeupFd' | 'control' | 'requests' | 'isTapped'> & {
  readonly onPackets: PacketSink | undefined;
  /** Whether the thread leaves its sockets alone until it is told otherwise. */
  readonly isHeld: boolean;
};

/** The owner's end of one receiving thread. */
export class WorkerLink implements LiveSource {
  private readonly numbering: KernelNumbering;
  private readonly lender: Lender;
  private readonly answers: WorkerAnswer[] = [];
  private awaiting: (() => void) | undefined;
  private pending: Pending[] = [];
  private hasEnded = false;
  private drops: number | undefined;
  private tellClosed!: () => void;
  /** Resolves when the thread has closed its sockets, having been asked to stop. */
  readonly closed = new Promise<void>((resolve) => {
    this.tellClosed = resolve;
  });
  private read = 0;

  private constructor(
    private readonly worker: Worker,
    private readonly wakeup: Wakeup,
    private readonly control: Int32Array,
    private readonly requests: MessagePort,
    private readonly memory: WebAssembly.Memory,
    private readonly sketch: CondensingOptions,
    private readonly onPackets: PacketSink | undefined,
  ) {
    this.numbering = new KernelNumbering(memory);
    this.lender = new Lender(this.numbering, () => this.giveBack());
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'ready') return;
      if (message.kind === 'packets') return this.tapped(message.batch);
      if (message.kind === 'closed') {
        this.drops = message.drops;
        this.tellClosed();
        return;
      }
      // Here, in the order in which they were sent: answers and replies are read in an order of their own.
      this.numbering.learn(message.newSeries);
      if (message.kind === 'reply') return this.pending.shift()?.resolve(message);
      this.answers.push(message);
      this.awaiting?.();
    });
  }

  /**
   * Starts a thread; resolves when it receives.
   *
   * @param onError what to do when the thread fails later on: it is the end of all receiving
   */
  static async start(libc: Libc, setup: WorkerSetup, onError: (error: Error) => void): Promise<WorkerLink> {
    const wakeup = openWakeup(libc);
    const control = new Int32Array(new SharedArrayBuffer(controlSlots * Int32Array.BYTES_PER_ELEMENT));
    const { port1, port2 } = new MessageChannel();
    // It is only sent to; it must not keep the process.
    port1.unref();
    const { onPackets, isHeld, ...start } = setup;
    const isTapped = onPackets !== undefined;
    if (!isHeld) Atomics.store(control, ControlSlot.Phase, WorkerPhase.Taking);
    const workerData: WorkerStart = { ...start, isTapped, wakeupFd: wakeup.fd, control, requests: port2 };
    const worker = new Worker(new URL('worker.js', import.meta.url), {
      workerData,
      transferList: [port2],
      name: 'receive',
    });
    const memory = await new Promise<WebAssembly.Memory>((resolve, reject) => {
      worker.once('error', reject);
      worker.once('message', (message: WorkerMessage) => {
        if (message.kind === 'ready') resolve(message.memory);
      });
    });
    worker.on('error', onError);
    return new WorkerLink(worker, wakeup, control, port1, memory, setup.ingest.sketch, onPackets);
  }

  /** Has a thread that is held make aggregates, of what it has kept first. */
  async startTaking(gauges: IngestOptions['gauges']): Promise<void> {
    const restored = this.request({ kind: 'restore', gauges });
    this.enter(WorkerPhase.Taking);
    await restored;
  }

  /** Has a thread that is held go on to another `WorkerPhase`. */
  enter(phase: number): void {
    Atomics.store(this.control, ControlSlot.Phase, phase);
    Atomics.notify(this.control, ControlSlot.Phase);
    this.wakeup.ring();
  }

  /** What was dropped in all, once the thread has closed its socket. */
  get finalDrops(): number | undefined {
    return this.drops;
  }

  /** The intervals that are over; with `last` the open one too, and the thread ends. */
  async collect(last: boolean): Promise<ThreadSnapshot[]> {
    await this.lender.takeBack();
    this.ask(last);
    const snapshots: ThreadSnapshot[] = [];
    for (;;) {
      const { harvests, isLast } = await this.answer();
      for (const harvest of harvests) {
        await this.lender.takeBack();
        snapshots.push(this.snapshot(harvest));
      }
      if (isLast || !last) break;
      // The thread goes on to the next interval only when this one is read.
      await this.lender.takeBack();
    }
    if (last) await this.end();
    return snapshots;
  }

  async look(kind: LiveKind): Promise<Look> {
    const { look } = await this.request({ kind: 'look', of: kind });
    return look!;
  }

  async forget(refs: readonly SeriesRef[]): Promise<void> {
    if (refs.length > 0) await this.request({ kind: 'forget', refs });
  }

  async seen(): Promise<Seen> {
    return (await this.request({ kind: 'seen' })).seen;
  }

  /** Has the thread take lines of streams; resolves when it has. */
  async take(pieces: readonly Piece[]): Promise<void> {
    await this.request({ kind: 'take', pieces });
  }

  keyOf(ref: SeriesRef): SeriesKey {
    return this.numbering.keyOf(ref);
  }

  private tapped(batch: PacketBatch): void {
    this.onPackets?.(batch);
    Atomics.sub(this.control, ControlSlot.TapHeld, batch.ends.at(-1) ?? 0);
  }

  private request(request: WorkerRequest): Promise<WorkerReply> {
    if (this.hasEnded) return Promise.reject(endedError());
    this.requests.postMessage(request);
    Atomics.add(this.control, ControlSlot.Requested, 1);
    this.wakeup.ring();
    return new Promise((resolve, reject) => this.pending.push({ resolve, reject }));
  }

  private ask(last: boolean): void {
    // The order matters to the thread, which reads them the other way round.
    if (last) Atomics.store(this.control, ControlSlot.Stop, 1);
    Atomics.add(this.control, ControlSlot.Asked, 1);
    this.wakeup.ring();
  }

  private async answer(): Promise<WorkerAnswer> {
    for (;;) {
      const answer = this.answers.shift();
      if (answer !== undefined) return answer;
      await new Promise<void>((resolve) => {
        this.awaiting = resolve;
      });
    }
  }

  /** Ends the thread, whatever it is at. */
  async end(): Promise<void> {
    this.hasEnded = true;
    const ended = this.worker.terminate();
    // It does not end while it blocks in a system call.
    this.wakeup.ring();
    await ended;
    this.wakeup.close();
    this.requests.close();
    for (const { reject } of this.pending) reject(endedError());
    this.pending = [];
  }

  private snapshot(harvest: PackedHarvest): ThreadSnapshot {
    const { startMs, list, counts, badLines, events, checks, refusals } = harvest;
    const spilt = harvest.spilt.map(({ ref, partial }) => ({ ref, partial: unpackPartial(partial) }));
    const late = harvest.late.map(({ ref, timeMs, partial }) => ({
      ref,
      timeMs,
      partial: unpackPartial(partial),
    }));
    const reader = new SealedReader(this.memory, this.sketch);
    const points = this.lender.lend({ startMs, list, spilt, late }, reader);
    return { startMs, points, events, checks, badLines, refusals, counts };
  }

  /** Lets the thread release what it has sealed. */
  private giveBack(): void {
    this.read += 1;
    Atomics.store(this.control, ControlSlot.Read, this.read);
    Atomics.notify(this.control, ControlSlot.Read);
  }
}

interface Pending {
  readonly resolve: (reply: WorkerReply) => void;
  readonly reject: (error: Error) => void;
}

function endedError(): Error {
  return new Error('the receiving thread has ended');
}
