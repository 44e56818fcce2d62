import type { RecvmmsgReceiver } from '../transport/recvmmsg.js';

/** The datagrams of one receive, one behind the other. */
export interface HeldBatch {
  readonly atMs: number;
  readonly bytes: Uint8Array;
  readonly lengths: Uint32Array;
  /** Which of them have lost their end. */
  readonly truncated: ReadonlySet<number>;
  readonly senderOf: (slot: number) => string;
}

/** Most bytes that are held, with what it takes to hold them; what comes then stays in the sockets. */
const maxHeldBytes = 256 * 1024 * 1024;
const bytesPerDatagram = 40;

/** Datagrams as they came, for a while in which they cannot be made into aggregates yet. */
export class HeldDatagrams {
  private readonly batches: (HeldBatch | undefined)[] = [];
  private first = 0;
  private heldBytes = 0;

  get isFull(): boolean {
    return this.heldBytes >= maxHeldBytes;
  }

  /** Copies the first `count` slots of a receiver out of the memory that it receives in. */
  keep(receiver: RecvmmsgReceiver, count: number, memory: Uint8Array, atMs: number): void {
    if (count === 0) return;
    const lengths = new Uint32Array(count);
    const truncated = new Set<number>();
    let total = 0;
    for (let slot = 0; slot < count; slot++) {
      lengths[slot] = receiver.lengthOf(slot);
      if (receiver.isTruncated(slot)) truncated.add(slot);
      total += lengths[slot]!;
    }
    const bytes = new Uint8Array(total);
    let at = 0;
    for (let slot = 0; slot < count; slot++) {
      const start = receiver.startOf(slot);
      bytes.set(memory.subarray(start, start + lengths[slot]!), at);
      at += lengths[slot]!;
    }
    const batch = { atMs, bytes, lengths, truncated, senderOf: receiver.sendersOf(count) };
    this.heldBytes += sizeOf(batch);
    this.batches.push(batch);
  }

  /** Gives away the batch that came first; undefined when there is none. */
  takeFirst(): HeldBatch | undefined {
    const batch = this.batches[this.first];
    if (batch === undefined) return undefined;
    // Not held any longer than it must be: the memory may be needed for the next.
    this.batches[this.first] = undefined;
    this.first += 1;
    this.heldBytes -= sizeOf(batch);
    return batch;
  }
}

function sizeOf({ bytes, lengths }: HeldBatch): number {
  return bytes.length + lengths.length * bytesPerDatagram;
}
