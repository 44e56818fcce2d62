import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import type { CounterPartial, DistributionPartial } from '../../lib/aggregate/partial.js';
import { SealedReader } from '../../lib/kernel/sealed.js';
import { MetricType } from '../../lib/metric.js';
import { newSeriesOfBatch, requests, seriesOfBatch, shared } from './sealing-thread.js';

describe('a kernel and its reader in two threads', () => {
  it('lose nothing and count nothing twice while datagrams never pause', async () => {
    const numbers = new Int32Array(new SharedArrayBuffer(4 * shared.count));
    const worker = new Worker(new URL('sealing-thread.js', import.meta.url), { workerData: numbers.buffer });
    const ask = (request: number): void => {
      Atomics.store(numbers, shared.answer, requests.none);
      Atomics.store(numbers, shared.request, request);
      while (Atomics.load(numbers, shared.answer) === requests.none) {
        Atomics.wait(numbers, shared.answer, requests.none, 1000);
      }
    };
    try {
      const [memory] = (await once(worker, 'message')) as [WebAssembly.Memory];
      let batchesBefore = 0;
      for (let interval = 0; interval < 12; interval += 1) {
        ask(requests.seal);
        const batches = numbers[shared.batches]! - batchesBefore;
        batchesBefore = numbers[shared.batches]!;
        let sum = 0;
        let samples = 0;
        for (const { partial } of new SealedReader(memory, {}).points(numbers[shared.list]!)) {
          if (partial.type === MetricType.Counter) sum += (partial as CounterPartial).sum;
          else samples += (partial as DistributionPartial).sketch.count;
        }
        expect(batches).to.be.above(0);
        expect(sum, 'counted').to.equal(batches * (seriesOfBatch + newSeriesOfBatch));
        expect(samples, 'timed').to.equal(batches * seriesOfBatch);
        ask(requests.release);
      }
    } finally {
      Atomics.store(numbers, shared.request, requests.stop);
      await once(worker, 'exit');
    }
  });
});
