import { Worker } from 'node:worker_threads';
import type { IntervalPoint } from '../aggregate/interval.js';
import type { Snapshot } from '../aggregate/snapshot.js';
import { SealedReader } from '../kernel/sealed.js';
import type { SeriesKey } from '../metric.js';
import type { DDSketchOptions } from '../sketch/ddsketch.js';
import type { Libc } from '../transport/libc.js';
import { openWakeup, type Wakeup } from '../transport/wakeup.js';
import {
  ControlSlot,
  controlSlots,
  type PackedHarvest,
  type WorkerAnswer,
  type WorkerMessage,
  type WorkerStart,
} from './control.js';
import { withoutDoubles } from './merge.js';
import { unpackPartial } from './packed.js';

/** One for all: series are many, and most have none. */
const noTags: SeriesKey['tags'] = [];

/** Points read from a thread's memory in one turn of the event loop: a few milliseconds' work. */
const pointsPerTurn = 1000;

export type WorkerSetup = Omit<WorkerStart, 'wakeupFd' | 'control'>;

/** The owner's end of one receiving thread. */
export class WorkerLink {
  private readonly keys: SeriesKey[] = [];
  private readonly answers: WorkerAnswer[] = [];
  private awaiting: (() => void) | undefined;
  private read = 0;

  private constructor(
    private readonly worker: Worker,
    private readonly wakeup: Wakeup,
    private readonly control: Int32Array,
    private readonly memory: WebAssembly.Memory,
    private readonly sketch: DDSketchOptions,
  ) {
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind !== 'answer') return;
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
    const workerData: WorkerStart = { ...setup, wakeupFd: wakeup.fd, control };
    const worker = new Worker(new URL('worker.js', import.meta.url), { workerData, name: 'receive' });
    const memory = await new Promise<WebAssembly.Memory>((resolve, reject) => {
      worker.once('error', reject);
      worker.once('message', (message: WorkerMessage) => {
        if (message.kind === 'ready') resolve(message.memory);
      });
    });
    worker.on('error', onError);
    return new WorkerLink(worker, wakeup, control, memory, setup.ingest.sketch);
  }

  /** The intervals that are over; with `last` the open one too, and the thread ends. */
  async collect(last: boolean): Promise<Snapshot[]> {
    this.ask(last);
    const snapshots: Snapshot[] = [];
    for (;;) {
      const { newSeries, harvests, isLast } = await this.answer();
      for (const key of newSeries) this.keys.push(key.tags.length === 0 ? { ...key, tags: noTags } : key);
      for (const harvest of harvests) {
        snapshots.push(await this.snapshot(harvest));
        this.read += 1;
        Atomics.store(this.control, ControlSlot.Read, this.read);
        Atomics.notify(this.control, ControlSlot.Read);
      }
      if (isLast || !last) break;
    }
    if (last) await this.end();
    return snapshots;
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

  private async end(): Promise<void> {
    await this.worker.terminate();
    this.wakeup.close();
  }

  /** Reads a harvest without holding up the event loop for long. */
  private async snapshot(harvest: PackedHarvest): Promise<Snapshot> {
    const { startMs, list, counts, badLines, events, checks } = harvest;
    const points = [];
    for (const { ref, timeMs, partial } of harvest.late)
      points.push(this.point(ref, timeMs, unpackPartial(partial)));
    for (const { ref, partial } of harvest.spilt)
      points.push(this.point(ref, startMs, unpackPartial(partial)));
    let untilPause = pointsPerTurn;
    for (const { ref, partial } of new SealedReader(this.memory, this.sketch).points(list)) {
      points.push(this.point(ref, startMs, partial));
      untilPause -= 1;
      if (untilPause > 0) continue;
      untilPause = pointsPerTurn;
      await new Promise((resolve) => setImmediate(resolve));
    }
    const snapshot = { startMs, points, events, checks, badLines, counts };
    return harvest.late.length + harvest.spilt.length > 0 ? withoutDoubles(snapshot) : snapshot;
  }

  private point(ref: number, timeMs: number, partial: IntervalPoint['partial']) {
    return { series: this.keys[ref]!, timeMs, partial };
  }
}
