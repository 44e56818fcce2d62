import { type Bins, DenseBins, SparseBins } from './bins.js';

/**
 * One side of a sketch (its positive or its negative values, by magnitude), over at most `maxBins` consecutive
 * keys.
 *
 * The keys end at the highest one seen. What lies `maxBins` or more below it is collapsed: moved up into the
 * lowest bin that there is room for, so that only the smallest magnitudes lose accuracy. Where that bin is
 * depends on the highest key alone, so neither the order of adds nor that of merges matters.
 */
export class BinStore {
  private sparse: SparseBins | undefined;
  private dense: DenseBins | undefined;
  private limit: number;
  private highest = noKey;
  /** Keys below this one are collapsed into it. */
  private floorKey = noKey;
  private collapsedWeight = 0;

  /** `bins`, which it takes over, must be within maxBins keys; it collapses none of them. */
  constructor(maxBins: number, bins: SparseBins = new SparseBins()) {
    this.limit = maxBins;
    this.sparse = bins;
    const { slots } = bins;
    if (slots > 0) this.raiseHighest(bins.keyAt(slots - 1));
  }

  get maxBins(): number {
    return this.limit;
  }

  /** Weight that is not in its own bin but in the lowest. */
  get collapsed(): number {
    return this.collapsedWeight;
  }

  /** The bins in order of keys, to be read only. Valid until the next change. */
  get bins(): Bins {
    return this.sparse ?? this.dense!;
  }

  /** The sum of the bins in order of keys, hence the same for the same bins. */
  total(): number {
    const { bins } = this;
    const { slots } = bins;
    let sum = 0;
    for (let slot = 0; slot < slots; slot += 1) sum += bins.weightAt(slot);
    return sum;
  }

  add(key: number, weight: number): void {
    if (key > this.highest) this.raiseHighest(key);
    let target = key;
    if (key < this.floorKey) {
      this.collapsedWeight += weight;
      target = this.floorKey;
    }
    if (this.sparse === undefined) {
      this.dense!.add(target, weight);
    } else {
      this.sparse.add(target, weight);
      if (this.sparse.slots > maxSparseSlots) this.makeDenseIfSmaller();
    }
  }

  /** Adds another store's bins. */
  merge(from: BinStore): void {
    if (from.limit < this.limit) this.lowerLimit(from.limit);
    const source = from.bins;
    const { slots } = source;
    if (slots === 0) return;
    if (from.highest > this.highest) this.raiseHighest(from.highest);
    if (from.collapsedWeight > 0) this.takeCollapsed(from.floorKey, from.collapsedWeight);
    let slot = 0;
    for (; slot < slots && source.keyAt(slot) < this.floorKey; slot += 1) {
      const weight = source.weightAt(slot);
      if (weight > 0) this.add(source.keyAt(slot), weight);
    }
    if (slot === slots) return;
    this.bins.addFrom(source, slot);
    if (this.sparse !== undefined && this.sparse.slots > maxSparseSlots) this.makeDenseIfSmaller();
  }

  /** This store's bins under other keys, which must keep their order. */
  translated(toKey: (key: number) => number): BinStore {
    const store = new BinStore(this.limit);
    const { bins } = this;
    for (let slot = 0; slot < bins.slots; slot += 1) {
      const weight = bins.weightAt(slot);
      if (weight > 0) store.add(toKey(bins.keyAt(slot)), weight);
    }
    if (this.collapsedWeight > 0) store.takeCollapsed(toKey(this.floorKey), this.collapsedWeight);
    return store;
  }

  /** For a decoder: how much of the lowest bin's weight was collapsed into it. */
  markCollapsed(weight: number): void {
    this.collapsedWeight = weight;
    this.floorKey = this.bins.keyAt(0);
  }

  private raiseHighest(key: number): void {
    this.highest = key;
    this.raiseFloor(key - this.limit + 1);
  }

  private lowerLimit(limit: number): void {
    this.limit = limit;
    if (this.highest !== noKey) this.raiseFloor(this.highest - limit + 1);
  }

  private raiseFloor(key: number): void {
    if (key <= this.floorKey) return;
    this.floorKey = key;
    const { bins } = this;
    if (bins.slots === 0 || bins.keyAt(0) >= key) return;
    // What had been collapsed before was in the lowest bin, hence is in the sum.
    this.collapsedWeight = bins.drainBelow(key);
    bins.add(key, this.collapsedWeight);
  }

  /**
   * For another's collapsed weight, which is in the bin of its floor. Where that is below our floor, the whole
   * bin counts as collapsed when it is added.
   */
  private takeCollapsed(floorKey: number, weight: number): void {
    this.raiseFloor(floorKey);
    if (floorKey === this.floorKey) this.collapsedWeight += weight;
  }

  private makeDenseIfSmaller(): void {
    const sparse = this.sparse!;
    const { slots } = sparse;
    const lowest = sparse.keyAt(0);
    const highest = sparse.keyAt(slots - 1);
    if (highest - lowest >= slots * keysPerSparseSlot) return;
    const dense = new DenseBins(lowest, highest, this.limit);
    dense.addFrom(sparse, 0);
    this.dense = dense;
    this.sparse = undefined;
  }
}

const noKey = -(2 ** 31);

/** Adding to sparse bins takes longer the more they are: with more than this, dense ones are considered. */
const maxSparseSlots = 128;

/**
 * Dense bins are 8 bytes a key, sparse ones 16 each: dense ones may be half as large again, for their speed.
 */
const keysPerSparseSlot = 3;
