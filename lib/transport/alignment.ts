export const pageBytes = 4096;
const cacheLineBytes = 64;

/**
 * An odd number of cache lines, with a byte to spare: slots a power of two apart would all fight for the same
 * places of a cache.
 */
export function strideOf(slotBytes: number): number {
  const lines = Math.ceil((slotBytes + 1) / cacheLineBytes);
  return (lines | 1) * cacheLineBytes;
}

/** The next whole number of pages. */
export function pageAligned(bytes: number): number {
  return Math.ceil(bytes / pageBytes) * pageBytes;
}
