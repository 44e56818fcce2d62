import { parentPort, workerData } from 'node:worker_threads';
import { Kernel, type LineHost } from '../../lib/kernel/host.js';
import { ReceiveSlots } from '../../lib/kernel/slots.js';

/** Where the shared numbers are: a request, the answer to it, and what comes with the answer. */
export const shared = { request: 0, answer: 1, list: 2, batches: 3, count: 4 } as const;
/** A request is answered with its own number. */
export const requests = { none: 0, seal: 1, release: 2, stop: 3 } as const;

/** Lines of a batch: two for each of so many series, a counter and a timer. */
export const seriesOfBatch = 500;
/** Each batch has this many names that no batch had before. */
export const newSeriesOfBatch = 20;

/** Takes batch after batch without a pause, and answers requests in between. */
function run(numbers: Int32Array): void {
  const slotBytes = 65_507;
  const receiveBytes = ReceiveSlots.regionBytes(1, slotBytes);
  const kernel = new Kernel({
    dialect: 'goodall',
    sketch: {},
    slots: 1,
    receiveBytes,
    maxMemoryBytes: 2 ** 28,
  });
  const slots = new ReceiveSlots(kernel, slotBytes);
  let refs = 0;
  const refuse = (): never => {
    throw new Error('only spellings were to be handed over');
  };
  const host: LineHost = { line: refuse, spelling: () => refs++, sample: refuse, member: refuse };
  const usual = Array.from({ length: seriesOfBatch }, (_, i) => `c.${i}:1|c\nt.${i}:${i}|ms\n`).join('');
  parentPort!.postMessage(kernel.memory);
  for (let batches = 1; ; batches += 1) {
    let text = usual;
    for (let i = 0; i < newSeriesOfBatch; i += 1) text += `new.${batches % 1000}.${i}:1|c\n`;
    slots.put(0, Buffer.from(text));
    kernel.ingest(1, 0, host);
    const request = Atomics.load(numbers, shared.request);
    if (request === requests.stop) return;
    if (request === requests.seal) numbers[shared.list] = kernel.seal()!;
    if (request === requests.release && kernel.release()) continue;
    if (request === requests.none) continue;
    numbers[shared.batches] = batches;
    Atomics.store(numbers, shared.request, requests.none);
    Atomics.store(numbers, shared.answer, request);
    Atomics.notify(numbers, shared.answer);
  }
}

if (parentPort !== null) run(new Int32Array(workerData as SharedArrayBuffer));
