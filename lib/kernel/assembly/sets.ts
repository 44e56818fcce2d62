/**
 * Sets: the 64-bit hashes of their members while they are few, in a table with linear probing; then the
 * registers of a HyperLogLog. Equal to lib/sketch/hyperloglog.ts.
 */
import {
  formHashes,
  formRegisters,
  maxExactMembers,
  registerCount,
  setBlock,
  setForm,
  setMembers,
  setRoom,
} from '../layout';
import { allocate, free } from './heap';
import { hashHigh, hashLow, murmur } from './murmur';

const firstRoom: u32 = 4;
const indexBits: u32 = 14;

export function setIsEmpty(half: u32): bool {
  return load<u32>(half, setMembers) == 0;
}

/** Adds the member that a run of bytes spells; false, and nothing done, when there is no memory for it. */
export function addToSet(half: u32, member: u32, length: u32): bool {
  murmur(member, length);
  // (0, 0) marks a free place; it is taken for (0, 1).
  const low: u32 = (hashHigh | hashLow) == 0 ? 1 : hashLow;
  if (load<u8>(half, setForm) == formRegisters) {
    addToRegisters(load<u32>(half, setBlock), hashHigh, low);
    return true;
  }
  const members = load<u32>(half, setMembers);
  const isFull = members << 1 >= load<u32>(half, setRoom) && members < <u32>maxExactMembers;
  if (isFull && !widen(half)) return false;
  const place = placeOf(half, hashHigh, low);
  if (load<u64>(place) != 0) return true;
  if (members == <u32>maxExactMembers) return giveUpMembers(half, hashHigh, low);
  store<u64>(place, ((<u64>low) << 32) | hashHigh);
  store<u32>(half, members + 1, setMembers);
  return true;
}

/** The place of a hash in the table, or the free one where it would be. */
function placeOf(half: u32, high: u32, low: u32): u32 {
  const block = load<u32>(half, setBlock);
  const mask = load<u32>(half, setRoom) - 1;
  const hash = ((<u64>low) << 32) | high;
  let index = low & mask;
  while (true) {
    const place = block + (index << 3);
    const there = load<u64>(place);
    if (there == 0 || there == hash) return place;
    index = (index + 1) & mask;
  }
}

function widen(half: u32): bool {
  const old = load<u32>(half, setBlock);
  const oldRoom = load<u32>(half, setRoom);
  const room = max(oldRoom << 1, firstRoom);
  const block = allocate(room << 3);
  if (block == 0) return false;
  memory.fill(block, 0, room << 3);
  store<u32>(half, block, setBlock);
  store<u32>(half, room, setRoom);
  for (let i: u32 = 0; i < oldRoom; i++) {
    const hash = load<u64>(old + (i << 3));
    if (hash != 0) store<u64>(placeOf(half, <u32>hash, <u32>(hash >> 32)), hash);
  }
  if (oldRoom != 0) free(old, oldRoom << 3);
  return true;
}

/** Goes over to registers, with one member more. */
function giveUpMembers(half: u32, high: u32, low: u32): bool {
  const registers = allocate(registerCount);
  if (registers == 0) return false;
  memory.fill(registers, 0, registerCount);
  const block = load<u32>(half, setBlock);
  const room = load<u32>(half, setRoom);
  for (let i: u32 = 0; i < room; i++) {
    const hash = load<u64>(block + (i << 3));
    if (hash != 0) addToRegisters(registers, <u32>hash, <u32>(hash >> 32));
  }
  addToRegisters(registers, high, low);
  free(block, room << 3);
  store<u32>(half, registers, setBlock);
  store<u8>(half, formRegisters, setForm);
  return true;
}

function addToRegisters(registers: u32, high: u32, low: u32): void {
  const register = registers + (high >> (32 - indexBits));
  const rest = high << indexBits;
  const value: u32 = rest != 0 ? 1 + clz(rest) : 1 + 32 - indexBits + clz(low);
  if (value > <u32>load<u8>(register)) store<u8>(register, value);
}

export function emptySet(half: u32): void {
  const isHashes = load<u8>(half, setForm) == formHashes;
  free(load<u32>(half, setBlock), isHashes ? load<u32>(half, setRoom) << 3 : registerCount);
  memory.fill(half, 0, 16);
}
