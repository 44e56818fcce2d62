import { type Interval, normalBound } from './interval.js';
import type { Shape } from './shape.js';

/** With fewer buckets their spread says too little. */
const leastBuckets = 10;

/**
 * The interval of a counter's mean rate, from the spread of the rates of its buckets. Buckets in which nothing
 * came are not stored: they count with a rate of zero.
 *
 * @param rate `sum` per second of running time
 */
export function meanRateInterval(shape: Shape, rate: number, sum: number, bucketMs: number): Interval {
  const seconds = rate === 0 ? 0 : sum / rate;
  const buckets = Math.max(shape.count, Math.round((seconds * 1000) / bucketMs));
  if (buckets < leastBuckets) return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  let squares = (buckets - shape.count) * rate * rate;
  for (const { low, high, weight } of shape.bins()) squares += weight * ((low + high) / 2 - rate) ** 2;
  const reach = normalBound * Math.sqrt(squares / (buckets - 1) / buckets);
  return { low: rate - reach, high: rate + reach };
}
