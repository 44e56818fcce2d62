/**
 * Series that nobody has sent for long leave the memory. First the spellings that lead to them, but for the
 * first of each: no record says which these are, so the table is gone through, some slots a call. Then the
 * series themselves.
 */
import {
  gaugeHalfBytes,
  keyOperationAt,
  recordHalves,
  recordKey,
  recordRef,
  recordSeries,
  recordShape,
  recordType,
} from '../layout';
import { ageOf, nextOfAge } from './ages';
import { halvesAreEmpty } from './halves';
import { opShape, opStart, opTags } from './operation';
import { dropSeries, hashOfKey, seriesOf } from './series';
import { freeAlias, recordIn, remove, slotCount } from './table';
import { gauge } from './types';

const noRef: u32 = 0xffffffff;

/**
 * Forgets spellings of series of this age, but for the first of each, in `count` slots of the table from `from`
 * on. They are learnt again if they come. Returns where to go on, 0 at the end.
 */
export function forgetIdleAliases(from: u32, count: u32, age: u32): u32 {
  const end = min(from + count, slotCount());
  for (let index = from; index < end; ) {
    const record = recordIn(index);
    const series = record == 0 ? 0 : load<u32>(record, recordSeries);
    if (series == record || ageOf(load<u32>(series, recordRef)) < age) {
      index++;
      continue;
    }
    // What stood behind it moves up: the slot is looked at again.
    remove(hashIn(record), record);
    freeAlias(record);
  }
  return end == slotCount() ? 0 : end;
}

/** The first ref from one on whose series has this age and nothing in either half; ~0 when there is none. */
export function nextIdle(from: u32, age: u32): u32 {
  for (let ref = nextOfAge(from, age); ref != noRef; ref = nextOfAge(ref + 1, age)) {
    const series = seriesOf(ref);
    if (series != 0 && halvesAreEmpty(series)) return ref;
  }
  return noRef;
}

/** Takes a series out that `nextIdle` has named. No spelling but its first may lead to it. */
export function removeSeries(ref: u32): void {
  const series = seriesOf(ref);
  if (series == 0) return;
  remove(hashIn(series), series);
  dropSeries(series, ref);
}

/** What a gauge is now; NaN when it has no value, or there is no such gauge. */
export function gaugeNow(ref: u32): f64 {
  const series = seriesOf(ref);
  if (series == 0 || load<u8>(series, recordType) != gauge) return NaN;
  return load<f64>(series, recordHalves + 2 * gaugeHalfBytes);
}

/** The hash under which a record stands in the table. */
function hashIn(record: u32): u32 {
  const shape = load<u64>(record, recordShape) & 0xffffffffff;
  const key = record + ((<u32>load<u8>(record, recordKey)) << 3);
  store<u32>(keyOperationAt, key, opStart);
  store<u32>(keyOperationAt, key + (<u32>shape & 0xffff), opTags);
  store<u64>(keyOperationAt, shape, opShape);
  return hashOfKey(keyOperationAt);
}
