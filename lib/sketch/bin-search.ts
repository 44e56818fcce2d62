import type { Bins } from './bins.js';

/** The least key such that the bins up to it weigh more than a rank; the last one if rounding leaves none. */
export function keyFromBottom(bins: Bins, rank: number): number {
  const last = bins.slots - 1;
  let below = 0;
  for (let slot = 0; slot < last; slot += 1) {
    below += bins.weightAt(slot);
    if (below > rank) return bins.keyAt(slot);
  }
  return bins.keyAt(last);
}

/** The same, for bins of negative values: from the greatest key down. */
export function keyFromTop(bins: Bins, rank: number): number {
  let below = 0;
  for (let slot = bins.slots - 1; slot > 0; slot -= 1) {
    below += bins.weightAt(slot);
    if (below > rank) return bins.keyAt(slot);
  }
  return bins.keyAt(0);
}

export function weightBetween(bins: Bins, lowest: number, highest: number): number {
  let weight = 0;
  for (let slot = 0; slot < bins.slots; slot += 1) {
    const key = bins.keyAt(slot);
    if (key >= lowest && key <= highest) weight += bins.weightAt(slot);
  }
  return weight;
}
