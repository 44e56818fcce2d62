import { workerData } from 'node:worker_threads';
import { loadLibc } from '../../lib/transport/libc.js';
import { type ReceivedSocket, RecvmmsgReceiver } from '../../lib/transport/recvmmsg.js';
import { Wakeup } from '../../lib/transport/wakeup.js';

/** Where the shared numbers are: the request that comes in, the counts that go out. */
export const slot = { stop: 0, datagrams: 1, bytes: 2, count: 3 } as const;

export interface ReceivingWorkerInput extends ReceivedSocket {
  readonly wakeupFd: number;
  readonly buffer: SharedArrayBuffer;
  readonly shared: SharedArrayBuffer;
}

/** Counts datagrams until told to stop, and then those that had come before. Says nothing meanwhile: a blocked thread has no events. */
function run(input: ReceivingWorkerInput): void {
  const libc = loadLibc();
  const shared = new Int32Array(input.shared);
  const wakeup = new Wakeup(libc, input.wakeupFd);
  // Long enough for a spec to fail when the wakeup does not end the wait.
  const receiver = new RecvmmsgReceiver(libc, [input], wakeup, input, 0, { idleTimeoutMs: 60_000 });
  const count = (datagrams: number) => {
    for (let i = 0; i < datagrams; i++) Atomics.add(shared, slot.bytes, receiver.lengthOf(i));
    Atomics.add(shared, slot.datagrams, datagrams);
    return datagrams;
  };
  while (Atomics.load(shared, slot.stop) === 0) count(receiver.receive());
  while (count(receiver.drain()) > 0);
}

if (workerData !== null) run(workerData as ReceivingWorkerInput);
