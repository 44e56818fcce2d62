import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { LiveKind, Look } from '../aggregate/look.js';
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
import { Retirement, type SeriesPlace } from './idle.js';
import { Lender } from './lending.js';
import type { Piece } from './line-feed.js';
import type { ThreadSnapshot } from './merge.js';
import type { LiveSource } from './merged-view.js';
import type { IngestOptions } from './options.js';
import { unpackHarvest } from './pack-harvest.js';
import type { PacketBatch, PacketSink } from './packets.js';

export type WorkerSetup = Omit<WorkerStart, 'wakeupFd' | 'control' | 'requests' | 'isTapped'> & {
  readonly onPackets: PacketSink | undefined;
  /** Whether the thread leaves its sockets alone until it is told otherwise. */
  readonly isHeld: boolean;
};

/** The owner's end of one receiving thread. */
export class WorkerLink implements LiveSource, SeriesPlace {
  private readonly numbering: KernelNumbering;
  private readonly lender: Lender;
  private readonly retirement: Retirement;
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
    private readonly ingest: IngestOptions,
    private readonly onPackets: PacketSink | undefined,
  ) {
    this.numbering = new KernelNumbering(memory);
    this.lender = new Lender(this.numbering, () => this.giveBack());
    this.retirement = new Retirement(ingest, this.lender, this);
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'ready') return;
      if (message.kind === 'packets') return this.tapped(message.batch);
      if (message.kind === 'closed') {
        this.drops = message.drops;
        this.tellClosed();
        return;
      }
      // Here, in the order in which they were sent: answers and replies are read in an order of their own.
      if (message.kind === 'reply') this.numbering.forget(message.retired?.refs ?? []);
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
    return new WorkerLink(worker, wakeup, control, port1, memory, setup.ingest, onPackets);
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
    if (last) this.hold();
    await this.retirement.stop();
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
    else if (snapshots.length > 0) this.retirement.turn();
    return snapshots;
  }

  async look(kind: LiveKind): Promise<Look> {
    const { look } = await this.request({ kind: 'look', of: kind });
    return look!;
  }

  async forget(refs: readonly SeriesRef[]): Promise<void> {
    if (refs.length > 0) await this.request({ kind: 'forget', refs });
  }

  readonly hold = (): (() => void) => this.retirement.hold();

  // A thread that has ended has no series: nothing is left to do.
  async growOlder(): Promise<void> {
    await this.request({ kind: 'growOlder' }).catch(() => {});
  }

  async retire(age: number): Promise<boolean> {
    const reply = await this.request({ kind: 'retire', age }).catch(() => undefined);
    return reply?.retired?.hasMore === true;
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
    if (this.hasEnded) return Promise.reject(new Error(ended));
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
    const termination = this.worker.terminate();
    // It does not end while it blocks in a system call.
    this.wakeup.ring();
    await termination;
    this.wakeup.close();
    this.requests.close();
    for (const { reject } of this.pending) reject(new Error(ended));
    this.pending = [];
  }

  private snapshot(harvest: PackedHarvest): ThreadSnapshot {
    const { startMs, counts, badLines, events, checks, refusals } = harvest;
    const reader = new SealedReader(this.memory, this.ingest.sketch);
    const points = this.lender.lend(unpackHarvest(harvest), reader);
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

const ended = 'the receiving thread has ended';
