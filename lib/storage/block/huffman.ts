/*
 * Codes of whole bits for 16 symbols (D. A. Huffman, 1952), no longer than `longestCode`, in the canonical
 * order that DEFLATE has (RFC 1951, 3.2.2), but with the first bit of a code as the high one.
 */

import { longestCode, symbols } from './format.js';

/** The lengths of the shortest codes for symbols of such frequencies; 0 for one that does not occur. */
export function codeLengths(frequencies: ArrayLike<number>): Uint8Array {
  let weights = Array.from(frequencies);
  for (;;) {
    const lengths = treeDepths(weights);
    if (lengths.every((length) => length <= longestCode)) return lengths;
    // Rare symbols made less rare: their codes become shorter, the others' hardly longer.
    weights = weights.map((weight) => (weight > 0 ? (weight >>> 1) + 1 : 0));
  }
}

function treeDepths(weights: readonly number[]): Uint8Array {
  const depths = new Uint8Array(symbols);
  const trees = weights.flatMap((weight, symbol) => (weight > 0 ? [{ weight, leaves: [symbol] }] : []));
  if (trees.length === 1) depths[trees[0]!.leaves[0]!] = 1;
  while (trees.length > 1) {
    trees.sort((a, b) => b.weight - a.weight);
    const [a, b] = [trees.pop()!, trees.pop()!];
    const leaves = [...a.leaves, ...b.leaves];
    for (const leaf of leaves) depths[leaf]! += 1;
    trees.push({ weight: a.weight + b.weight, leaves });
  }
  return depths;
}

/** The codes that go with the lengths. */
export function codesOf(lengths: Uint8Array): Uint16Array {
  const codes = new Uint16Array(symbols);
  let code = 0;
  for (let length = 1; length <= longestCode; length += 1) {
    code <<= 1;
    for (let symbol = 0; symbol < symbols; symbol += 1) {
      if (lengths[symbol] !== length) continue;
      codes[symbol] = code;
      code += 1;
    }
  }
  return codes;
}
