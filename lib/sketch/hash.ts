/**
 * MurmurHash3_x86_128 (Austin Appleby, 2011, public domain): 128 bits from 32-bit multiplications alone, so
 * that JavaScript (Math.imul) and WebAssembly compute it equally and fast. Its first 64 bits stand for a set's
 * member.
 *
 * Writes the four 32-bit words h1..h4 to `out`.
 */
export function murmur3x86128(
  bytes: Uint8Array,
  start: number,
  end: number,
  seed: number,
  out: Uint32Array,
): void {
  let h1 = seed | 0;
  let h2 = h1;
  let h3 = h1;
  let h4 = h1;
  let at = start;
  for (; at + 16 <= end; at += 16) {
    h1 ^= mixK1(word(bytes, at));
    h1 = (rotl(h1, 19) + h2) | 0;
    h1 = (Math.imul(h1, 5) + 0x561ccd1b) | 0;
    h2 ^= mixK2(word(bytes, at + 4));
    h2 = (rotl(h2, 17) + h3) | 0;
    h2 = (Math.imul(h2, 5) + 0x0bcaa747) | 0;
    h3 ^= mixK3(word(bytes, at + 8));
    h3 = (rotl(h3, 15) + h4) | 0;
    h3 = (Math.imul(h3, 5) + 0x96cd1c35) | 0;
    h4 ^= mixK4(word(bytes, at + 12));
    h4 = (rotl(h4, 13) + h1) | 0;
    h4 = (Math.imul(h4, 5) + 0x32ac3b17) | 0;
  }
  // The words of the tail that do not exist are 0, and mixing 0 in changes nothing.
  h1 ^= mixK1(tailWord(bytes, at, end));
  h2 ^= mixK2(tailWord(bytes, at + 4, end));
  h3 ^= mixK3(tailWord(bytes, at + 8, end));
  h4 ^= mixK4(tailWord(bytes, at + 12, end));
  const length = end - start;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = ((h1 ^ length) + h2 + h3 + h4) | 0;
  h2 = avalanche((h2 + h1) | 0);
  h3 = avalanche((h3 + h1) | 0);
  h4 = avalanche((h4 + h1) | 0);
  h1 = (avalanche(h1) + h2 + h3 + h4) | 0;
  out[0] = h1;
  out[1] = h2 + h1;
  out[2] = h3 + h1;
  out[3] = h4 + h1;
}

const c1 = 0x239b961b;
const c2 = 0xab0e9789 | 0;
const c3 = 0x38b34ae5;
const c4 = 0xa1e38b93 | 0;

const mixK1 = (k: number): number => Math.imul(rotl(Math.imul(k, c1), 15), c2);
const mixK2 = (k: number): number => Math.imul(rotl(Math.imul(k, c2), 16), c3);
const mixK3 = (k: number): number => Math.imul(rotl(Math.imul(k, c3), 17), c4);
const mixK4 = (k: number): number => Math.imul(rotl(Math.imul(k, c4), 18), c1);

function rotl(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}

function avalanche(h: number): number {
  let x = h ^ (h >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return x ^ (x >>> 16);
}

function word(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

/** The word at a place, of which only the bytes before `end` exist. */
function tailWord(bytes: Uint8Array, at: number, end: number): number {
  let k = 0;
  for (let i = Math.min(end, at + 4) - 1; i >= at; i -= 1) k = (k << 8) | bytes[i]!;
  return k;
}
