import type { MessagePort } from 'node:worker_threads';
import type { DatagramSocket } from '../transport/socket.js';
import type { Routes } from './routes.js';

/**
 * What the forwarding thread and its owner share: a thread that blocks in a system call is not called for a
 * message, so requests lie in shared memory, which it reads between two batches; a bell (`Wakeup`) ends its
 * wait.
 */
export const ControlSlot = {
  /** How many `Routes` were sent: only when it changes does the thread look for them. */
  Routes: 0,
  /** Not 0: forward what the socket still holds, close it, and end. */
  Stop: 1,
} as const;

export const controlSlots = 2;

/** What the thread is started with. Descriptors are the process's, so a number is enough. */
export interface WorkerStart {
  readonly routes: Routes;
  readonly cacheSize: number;
  /** The thread closes it when it has stopped. */
  readonly socket: Pick<DatagramSocket, 'fd' | 'address' | 'port' | 'receiveBufferBytes'>;
  readonly wakeupFd: number;
  readonly control: Int32Array;
  readonly counts: SharedArrayBuffer;
  /** Where other `Routes` come in. */
  readonly requests: MessagePort;
}

/** First that it forwards; when it has stopped, what the system dropped on its socket in all. */
export type WorkerMessage = { readonly kind: 'ready' } | { readonly kind: 'closed'; readonly drops: number };
