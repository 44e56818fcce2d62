import { gaugeLast, gaugeLastAtMs, gaugeMax, gaugeMin, gaugeSamples, gaugeSum } from '../layout';

export function gaugeIsEmpty(half: u32): bool {
  return load<f64>(half, gaugeSamples) == 0;
}

/** Records a value that the gauge took on. */
export function setGauge(half: u32, value: f64, atMs: f64): void {
  const samples = load<f64>(half, gaugeSamples);
  if (samples == 0) {
    store<f64>(half, value, gaugeMin);
    store<f64>(half, value, gaugeMax);
    store<f64>(half, value, gaugeSum);
  } else {
    store<f64>(half, min(load<f64>(half, gaugeMin), value), gaugeMin);
    store<f64>(half, max(load<f64>(half, gaugeMax), value), gaugeMax);
    store<f64>(half, load<f64>(half, gaugeSum) + value, gaugeSum);
  }
  store<f64>(half, value, gaugeLast);
  store<f64>(half, atMs, gaugeLastAtMs);
  store<f64>(half, samples + 1, gaugeSamples);
}

export function emptyGauge(half: u32): void {
  store<f64>(half, 0, gaugeSamples);
}
