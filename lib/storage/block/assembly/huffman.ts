/** Tables of codes, as ../huffman.ts says. */

import { longestCode, symbols } from '../format';

export const tableSize: u32 = 1 << longestCode;

/**
 * Fills in what any `longestCode` bits begin with: symbol · 16 + length of its code, or 0 where no code begins so.
 *
 * @param lengths address of the lengths of the symbols' codes, a byte each
 * @returns whether they are those of codes at all
 */
export function fillTable(table: usize, lengths: usize): bool {
  memory.fill(table, 0, tableSize);
  let code: u32 = 0;
  for (let length = 1; length <= longestCode; length++) {
    code <<= 1;
    const span = 1 << (longestCode - length);
    for (let symbol = 0; symbol < symbols; symbol++) {
      if (<i32>load<u8>(lengths + symbol) != length) continue;
      const first = code << (longestCode - length);
      if (first + span > tableSize) return false;
      memory.fill(table + first, <u8>(symbol * 16 + length), span);
      code += 1;
    }
  }
  for (let symbol = 0; symbol < symbols; symbol++) {
    if (<i32>load<u8>(lengths + symbol) > longestCode) return false;
  }
  return true;
}
