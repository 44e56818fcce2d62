import type { BinStore } from './bin-store.js';
import type { CubicMapping } from './mapping.js';

/** What a DDSketch consists of. */
export interface DDSketchParts {
  mapping: CubicMapping;
  /**
   * Relative error that values had before they came into these bins: 0, or more after merging other accuracies.
   */
  inheritedError: number;
  zeroCount: number;
  positive: BinStore;
  negative: BinStore;
}

export function isEmpty({ zeroCount, positive, negative }: DDSketchParts): boolean {
  return zeroCount === 0 && positive.bins.slots === 0 && negative.bins.slots === 0;
}

/** The same samples in the bins of a coarser accuracy; those given, if they are of that accuracy. */
export function coarsened(parts: Readonly<DDSketchParts>, mapping: CubicMapping): Readonly<DDSketchParts> {
  const finer = parts.mapping;
  if (mapping.relativeAccuracy === finer.relativeAccuracy) return parts;
  const toKey = (key: number): number => mapping.key(finer.representative(key));
  return {
    mapping,
    inheritedError: errorOf(parts.inheritedError, finer),
    zeroCount: parts.zeroCount,
    positive: parts.positive.translated(toKey),
    negative: parts.negative.translated(toKey),
  };
}

/** The bound of the relative error of values that had one before they came into bins of a mapping. */
export function errorOf(inheritedError: number, { relativeAccuracy }: CubicMapping): number {
  return inheritedError === 0 ? relativeAccuracy : (1 + relativeAccuracy) * (1 + inheritedError) - 1;
}
