import type { SortedValues } from './sorted-values.js';

/** Which statistics of timers are worked out, in statsd's terms. */
export interface TimerStatisticsOptions {
  /** Per cent; a negative one is the share at the top. */
  readonly percentThreshold: readonly number[];
  /** The first entry whose `metric` is a part of a timer's name counts for it. */
  readonly histogram: readonly { readonly metric: string; readonly bins: readonly (number | 'inf')[] }[];
  /**
   * Only these; undefined or none for all. `upper_percent` stands for `upper_90`, `upper_top5` and the like.
   */
  readonly calculatedTimerMetrics: readonly string[] | undefined;
  readonly intervalMs: number;
}

export type TimerStatistics = Record<string, number | Record<string, number>>;

/**
 * What statsd works out of a timer at a flush (its `lib/process_metrics.js`), in the same order and with the
 * same arithmetic.
 *
 * @param count what the samples stand for: the sum of 1 / sampleRate
 */
export function timerStatistics(
  name: string,
  values: SortedValues,
  count: number,
  options: TimerStatisticsOptions,
): TimerStatistics {
  const statistics: TimerStatistics = {};
  if (values.count === 0) {
    statistics.count = statistics.count_ps = 0;
    return chosen(statistics, options);
  }
  for (const threshold of options.percentThreshold) addThreshold(statistics, values, threshold);
  const { count: samples } = values;
  const sum = values.sum(samples);
  const mean = sum / samples;
  statistics.std = Math.sqrt(values.sumOfSquaredDistances(mean) / samples);
  statistics.upper = values.at(samples - 1);
  statistics.lower = values.at(0);
  statistics.count = count;
  statistics.count_ps = count / (options.intervalMs / 1000);
  statistics.sum = sum;
  statistics.sum_squares = values.sumOfSquares(samples);
  statistics.mean = mean;
  statistics.median = median(values);
  const bins = options.histogram.find(({ metric }) => name.includes(metric))?.bins ?? [];
  if (bins.length > 0) statistics.histogram = histogramOf(values, bins);
  return chosen(statistics, options);
}

function addThreshold(statistics: TimerStatistics, values: SortedValues, threshold: number): void {
  const { count } = values;
  const inside = count === 1 ? 1 : Math.round((Math.abs(threshold) / 100) * count);
  if (inside === 0) return;
  // The greatest ones, and not the single sample there is, for which statsd takes the sums of the least.
  const isTop = threshold <= 0 && count > 1;
  const part = (of: (count: number) => number): number =>
    isTop ? of(count) - of(count - inside) : of(inside);
  const sum = part((n) => values.sum(n));
  const suffix = String(threshold).replace('.', '_').replace('-', 'top');
  statistics[`count_${suffix}`] = inside;
  statistics[`mean_${suffix}`] = sum / inside;
  statistics[`${threshold > 0 ? 'upper' : 'lower'}_${suffix}`] = values.at(
    isTop ? count - inside : inside - 1,
  );
  statistics[`sum_${suffix}`] = sum;
  statistics[`sum_squares_${suffix}`] = part((n) => values.sumOfSquares(n));
}

function median(values: SortedValues): number {
  const middle = Math.floor(values.count / 2);
  return values.count % 2 === 1 ? values.at(middle) : (values.at(middle - 1) + values.at(middle)) / 2;
}

/** Bounds are exclusive; samples beyond the last are in no bin. */
function histogramOf(values: SortedValues, bins: readonly (number | 'inf')[]): Record<string, number> {
  const histogram: Record<string, number> = {};
  let counted = 0;
  for (const bound of bins) {
    const below = Math.max(counted, bound === 'inf' ? values.count : values.below(bound));
    histogram[`bin_${String(bound).replace('.', '_')}`] = below - counted;
    counted = below;
  }
  return histogram;
}

function chosen(statistics: TimerStatistics, options: TimerStatisticsOptions): TimerStatistics {
  const { calculatedTimerMetrics: names = [] } = options;
  if (names.length === 0) return statistics;
  return Object.fromEntries(
    Object.entries(statistics).filter(([key]) => names.includes(key.replace(/_(top)?\d+$/, '_percent'))),
  );
}
