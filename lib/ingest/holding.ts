import type { RecvmmsgReceiver } from '../transport/recvmmsg.js';
import type { DatagramSocket } from '../transport/socket.js';
import { ControlSlot, WorkerPhase } from './control.js';
import type { HeldDatagrams } from './held.js';

/** Between two looks at how full the sockets are. */
const watchPauseMs = 2;

/** How long to leave datagrams in the sockets when no more can be held. */
const fullPauseMs = 100;

export interface HoldingParts {
  readonly control: Int32Array;
  readonly receiver: RecvmmsgReceiver;
  readonly sockets: readonly DatagramSocket[];
  /** The memory that is received in. */
  readonly memory: Uint8Array;
  /** Told of what has just been received, in the first slots of the receiver. */
  readonly onReceived: (count: number) => void;
}

/**
 * Keeps what comes until it may be made into aggregates. Blocks the thread; returns at once when it may
 * already.
 */
export function holdUntilTaking(held: HeldDatagrams, parts: HoldingParts): void {
  const { control, receiver, memory, onReceived } = parts;
  awaitTurn(parts);
  for (;;) {
    const phase = Atomics.load(control, ControlSlot.Phase);
    if (phase === WorkerPhase.Taking) return;
    if (held.isFull) Atomics.wait(control, ControlSlot.Phase, phase, fullPauseMs);
    else {
      const count = receiver.receive();
      onReceived(count);
      held.keep(receiver, count, memory, Date.now());
    }
  }
}

/**
 * Keeps what waits in the sockets: it is behind what is held already. A thread that has just begun is slow, and
 * holding is faster than aggregating: so what piles up does so here, and not in the sockets.
 */
export function holdWaiting(
  held: HeldDatagrams,
  { control, receiver, memory, onReceived }: HoldingParts,
): void {
  while (!held.isFull && Atomics.load(control, ControlSlot.Stop) === 0) {
    const count = receiver.drain();
    onReceived(count);
    held.keep(receiver, count, memory, Date.now());
    if (count < receiver.slots) return;
  }
}

function awaitTurn({ control, sockets }: HoldingParts): void {
  Atomics.wait(control, ControlSlot.Phase, WorkerPhase.Waiting);
  while (Atomics.load(control, ControlSlot.Phase) === WorkerPhase.Watching) {
    // The system reserves twice what is granted.
    if (sockets.some((socket) => socket.queuedBytes() > socket.receiveBufferBytes)) return;
    Atomics.wait(control, ControlSlot.Phase, WorkerPhase.Watching, watchPauseMs);
  }
}
