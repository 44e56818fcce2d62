import { ControlSlot } from './control.js';
import type { PacketBatch } from './packets.js';

/** Most bytes of packets on their way to the owner of a receiving thread: it may be busy. */
const maxHeldBytes = 32 * 1024 * 1024;

/** Where received packets are, slot by slot. */
interface Slots {
  startOf(slot: number): number;
  lengthOf(slot: number): number;
  copySenders(count: number): Uint8Array<ArrayBuffer>;
}

/**
 * Copies of the packets that a receiving thread takes, for backends that want packets and not their numbers.
 * Without such a backend there is no tap.
 */
export class Tap {
  private lost = 0;

  constructor(
    private readonly control: Int32Array,
    private readonly slots: Slots,
    private readonly memory: Uint8Array,
  ) {}

  /** Copies the first slots; undefined when too much is on its way already. */
  copy(count: number): PacketBatch | undefined {
    const { slots, memory, control } = this;
    let total = 0;
    const ends = Uint32Array.from({ length: count }, (_, slot) => {
      total += slots.lengthOf(slot);
      return total;
    });
    if (Atomics.load(control, ControlSlot.TapHeld) + total > maxHeldBytes) {
      this.lost += count;
      return undefined;
    }
    Atomics.add(control, ControlSlot.TapHeld, total);
    const bytes = new Uint8Array(total);
    for (let slot = 0; slot < count; slot += 1) {
      const start = slots.startOf(slot);
      bytes.set(memory.subarray(start, start + slots.lengthOf(slot)), slot === 0 ? 0 : ends[slot - 1]!);
    }
    const lostBefore = this.lost;
    this.lost = 0;
    return { bytes, ends, senders: slots.copySenders(count), lostBefore };
  }
}
