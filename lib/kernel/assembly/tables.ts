/** Small tables that the other files look things up in. */
import { dialectStatsd, masksAt, powersAt, powersCount, typesAt, typesCount } from '../layout';
import { kindCounter, kindDistribution, kindGauge, kindSet, kindTimer } from './operation';
import { counter, distribution, gauge, set, timer } from './types';

export function initTables(dialect: u32): void {
  v128.store(masksAt, v128.splat<u8>(0xff));
  v128.store(masksAt, v128.splat<u8>(0), 16);
  let power: f64 = 1;
  for (let i = 0; i < powersCount; i++, power *= 10) store<f64>(powersAt + (i << 3), power);
  // To statsd a histogram or distribution is a counter, as everything that it does not know.
  const other = dialect == dialectStatsd ? counter : distribution;
  const kindOfOther = dialect == dialectStatsd ? kindCounter : kindDistribution;
  memory.fill(typesAt, 0, typesCount << 2);
  addType(0x63, counter, kindCounter); // c
  addType(0x67, gauge, kindGauge); // g
  addType(0x736d, timer, kindTimer); // ms
  addType(0x68, other, kindOfOther); // h
  addType(0x64, other, kindOfOther); // d
  addType(0x73, set, kindSet); // s
}

/**
 * Entries are letters (16 bits, the first in the low byte), their number (2 bits), type (6 bits), kind (8
 * bits); their places are all different.
 */
function addType(letters: u32, type: u32, kind: u32): void {
  const length: u32 = letters > 0xff ? 2 : 1;
  const entry = letters | (length << 16) | (type << 18) | (kind << 24);
  store<u32>(typesAt + (((letters ^ (letters >> 8)) & 31) << 2), entry);
}

export function typeIn(entry: u32): u32 {
  return (entry >> 18) & 63;
}

export function kindIn(entry: u32): u32 {
  return entry >> 24;
}
