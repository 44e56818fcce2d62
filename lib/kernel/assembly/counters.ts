import { counterSamples, counterSum } from '../layout';

/** Whether nothing has been added in this interval. */
export function counterIsEmpty(half: u32): bool {
  return load<f64>(half, counterSamples) == 0;
}

export function addToCounter(half: u32, value: f64, weight: f64): void {
  store<f64>(half, load<f64>(half, counterSum) + value * weight, counterSum);
  store<f64>(half, load<f64>(half, counterSamples) + 1, counterSamples);
}

export function emptyCounter(half: u32): void {
  // -0 + x is x for every x, -0 included: the sum of one sample is that sample.
  store<f64>(half, -0.0, counterSum);
  store<f64>(half, 0, counterSamples);
}
