/** Sees to it that the memory reaches up to an address; whether it does. */
export function reserve(until: usize): bool {
  const pages = <i32>((until + 65535) >>> 16) - memory.size();
  return pages <= 0 || memory.grow(pages) >= 0;
}
