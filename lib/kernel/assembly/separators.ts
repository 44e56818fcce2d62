/**
 * First look at a datagram: where are its line feeds, colons and bars? Sixty-four bytes at a time become a word
 * of bits, and every bit a position; what stands between them is looked at once, later.
 */
import { separatorsAt } from '../layout';
import { bar, colon, lineFeed } from './letters';

const blockBytes: u32 = 64;

/** Writes a line feed behind the datagram, so that every line has one, and the positions of all separators. */
export function findSeparators(start: u32, length: u32): void {
  store<u8>(start + length, lineFeed);
  const total = length + 1;
  let out: u32 = separatorsAt;
  for (let at: u32 = 0; at < total; at += blockBytes) {
    let bits = separatorBits(start + at);
    const left = total - at;
    // What is behind the line feed is of an earlier datagram: it would do no harm, but take time.
    if (left < blockBytes) bits &= ((<u64>1) << left) - 1;
    out = writePositions(out, at, bits);
  }
}

function separatorBits(at: u32): u64 {
  return (
    sixteen(v128.load(at)) |
    (sixteen(v128.load(at, 16)) << 16) |
    (sixteen(v128.load(at, 32)) << 32) |
    (sixteen(v128.load(at, 48)) << 48)
  );
}

function sixteen(bytes: v128): u64 {
  const lineFeeds = v128.eq<u8>(bytes, v128.splat<u8>(<u8>lineFeed));
  const colons = v128.eq<u8>(bytes, v128.splat<u8>(<u8>colon));
  const bars = v128.eq<u8>(bytes, v128.splat<u8>(<u8>bar));
  return <u64>v128.bitmask<u8>(v128.or(v128.or(lineFeeds, colons), bars));
}

/**
 * Writes eight positions whether there are as many or not, and goes on if there are more: fewer branches to
 * guess.
 */
function writePositions(out: u32, base: u32, bits: u64): u32 {
  const next = out + ((<u32>popcnt(bits)) << 1);
  while (true) {
    store<u16>(out, base + <u32>ctz(bits));
    bits &= bits - 1;
    store<u16>(out, base + <u32>ctz(bits), 2);
    bits &= bits - 1;
    store<u16>(out, base + <u32>ctz(bits), 4);
    bits &= bits - 1;
    store<u16>(out, base + <u32>ctz(bits), 6);
    bits &= bits - 1;
    store<u16>(out, base + <u32>ctz(bits), 8);
    bits &= bits - 1;
    store<u16>(out, base + <u32>ctz(bits), 10);
    bits &= bits - 1;
    store<u16>(out, base + <u32>ctz(bits), 12);
    bits &= bits - 1;
    store<u16>(out, base + <u32>ctz(bits), 14);
    bits &= bits - 1;
    if (bits == 0) return next;
    out += 16;
  }
}
