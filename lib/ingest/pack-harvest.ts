import { packPartial, unpackPartial } from '../aggregate/packed.js';
import type { PackedHarvest } from './control.js';
import type { KernelHarvest } from './kernel-ingestor.js';
import type { Brought } from './lending.js';

/** What of a harvest goes to another thread by message. */
export function packHarvest({ sealed, ...rest }: KernelHarvest): PackedHarvest {
  return {
    ...rest,
    startMs: sealed.startMs,
    list: sealed.content.list,
    spilt: sealed.content.spilt.map(({ ref, partial }) => ({ ref, partial: packPartial(partial) })),
    late: sealed.late.map(({ ref, timeMs, partial }) => ({ ref, timeMs, partial: packPartial(partial) })),
  };
}

/** What came by message, by refs. */
export function unpackHarvest({ startMs, list, spilt, late }: PackedHarvest): Brought {
  return {
    startMs,
    list,
    spilt: spilt.map(({ ref, partial }) => ({ ref, partial: unpackPartial(partial) })),
    late: late.map(({ ref, timeMs, partial }) => ({ ref, timeMs, partial: unpackPartial(partial) })),
  };
}
