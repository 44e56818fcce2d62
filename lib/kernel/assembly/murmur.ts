/**
 * The first 64 bits of MurmurHash3_x86_128 with seed 0, as in lib/sketch/hash.ts, which says where it is from.
 */
const c1: u32 = 0x239b961b;
const c2: u32 = 0xab0e9789;
const c3: u32 = 0x38b34ae5;
const c4: u32 = 0xa1e38b93;

export let hashHigh: u32 = 0;
export let hashLow: u32 = 0;

/** Hashes a run of bytes into `hashHigh` and `hashLow`. */
export function murmur(start: u32, length: u32): void {
  let h1: u32 = 0;
  let h2: u32 = 0;
  let h3: u32 = 0;
  let h4: u32 = 0;
  const end = start + length;
  let at = start;
  for (; at + 16 <= end; at += 16) {
    h1 = (rotl(h1 ^ mix1(load<u32>(at)), 19) + h2) * 5 + 0x561ccd1b;
    h2 = (rotl(h2 ^ mix2(load<u32>(at, 4)), 17) + h3) * 5 + 0x0bcaa747;
    h3 = (rotl(h3 ^ mix3(load<u32>(at, 8)), 15) + h4) * 5 + 0x96cd1c35;
    h4 = (rotl(h4 ^ mix4(load<u32>(at, 12)), 13) + h1) * 5 + 0x32ac3b17;
  }
  // Mixing in a word of zeros, which a word that is not there is, changes nothing.
  h1 ^= mix1(tailWord(at, end)) ^ length;
  h2 ^= mix2(tailWord(at + 4, end)) ^ length;
  h3 ^= mix3(tailWord(at + 8, end)) ^ length;
  h4 ^= mix4(tailWord(at + 12, end)) ^ length;
  h1 += h2 + h3 + h4;
  h2 = avalanche(h2 + h1);
  h3 = avalanche(h3 + h1);
  h4 = avalanche(h4 + h1);
  hashHigh = avalanche(h1) + h2 + h3 + h4;
  hashLow = h2 + hashHigh;
}

function mix1(k: u32): u32 {
  return rotl(k * c1, 15) * c2;
}

function mix2(k: u32): u32 {
  return rotl(k * c2, 16) * c3;
}

function mix3(k: u32): u32 {
  return rotl(k * c3, 17) * c4;
}

function mix4(k: u32): u32 {
  return rotl(k * c4, 18) * c1;
}

/** The word at a place, of which only the bytes before `end` exist. */
function tailWord(at: u32, end: u32): u32 {
  if (at >= end) return 0;
  const word = load<u32>(at);
  const bytes = end - at;
  return bytes >= 4 ? word : word & (((<u32>1) << (bytes << 3)) - 1);
}

function avalanche(h: u32): u32 {
  h = (h ^ (h >> 16)) * 0x85ebca6b;
  h = (h ^ (h >> 13)) * 0xc2b2ae35;
  return h ^ (h >> 16);
}
