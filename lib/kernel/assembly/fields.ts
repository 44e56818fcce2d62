/**
 * The fields behind the type: `|@rate`, `|#tags`, and those for Datadog's agent, in any order, the last of a
 * kind counts. In statsd's dialect only a rate and then tags are read here.
 */
import { decimal } from './decimal';
import { at, bar, carriageReturn, colon, hashMark, lineFeed } from './letters';

/** Rates below are left to the plain parser, which knows what is too little. */
const leastRate: f64 = 1e-6;

/** 1 / sampleRate of the line read last. */
export let weight: f64 = 1;
export let tagsAt: u32 = 0;
export let tagsLength: u32 = 0;

/**
 * Reads the fields of a line of the datagram at `base`. `behindType` is where the position of the separator
 * behind the type is. Returns where that of the line feed is, 0 when there is something odd among the fields.
 */
export function readFields(base: u32, behindType: u32, strict: bool): u32 {
  weight = 1;
  // Without tags their address is any that can be read.
  tagsAt = base;
  tagsLength = 0;
  let next = behindType;
  let field = base + load<u16>(next);
  let separator: u32 = load<u8>(field);
  while (separator == bar) {
    const first: u32 = load<u8>(field, 1);
    const start = field + 2;
    next += 2;
    field = base + load<u16>(next);
    separator = load<u8>(field);
    if (first == at) {
      if (strict && next != behindType + 2) return 0;
      if (!readRate(start, textEnd(field, strict))) return 0;
      continue;
    }
    const isTags = first == hashMark;
    if (!isTags && (strict || !isForAgent(start, first, field))) return 0;
    while (separator == colon) {
      next += 2;
      field = base + load<u16>(next);
      separator = load<u8>(field);
    }
    if (!isTags) continue;
    if (strict && separator != lineFeed) return 0;
    tagsAt = start;
    tagsLength = textEnd(field, strict) - start;
  }
  return separator == lineFeed ? next : 0;
}

/** Where a text that ends at a separator ends: a carriage return before the line feed is no part of it. */
function textEnd(separatorAt: u32, strict: bool): u32 {
  const returned = load<u8>(separatorAt) == lineFeed && load<u8>(separatorAt - 1) == carriageReturn;
  return returned && !strict ? separatorAt - 1 : separatorAt;
}

function readRate(start: u32, end: u32): bool {
  const rate = decimal(start, end);
  weight = 1 / rate;
  return rate >= leastRate && rate <= 1;
}

/** `c:` (container), `e:` (external origin) and `card:` (cardinality), whose colon is the next separator. */
function isForAgent(start: u32, first: u32, separatorAt: u32): bool {
  if (load<u8>(separatorAt) != colon) return false;
  if (separatorAt == start) return first == 0x63 || first == 0x65;
  return separatorAt == start + 3 && load<u32>(start - 1) == 0x64726163;
}
