/**
 * Bins of one side of a sketch: weights by key. A slot is a place in key order; `weightAt` of a slot may be 0,
 * which stands for no bin. Slots are valid until the next change.
 */
export interface Bins {
  readonly slots: number;
  keyAt(slot: number): number;
  weightAt(slot: number): number;
  add(key: number, weight: number): void;
  /** Adds the bins of others from a slot on, in one pass. */
  addFrom(from: Bins, slot: number): void;
  /** Adds the weights of the bins from a slot on to those of consecutive keys, of which `base` is the first. */
  addTo(weights: Float64Array, base: number, slot: number): void;
  /** Removes the bins below a key, and gives back their weight. */
  drainBelow(key: number): number;
}

/**
 * Sorted parallel arrays: what most sketches are, ten to fifty bins over a few hundred keys. Plain arrays,
 * because small ones are made several times faster than typed ones and take less memory.
 */
export class SparseBins implements Bins {
  private readonly keys: number[] = [];
  private readonly weights: number[] = [];
  /** The arrays may be longer: what lies behind is room. */
  private count = 0;

  get slots(): number {
    return this.count;
  }

  keyAt(slot: number): number {
    return this.keys[slot]!;
  }

  weightAt(slot: number): number {
    return this.weights[slot]!;
  }

  /** Removes all bins, and keeps their room for others. */
  clear(): void {
    this.count = 0;
  }

  /** Replaces all bins by so many that `put` puts at the beginning of both lists: keys, which must rise, and weights. */
  refill(count: number, put: (keys: number[], weights: number[]) => void): void {
    this.clear();
    put(this.keys, this.weights);
    this.count = count;
  }

  /** Adds a bin whose key is above all others. */
  private append(key: number, weight: number): void {
    const { keys, weights, count } = this;
    // An index at the end lets an array grow, as push does.
    keys[count] = key;
    weights[count] = weight;
    this.count = count + 1;
  }

  add(key: number, weight: number): void {
    const { keys, weights, count } = this;
    // Decoding and merging add in order of keys: mostly at the end.
    if (count === 0 || keys[count - 1]! < key) {
      this.append(key, weight);
      return;
    }
    const at = lowerSlot(keys, count, key);
    if (keys[at] === key) {
      weights[at]! += weight;
      return;
    }
    this.count = count + 1;
    for (let i = count; i > at; i -= 1) {
      keys[i] = keys[i - 1]!;
      weights[i] = weights[i - 1]!;
    }
    keys[at] = key;
    weights[at] = weight;
  }

  addFrom(from: Bins, slot: number): void {
    const { keys, weights } = this;
    let own = this.count - 1;
    const count = this.count + this.missingFrom(from, slot);
    for (let i = this.count; i < count; i += 1) {
      keys[i] = 0;
      weights[i] = 0;
    }
    this.count = count;
    // From the top down, so that every bin moves to its place before that is written to.
    let to = count - 1;
    for (let other = from.slots - 1; other >= slot; other -= 1) {
      const weight = from.weightAt(other);
      if (weight === 0) continue;
      const key = from.keyAt(other);
      for (; own >= 0 && keys[own]! > key; own -= 1, to -= 1) {
        keys[to] = keys[own]!;
        weights[to] = weights[own]!;
      }
      const shared = own >= 0 && keys[own] === key;
      keys[to] = key;
      weights[to] = shared ? weights[own]! + weight : weight;
      if (shared) own -= 1;
      to -= 1;
    }
  }

  addTo(weights: Float64Array, base: number, slot: number): void {
    const { keys, weights: own, count } = this;
    for (let i = slot; i < count; i += 1) weights[keys[i]! - base]! += own[i]!;
  }

  /** How many bins of others, from a slot on, have keys that are not here. */
  private missingFrom(from: Bins, slot: number): number {
    const { keys, count } = this;
    let missing = 0;
    let own = 0;
    for (let other = slot; other < from.slots; other += 1) {
      if (from.weightAt(other) === 0) continue;
      const key = from.keyAt(other);
      while (own < count && keys[own]! < key) own += 1;
      if (own === count || keys[own] !== key) missing += 1;
    }
    return missing;
  }

  drainBelow(key: number): number {
    const { keys, weights, count } = this;
    const end = lowerSlot(keys, count, key);
    let drained = 0;
    for (let slot = 0; slot < end; slot += 1) drained += weights[slot]!;
    keys.splice(0, end);
    weights.splice(0, end);
    this.count = count - end;
    return drained;
  }
}

/** The first slot whose key is not below the one given. */
function lowerSlot(keys: readonly number[], count: number, key: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A window of consecutive keys, one number each: an add is an index and a sum. */
export class DenseBins implements Bins {
  private weights: Float64Array;
  /** The key of weights[0], and the window's part that is in use, as keys. */
  private base: number;
  private lowest: number;
  private highest: number;
  private readonly maxSlots: number;

  /** Room for the keys from lowest to highest. The span of keys ever held must stay within maxSlots. */
  constructor(lowest: number, highest: number, maxSlots: number) {
    this.maxSlots = maxSlots;
    this.weights = new Float64Array(roomFor(highest - lowest + 1, maxSlots));
    this.base = lowest - ((this.weights.length - (highest - lowest + 1)) >> 1);
    this.lowest = lowest;
    this.highest = highest;
  }

  get slots(): number {
    return this.highest - this.lowest + 1;
  }

  keyAt(slot: number): number {
    return this.lowest + slot;
  }

  weightAt(slot: number): number {
    return this.weights[this.lowest + slot - this.base]!;
  }

  add(key: number, weight: number): void {
    if (key < this.lowest || key > this.highest) this.widen(key, key);
    this.weights[key - this.base]! += weight;
  }

  addFrom(from: Bins, slot: number): void {
    const { slots } = from;
    this.widen(from.keyAt(slot), from.keyAt(slots - 1));
    from.addTo(this.weights, this.base, slot);
  }

  addTo(weights: Float64Array, base: number, slot: number): void {
    const { slots } = this;
    const [from, to] = [this.lowest - this.base, this.lowest - base];
    for (let i = slot; i < slots; i += 1) weights[to + i]! += this.weights[from + i]!;
  }

  drainBelow(key: number): number {
    let drained = 0;
    const end = Math.min(key - 1, this.highest);
    for (let k = this.lowest; k <= end; k += 1) {
      drained += this.weights[k - this.base]!;
      this.weights[k - this.base] = 0;
    }
    if (key > this.highest) {
      this.base = key;
      this.highest = key;
    }
    if (key > this.lowest) this.lowest = key;
    return drained;
  }

  private widen(fromKey: number, toKey: number): void {
    const lowest = Math.min(this.lowest, fromKey);
    const highest = Math.max(this.highest, toKey);
    if (lowest < this.base || highest >= this.base + this.weights.length) this.move(lowest, highest);
    this.lowest = lowest;
    this.highest = highest;
  }

  private move(lowest: number, highest: number): void {
    const needed = highest - lowest + 1;
    const room = roomFor(needed, this.maxSlots);
    const base = lowest - ((room - needed) >> 1);
    const used = this.weights.subarray(this.lowest - this.base, this.highest - this.base + 1);
    const weights = new Float64Array(room);
    weights.set(used, this.lowest - base);
    this.weights = weights;
    this.base = base;
  }
}

/**
 * A quarter more than needed, so that a window that grows step by step is copied a few times, not every time.
 */
function roomFor(slots: number, maxSlots: number): number {
  return Math.max(slots, Math.min(maxSlots, slots + (slots >> 2) + 16));
}
