import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { ColumnPoints } from '../../../lib/aggregate/column-points.js';
import type { Flush } from '../../../lib/flush/flush.js';
import { SealedColumns } from '../../../lib/ingest/sealed-columns.js';
import { KernelNumbering } from '../../../lib/kernel/keys.js';
import { SealedReader } from '../../../lib/kernel/sealed.js';
import { keepYoungHeapSmall } from '../../../lib/lean-heap.js';

export type LiveRequest =
  | { readonly kind: 'interval'; readonly timeMs: number }
  | { readonly kind: 'release' };

/** A sealed interval, in the memory of a kernel. */
export interface Heard {
  readonly memory: WebAssembly.Memory;
  readonly list: number;
}

/** Many live series in a thread of their own, as a server has them (`live-series-thread.ts`). */
export class LiveSeries {
  private readonly worker: Worker;
  private numbering: KernelNumbering | undefined;

  constructor(
    private readonly count: number,
    private readonly intervalMs: number,
  ) {
    this.worker = new Worker(new URL('./live-series-thread.js', import.meta.url), { workerData: count });
  }

  /** Hears every series once. What is returned must be released before the next. */
  async flush(id: string, timeMs: number): Promise<Flush> {
    const request: LiveRequest = { kind: 'interval', timeMs };
    this.worker.postMessage(request);
    const [{ memory, list }] = (await once(this.worker, 'message')) as [Heard];
    // As the server does; the thread has undone it when it started.
    keepYoungHeapSmall();
    this.numbering ??= new KernelNumbering(memory);
    const columns = new SealedColumns(this.numbering, new SealedReader(memory, {}), list, timeMs, []);
    const release: LiveRequest = { kind: 'release' };
    const ingest = {
      ...{ datagrams: 1, bytes: 1, lines: this.count, badLines: {}, unknownFields: 0, datagramsDropped: 0 },
      ...{ samplesOverflowed: 0, seriesLive: this.count, seriesRefused: 0, flushDurationMs: 0 },
    };
    return {
      ...{ id, source: 'bench', startMs: timeMs, intervalMs: this.intervalMs, ingest },
      ...{ events: [], checks: [], badLines: [] },
      points: new ColumnPoints(columns, () => this.worker.postMessage(release)),
    };
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}
