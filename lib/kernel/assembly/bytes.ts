/**
 * Runs of bytes in vectors of sixteen. A run of sixteen or more ends with a vector that overlaps the one
 * before; a shorter one is loaded whole and masked, so what lies behind it is loaded but never looked at.
 */
import { masksAt, seedAt } from '../layout';

/** Mixes a run of bytes into a hash. */
export function absorb(state: v128, at: u32, length: u32): v128 {
  if (length < 16) return mix(state, v128.and(v128.load(at), v128.load(masksAt + 16 - length)));
  const last = at + length - 16;
  while (at < last) {
    state = mix(state, v128.load(at));
    at += 16;
  }
  return mix(state, v128.load(last));
}

export function seed(): v128 {
  return v128.load(seedAt);
}

/** The hash: `shape` is what else tells two keys apart. */
export function finish(state: v128, shape: u64): u32 {
  const low = v128.extract_lane<u64>(state, 0) ^ (shape * 0x9e3779b97f4a7c15);
  const high = v128.extract_lane<u64>(state, 1);
  // The high bits of products and sums depend on all bits below them.
  return <u32>((low * 0xd6e8feb86659fd93 + high * 0xa0761d6478bd642f) >> 32);
}

/** Products of the 32-bit halves of what came, plus what came, so that a factor of zero loses nothing. */
function mix(state: v128, bytes: v128): v128 {
  const x = v128.xor(state, bytes);
  const swapped = v128.shuffle<u64>(x, x, 1, 0);
  return v128.add<u64>(v128.extmul_low<u32>(x, swapped), swapped);
}

/** Whether two runs of bytes are equal. */
export function equal(a: u32, b: u32, length: u32): bool {
  if (length < 16) {
    const difference = v128.xor(v128.load(a), v128.load(b));
    return !v128.any_true(v128.and(difference, v128.load(masksAt + 16 - length)));
  }
  const last = a + length - 16;
  const toB = b - a;
  while (a < last) {
    if (v128.any_true(v128.xor(v128.load(a), v128.load(a + toB)))) return false;
    a += 16;
  }
  return !v128.any_true(v128.xor(v128.load(last), v128.load(last + toB)));
}
