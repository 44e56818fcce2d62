/** Adds samples to the open half of a series and puts it on the half's list. */
import { gaugeHalfBytes, recordHalves } from '../layout';
import { addToCounter, counterIsEmpty } from './counters';
import { addToDistribution, distributionIsEmpty } from './distributions';
import { gaugeIsEmpty, setGauge } from './gauges';
import { openHalf, touch } from './halves';
import { addToSet, setIsEmpty } from './sets';
import { counter, distribution, gauge, set } from './types';

export function recordCounter(series: u32, value: f64, weight: f64): void {
  const half = openHalf(series, counter);
  if (counterIsEmpty(half)) touch(series);
  addToCounter(half, value, weight);
}

/** Sets or changes what the gauge is now, and returns it. A gauge that has no value (NaN) is changed from 0. */
export function updateNow(series: u32, value: f64, isChange: bool): f64 {
  const now = series + recordHalves + 2 * gaugeHalfBytes;
  const next = isChange ? before(now) + value : value;
  store<f64>(now, next);
  return next;
}

function before(now: u32): f64 {
  const value = load<f64>(now);
  return value == value ? value : 0;
}

/** Records a value that the gauge took on. */
export function recordGauge(series: u32, value: f64, atMs: f64): void {
  const half = openHalf(series, gauge);
  if (gaugeIsEmpty(half)) touch(series);
  setGauge(half, value, atMs);
}

/** Records a sample of a timer or distribution; false, and nothing done, when there is no memory for it. */
export function recordSample(series: u32, value: f64, weight: f64): bool {
  const half = openHalf(series, distribution);
  const isFirst = distributionIsEmpty(half);
  if (!addToDistribution(half, value, weight)) return false;
  if (isFirst) touch(series);
  return true;
}

/** Records a member of a set; false, and nothing done, when there is no memory for it. */
export function recordMember(series: u32, member: u32, length: u32): bool {
  const half = openHalf(series, set);
  const isFirst = setIsEmpty(half);
  if (!addToSet(half, member, length)) return false;
  if (isFirst) touch(series);
  return true;
}
