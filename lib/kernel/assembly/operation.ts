/**
 * A line that has been read. Lines are read a block at a time, then looked up, then applied: within the look-up
 * they are independent of each other, so that the processor fetches the series of many lines from memory at
 * once instead of one after the other.
 */
import { operationBytes, operationsAt } from '../layout';

export const opBytes: u32 = operationBytes;

/** u32: where the line begins (its name, too) and ends. */
export const opStart: usize = 0;
export const opEnd: usize = 4;
/** u64: lengths of name and tags and the type, as in a record. */
export const opShape: usize = 8;
export const opType: usize = 12;
/** u32: where the tags begin. */
export const opTags: usize = 16;
export const opHash: usize = 20;
/** u32: the record of the spelling, 0 when it is not known (yet). */
export const opRecord: usize = 24;
/** u32: number of the datagram's slot. */
export const opSlot: usize = 28;
/** f64: the value. */
export const opValue: usize = 32;
/** In its place, of a packed line: u32 address of the next value, and of the end of the last. */
export const opNext: usize = 32;
export const opLast: usize = 36;
/** In its place, of a set: u32 address and length of the member. */
export const opMember: usize = 32;
export const opMemberLength: usize = 36;
/** f64: 1 / sampleRate. */
export const opWeight: usize = 40;
/** u8: what to do. */
export const opKind: usize = 48;

/** The line is the plain parser's. */
export const kindLine: u32 = 0;
export const kindCounter: u32 = 1;
export const kindGauge: u32 = 2;
export const kindGaugeChange: u32 = 3;
export const kindTimer: u32 = 4;
export const kindDistribution: u32 = 5;
export const kindSet: u32 = 6;
/** Added to the kind of a line of several values. */
export const kindPacked: u32 = 8;

export function operation(index: u32): u32 {
  return operationsAt + index * opBytes;
}
