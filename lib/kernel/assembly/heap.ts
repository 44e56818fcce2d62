/**
 * Blocks of memory. Sizes are rounded up to classes; a freed block waits in the list of its class. Blocks
 * beyond the largest class (the tables, which double) are cut from the end of the memory, and when freed they
 * are cut up for small blocks: nothing is ever given back to the system, and little is left unused.
 */
import { freeListsAt, freeListsCount } from '../layout';

/** Up to here, classes are 8 bytes apart; beyond, there are four for each power of two. */
const fineLimit: u32 = 256;
const fineClasses: u32 = 32;
const largestClass: u32 = 1 << 18;
const pageBytes: u32 = 65536;
const growPages: u32 = 16;
/** Loads of whole vectors may reach this far behind the last block. */
const slack: u32 = 64;

/** What is not cut up yet at the end of the memory. */
let top: u32 = 0;
let limit: u32 = 0;
/** What is not cut up yet of a freed table, and the list of the others. */
let scrap: u32 = 0;
let scrapEnd: u32 = 0;
let scraps: u32 = 0;

export function initHeap(start: u32): void {
  top = (start + 63) & ~63;
  limit = ((<u32>memory.size()) << 16) - slack;
  for (let i = 0; i < freeListsCount; i++) store<u32>(freeListsAt + (i << 2), 0);
}

/** How many bytes of the memory have been cut into blocks. */
export function heapTop(): u32 {
  return top;
}

function classOf(size: u32): u32 {
  if (size <= fineLimit) return (size + 7) >> 3;
  const shift: u32 = 29 - clz(size - 1);
  return fineClasses + ((shift - 6) << 2) + ((size - 1) >> shift) - 3;
}

function classBytes(index: u32): u32 {
  if (index <= fineClasses) return index << 3;
  const step = index - fineClasses - 1;
  return (5 + (step & 3)) << (6 + (step >> 2));
}

/**
 * A block of at least `size` bytes, at a multiple of 8, with anything in it; 0 when there is no memory left.
 */
export function allocate(size: u32): u32 {
  if (size > largestClass) return cutFromTop(size);
  const index = classOf(size);
  const list: u32 = freeListsAt + (index << 2);
  const block = load<u32>(list);
  if (block != 0) {
    store<u32>(list, load<u32>(block));
    return block;
  }
  return cut(classBytes(index));
}

/** Takes back a block that `allocate` gave for this size. */
export function free(block: u32, size: u32): void {
  if (size > largestClass) {
    store<u32>(block, scraps);
    store<u32>(block, size, 4);
    scraps = block;
    return;
  }
  const list: u32 = freeListsAt + (classOf(size) << 2);
  store<u32>(block, load<u32>(list));
  store<u32>(list, block);
}

function cut(size: u32): u32 {
  if (scrap + size > scrapEnd) {
    if (scraps == 0) return cutFromTop(size);
    scrap = scraps;
    scrapEnd = scrap + load<u32>(scrap, 4);
    scraps = load<u32>(scrap);
    if (scrap + size > scrapEnd) return cutFromTop(size);
  }
  const block = scrap;
  scrap += size;
  return block;
}

function cutFromTop(size: u32): u32 {
  const rounded = (size + 7) & ~7;
  if (rounded > limit - top && !grow(rounded - (limit - top))) return 0;
  const block = top;
  top += rounded;
  return block;
}

function grow(missing: u32): bool {
  const needed = (missing + pageBytes - 1) >> 16;
  const pages = max(needed, growPages);
  if (memory.grow(pages) < 0 && (pages == needed || memory.grow(needed) < 0)) return false;
  limit = ((<u32>memory.size()) << 16) - slack;
  return true;
}
