/**
 * How long a series was not heard, in steps that the host sets: a byte for each ref, behind the block of the
 * directory that has its address. So all are made older without a look at any series, 16 at a time.
 */
import { directoryAges, directoryAt, directoryBlockShift, directoryBlocks } from '../layout';

const refsInBlock: u32 = 1 << directoryBlockShift;
const mostRefs: u32 = directoryBlocks << directoryBlockShift;

/** Says that the series of a ref was heard just now. */
export function resetAge(ref: u32): void {
  const age = ageAt(ref);
  if (age != 0) store<u8>(age, 0);
}

/** The age of a ref; 0 when there is no place for one. */
export function ageOf(ref: u32): u32 {
  const age = ageAt(ref);
  return age == 0 ? 0 : load<u8>(age);
}

/** Makes all series older by one, up to 255. */
export function growOlder(): void {
  const one = i8x16.splat(1);
  for (let i: u32 = 0; i < <u32>directoryBlocks; i++) {
    const block = load<u32>(directoryAt + (i << 2));
    if (block == 0) continue;
    const end = block + directoryAges + refsInBlock;
    for (let at = block + directoryAges; at < end; at += 16) {
      v128.store(at, i8x16.add_sat_u(v128.load(at), one));
    }
  }
}

/**
 * The first ref from one on that has at least this age, whether or not it has a series; ~0 when there is none.
 */
export function nextOfAge(from: u32, age: u32): u32 {
  for (let ref = from; ref < mostRefs; ) {
    const block = load<u32>(directoryAt + ((ref >> directoryBlockShift) << 2));
    const end = (ref | (refsInBlock - 1)) + 1;
    if (block != 0) {
      for (; ref < end; ref++)
        if (load<u8>(block + directoryAges + (ref & (refsInBlock - 1))) >= age) return ref;
    }
    ref = end;
  }
  return 0xffffffff;
}

function ageAt(ref: u32): u32 {
  if (ref >> directoryBlockShift >= <u32>directoryBlocks) return 0;
  const block = load<u32>(directoryAt + ((ref >> directoryBlockShift) << 2));
  return block == 0 ? 0 : block + directoryAges + (ref & (refsInBlock - 1));
}
