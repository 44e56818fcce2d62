import { bin, readBin, writeBin } from './bin-codec.js';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';
import { SketchFormatError } from './format-error.js';
import { HashSet } from './hash-set.js';
import { maxRegister, Registers, registerCount } from './registers.js';
import { highWord, lowWord } from './word-order.js';

/** Most members that are kept one by one: 1,024 of 8 bytes take as much as the packed registers. */
export const maxExactMembers = 1024;

/** Kind 2 in the high half, version 1 in the low half. */
const kindAndVersion = 0x21;

/** The second byte: in which form the members follow. */
const Form = { Exact: 0, FewRegisters: 1, PackedRegisters: 2 } as const;

const writer = new ByteWriter();

/** The encoding of lib/docs/sketches.md. */
export function encodeExact(members: Readonly<HashSet>): Uint8Array {
  const words = new Uint32Array(2 * members.size);
  let at = 0;
  members.forEach((high, low) => {
    words[at + highWord] = high;
    words[at + lowWord] = low;
    at += 2;
  });
  // Sorted, so that equal sets have equal bytes; as 64-bit integers, because that sort needs no comparing
  // function and is many times faster. No BigInt is ever made.
  new BigUint64Array(words.buffer).sort();
  writer.start();
  writer.u8(kindAndVersion);
  writer.u8(Form.Exact);
  writer.varint(members.size);
  for (let i = 0; i < words.length; i += 2) {
    writer.u32(words[i + highWord]!);
    writer.u32(words[i + lowWord]!);
  }
  return writer.finish();
}

/** The encoding of lib/docs/sketches.md. */
export function encodeRegisters(registers: Readonly<Registers>): Uint8Array {
  const { values } = registers;
  let used = 0;
  let least = maxRegister;
  for (let i = 0; i < registerCount; i += 1) {
    if (values[i]! > 0) used += 1;
    if (values[i]! < least) least = values[i]!;
  }
  writer.start();
  writer.u8(kindAndVersion);
  if (used <= registerCount / 2) {
    writer.u8(Form.FewRegisters);
    writeAbove(values, 0, used);
  } else {
    writer.u8(Form.PackedRegisters);
    writePacked(values, least);
  }
  return writer.finish();
}

function writePacked(values: Uint8Array, least: number): void {
  writer.u8(least);
  let above = 0;
  for (let i = 0; i < registerCount; i += 2) {
    const first = Math.min(values[i]! - least, 15);
    const second = Math.min(values[i + 1]! - least, 15);
    above += (first === 15 ? 1 : 0) + (second === 15 ? 1 : 0);
    writer.u8(first * 16 + second);
  }
  writeAbove(values, least + 14, above);
}

/** The registers above a value, `count` of them: places and by how much they exceed it, as bins are written. */
function writeAbove(values: Uint8Array, least: number, count: number): void {
  writer.varint(count);
  let previous = -1;
  for (let i = 0; i < registerCount; i += 1) {
    if (values[i]! <= least) continue;
    writeBin(writer, previous, i, values[i]! - least, 1);
    previous = i;
  }
}

/** Throws SketchFormatError for bytes that are not an encoded HyperLogLog. */
export function decodeHyperLogLog(bytes: Uint8Array): HashSet | Registers {
  const reader = new ByteReader(bytes);
  const first = reader.u8();
  if (first !== kindAndVersion) {
    throw new SketchFormatError(
      `its first byte is ${first}, a HyperLogLog of version 1 has ${kindAndVersion}`,
    );
  }
  const form = reader.u8();
  if (form === Form.Exact) return readExact(reader);
  const registers = new Registers();
  if (form === Form.FewRegisters) readAbove(reader, registers.values, 0);
  else if (form === Form.PackedRegisters) readPacked(reader, registers.values);
  else throw new SketchFormatError(`its form is ${form}, which is none`);
  reader.end();
  return registers;
}

function readExact(reader: ByteReader): HashSet {
  const count = reader.varint();
  if (count > maxExactMembers || count * 8 !== reader.remaining) {
    throw new SketchFormatError(`it says ${count} members, in ${reader.remaining} bytes`);
  }
  const members = new HashSet();
  for (let i = 0; i < count; i += 1) {
    const high = reader.u32();
    const low = reader.u32();
    if ((high | low) === 0) throw new SketchFormatError('a member is zero');
    members.add(high, low);
  }
  if (members.size !== count) throw new SketchFormatError('a member occurs twice');
  return members;
}

function readPacked(reader: ByteReader, values: Uint8Array): void {
  const least = reader.u8();
  for (let i = 0; i < registerCount; i += 2) {
    const byte = reader.u8();
    values[i] = checkedRegister(least + (byte >> 4));
    values[i + 1] = checkedRegister(least + (byte & 15));
  }
  readAbove(reader, values, least + 14);
}

function readAbove(reader: ByteReader, values: Uint8Array, least: number): void {
  const count = reader.varint();
  if (count > Math.min(registerCount, reader.remaining)) {
    throw new SketchFormatError(`it says ${count} registers, in ${reader.remaining} bytes`);
  }
  let previous = -1;
  for (let i = 0; i < count; i += 1) {
    readBin(reader, previous, 1);
    previous = bin.key;
    if (previous >= registerCount) throw new SketchFormatError(`register ${previous} is out of range`);
    values[previous] = checkedRegister(least + bin.weight);
  }
}

function checkedRegister(value: number): number {
  if (!(Number.isInteger(value) && value <= maxRegister)) {
    throw new SketchFormatError(`a register holds ${value}`);
  }
  return value;
}
