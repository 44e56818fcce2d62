import type { MetricType } from '../metric.js';

/** Stands for "no series" where a `SeriesRef` is expected. */
export const NoSeries = -1;

const fieldsPerSlot = 6;
const initialSlots = 1024;

/**
 * From the bytes of a spelling (name, tags, type as sent) to its series, without making a string.
 *
 * A cache in front of the canonical table: open addressing with linear probing, rows of six 32-bit fields, the
 * bytes themselves in one arena. Every hit compares all bytes, so a collision costs time and never an answer.
 * The benchmark against a `Map` of strings is spec/bench/series/raw-index.ts.
 *
 *     slot: | hash | offset + 1 | nameLength | tagsLength | type | ref |      offset + 1 = 0: slot is free
 */
export class RawIndex {
  private slots = new Uint32Array(initialSlots * fieldsPerSlot);
  private mask = initialSlots - 1;
  private arena = new Uint8Array(64 * 1024);
  private arenaUsed = 0;
  private used = 0;

  /** How many spellings are held. */
  get size(): number {
    return this.used;
  }

  find(
    slab: Uint8Array,
    nameStart: number,
    nameEnd: number,
    tagsStart: number,
    tagsEnd: number,
    type: MetricType,
  ): number {
    const { slots, mask } = this;
    const hash = hashSpelling(slab, nameStart, nameEnd, tagsStart, tagsEnd, type);
    const nameLength = nameEnd - nameStart;
    const tagsLength = tagsEnd - tagsStart;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const row = slot * fieldsPerSlot;
      const offset = slots[row + 1]!;
      if (offset === 0) return NoSeries;
      if (
        slots[row] === hash &&
        slots[row + 2] === nameLength &&
        slots[row + 3] === tagsLength &&
        slots[row + 4] === type &&
        this.sameBytes(offset - 1, slab, nameStart, nameLength) &&
        this.sameBytes(offset - 1 + nameLength, slab, tagsStart, tagsLength)
      ) {
        return slots[row + 5]!;
      }
    }
  }

  /** Adds a spelling that `find` did not find. */
  add(
    slab: Uint8Array,
    nameStart: number,
    nameEnd: number,
    tagsStart: number,
    tagsEnd: number,
    type: MetricType,
    ref: number,
  ): void {
    if ((this.used + 1) * 2 > this.mask + 1) this.grow();
    const hash = hashSpelling(slab, nameStart, nameEnd, tagsStart, tagsEnd, type);
    const offset = this.keep(slab, nameStart, nameEnd, tagsStart, tagsEnd);
    const row = this.freeRow(hash);
    this.slots[row] = hash;
    this.slots[row + 1] = offset + 1;
    this.slots[row + 2] = nameEnd - nameStart;
    this.slots[row + 3] = tagsEnd - tagsStart;
    this.slots[row + 4] = type;
    this.slots[row + 5] = ref;
    this.used += 1;
  }

  /** Forgets every spelling; they are learnt again as they come. */
  clear(): void {
    this.slots = new Uint32Array(initialSlots * fieldsPerSlot);
    this.mask = initialSlots - 1;
    this.arena = new Uint8Array(64 * 1024);
    this.arenaUsed = 0;
    this.used = 0;
  }

  private sameBytes(offset: number, slab: Uint8Array, start: number, length: number): boolean {
    const { arena } = this;
    for (let i = 0; i < length; i++) {
      if (arena[offset + i] !== slab[start + i]) return false;
    }
    return true;
  }

  private keep(
    slab: Uint8Array,
    nameStart: number,
    nameEnd: number,
    tagsStart: number,
    tagsEnd: number,
  ): number {
    const offset = this.arenaUsed;
    const needed = offset + (nameEnd - nameStart) + (tagsEnd - tagsStart);
    if (needed > this.arena.length) {
      const wider = new Uint8Array(Math.max(needed, this.arena.length * 2));
      wider.set(this.arena);
      this.arena = wider;
    }
    this.arena.set(slab.subarray(nameStart, nameEnd), offset);
    this.arena.set(slab.subarray(tagsStart, tagsEnd), offset + nameEnd - nameStart);
    this.arenaUsed = needed;
    return offset;
  }

  private freeRow(hash: number): number {
    let slot = hash & this.mask;
    while (this.slots[slot * fieldsPerSlot + 1] !== 0) slot = (slot + 1) & this.mask;
    return slot * fieldsPerSlot;
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Uint32Array(old.length * 2);
    this.mask = this.mask * 2 + 1;
    for (let row = 0; row < old.length; row += fieldsPerSlot) {
      if (old[row + 1] !== 0) this.slots.set(old.subarray(row, row + fieldsPerSlot), this.freeRow(old[row]!));
    }
  }
}

/** FNV-1a over name, tags and type, with a final mix because the table uses the low bits. */
function hashSpelling(
  slab: Uint8Array,
  nameStart: number,
  nameEnd: number,
  tagsStart: number,
  tagsEnd: number,
  type: number,
): number {
  let h = 0x811c9dc5 ^ type;
  for (let i = nameStart; i < nameEnd; i++) h = Math.imul(h ^ slab[i]!, 0x01000193);
  for (let i = tagsStart; i < tagsEnd; i++) h = Math.imul(h ^ slab[i]!, 0x01000193);
  h ^= h >>> 15;
  h = Math.imul(h, 0x85ebca6b);
  return (h ^ (h >>> 13)) >>> 0;
}
