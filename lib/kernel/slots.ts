import { maxDatagramBytes } from './layout.js';

/** The part of a kernel that takes datagrams. */
interface DatagramTable {
  readonly bytes: Uint8Array;
  readonly receiveStart: number;
  setDatagram(slot: number, start: number, length: number): void;
}

/**
 * Slots of one size in a kernel's receive region, for receivers that are given datagrams and copy them there.
 */
export class ReceiveSlots {
  readonly slotBytes: number;
  private readonly kernel: DatagramTable;
  private readonly stride: number;

  /** The kernel's region must have `regionBytes(slots, slotBytes)`. */
  constructor(kernel: DatagramTable, slotBytes: number) {
    this.kernel = kernel;
    this.slotBytes = slotBytes;
    this.stride = strideOf(slotBytes);
  }

  /** What so many slots for datagrams of so many bytes, at most 65,535, take. */
  static regionBytes(slots: number, slotBytes: number): number {
    if (slotBytes > maxDatagramBytes) {
      throw new RangeError(`slots of ${slotBytes} bytes: a datagram has ${maxDatagramBytes} at most`);
    }
    return slots * strideOf(slotBytes);
  }

  /** Copies a datagram into a slot; what does not fit is cut off. */
  put(slot: number, datagram: Uint8Array): void {
    const { kernel, slotBytes } = this;
    const fitting = datagram.length > slotBytes ? datagram.subarray(0, slotBytes) : datagram;
    const start = kernel.receiveStart + slot * this.stride;
    kernel.bytes.set(fitting, start);
    kernel.setDatagram(slot, start, fitting.length);
  }
}

/**
 * The byte behind a datagram is the kernel's. And an odd number of cache lines: slots a power of two apart
 * would all fight for the same places in the caches.
 */
function strideOf(slotBytes: number): number {
  const lines = Math.ceil((slotBytes + 1) / lineBytes);
  return (lines % 2 === 0 ? lines + 1 : lines) * lineBytes;
}

const lineBytes = 64;
