import { editDistance } from '../edit-distance.js';

/**
 * The candidate that a mistyped word most likely means: the one reached with the fewest slips (a letter too
 * many, too few, wrong, or two swapped), if those are few for the word's length.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: string | undefined;
  let fewest = limit + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= fewest) continue;
    const count = editDistance(word, candidate);
    if (count < fewest) {
      fewest = count;
      best = candidate;
    }
  }
  return best;
}
