import { MetricType } from '../metric.js';
import type { StoredPoint, TimeWindow } from '../storage/store.js';

/**
 * How a group went over the window, in slots of equal length, for a line to be drawn of it: a counter's rate, a
 * gauge's mean, a timer's mean. A bucket counts in each slot by what it shares with it. Slots without a point
 * are NaN.
 */
export class Trend {
  private readonly slotMs: number;
  private readonly sums: Float64Array;
  private readonly weights: Float64Array;

  constructor(
    private readonly window: TimeWindow,
    slots: number,
  ) {
    this.slotMs = (window.untilMs - window.sinceMs) / slots;
    this.sums = new Float64Array(slots);
    this.weights = new Float64Array(slots);
  }

  /**
   * Whether there is a trend of such a series: distinct members of parts of the window say nothing of the
   * whole.
   */
  static isOf(type: MetricType): boolean {
    return type !== MetricType.Set;
  }

  add({ timeMs, stepMs, partial }: StoredPoint): void {
    switch (partial.type) {
      case MetricType.Counter:
        this.spread(timeMs, stepMs, (partial.sum * 1000) / stepMs, 0);
        break;
      case MetricType.Gauge:
        this.spread(timeMs, stepMs, partial.sum / partial.samples, 1);
        break;
      case MetricType.Set:
        break;
      default:
        this.spread(timeMs, stepMs, partial.sum / stepMs, partial.count / stepMs);
    }
  }

  values(): number[] {
    return Array.from(this.sums, (sum, slot) => {
      const weight = this.weights[slot] as number;
      return weight === 0 ? Number.NaN : sum / weight;
    });
  }

  /** A weight of 0 stands for the slot itself, whatever the number of series: rates add up. */
  private spread(timeMs: number, stepMs: number, value: number, weight: number): void {
    const { slotMs, sums, weights, window } = this;
    const first = Math.max(0, Math.floor((timeMs - window.sinceMs) / slotMs));
    const endMs = timeMs + stepMs;
    for (let slot = first; slot < sums.length; slot++) {
      const slotStartMs = window.sinceMs + slot * slotMs;
      const sharedMs = Math.min(endMs, slotStartMs + slotMs) - Math.max(timeMs, slotStartMs);
      if (sharedMs <= 0) break;
      sums[slot] = (sums[slot] as number) + value * sharedMs;
      weights[slot] = weight === 0 ? slotMs : (weights[slot] as number) + weight * sharedMs;
    }
  }
}
