import { parentPort, workerData } from 'node:worker_threads';
import { KernelTwin } from '../../kernel/twins.js';
import { randomFrom } from './day.js';
import type { Heard, LiveRequest } from './live-series.js';

const samplesPerTimer = 50;
const slots = 64;
const slotBytes = 4096;

/**
 * The thread of a server's memory with many live series, as its kernel has them: half counters, a quarter gauges, a
 * quarter timers of 50 lognormal samples; each with three tags of which one is its own, and heard in another order in each
 * interval.
 */
class Live {
  private readonly twin = new KernelTwin({
    dialect: 'goodall',
    slots,
    slotBytes,
    maxSeries: 1e7,
    maxSeriesPerName: 1e7,
    maxMemoryBytes: 2 ** 32 - 2 ** 16,
  });
  private readonly order: Uint32Array;
  private readonly random = randomFrom(1);
  /** A few hundred serve for all. */
  private readonly timers = Array.from({ length: 500 }, () => this.samples());

  constructor(count: number) {
    this.order = Uint32Array.from({ length: count }, (_, i) => i);
  }

  /** Hears every series once, and seals. */
  interval(timeMs: number): Heard {
    this.shuffle();
    this.hear(timeMs);
    const { kernel } = this.twin;
    return { memory: kernel.memory, list: kernel.seal()! };
  }

  release(): void {
    while (this.twin.kernel.release());
  }

  private hear(timeMs: number): void {
    let datagrams: Buffer[] = [];
    for (const i of this.order) {
      datagrams.push(Buffer.from(this.line(i)));
      if (datagrams.length < slots) continue;
      this.twin.ingest(datagrams, timeMs);
      datagrams = [];
    }
    this.twin.ingest(datagrams, timeMs);
  }

  private line(i: number): string {
    const tags = `env:prod,host:web-${i % 50},route:/v1/thing/${i}`;
    const below = (limit: number): number => Math.floor(this.random() * limit);
    switch (i % 4) {
      case 0:
        return `app.api.hits:${1 + below(1000)}|c|#${tags}`;
      case 1:
        return `app.api.queue:${this.random() * 100}|g|#${tags}`;
      case 2:
        return `app.api.bytes:${1 + below(1000)}|c|#${tags}`;
      default:
        return `app.api.latency:${this.timers[below(this.timers.length)]}|ms|#${tags}`;
    }
  }

  private samples(): string {
    const lognormal = (): number => {
      const normal = Math.sqrt(-2 * Math.log(1 - this.random())) * Math.cos(2 * Math.PI * this.random());
      return 20 * Math.exp(0.6 * normal);
    };
    return Array.from({ length: samplesPerTimer }, () => lognormal().toFixed(3)).join(':');
  }

  /** By Fisher and Yates. */
  private shuffle(): void {
    const { order } = this;
    for (let i = order.length - 1; i > 0; i -= 1) {
      const j = Math.floor(this.random() * (i + 1));
      const moved = order[i]!;
      order[i] = order[j]!;
      order[j] = moved;
    }
  }
}

const live = new Live(workerData as number);
parentPort!.on('message', (request: LiveRequest) => {
  if (request.kind === 'release') live.release();
  else parentPort!.postMessage(live.interval(request.timeMs));
});
