import { MetricType } from '../../../lib/metric.js';
import { buckets, type Sample, seriesOf } from '../../query/samples.js';

export interface CheckData {
  readonly starts: readonly number[];
  readonly samples: readonly Sample[];
}

/**
 * Ten minutes up to `endMs`, a multiple of ten seconds: latencies of 100, 200 ... 1,000 ms each bucket from host a and
 * of a tenth of that from host b, three hits a second, a depth that is high but for one minute, and a hostile name.
 */
export function checkData(endMs: number): CheckData {
  const starts = buckets(endMs - 600_000, 60, 10_000);
  const samples = starts.flatMap((timeMs, i) => [
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].flatMap((n) => [
      { series: seriesOf('latency', MetricType.Timer, 'host:a'), timeMs, value: n * 100 },
      { series: seriesOf('latency', MetricType.Timer, 'host:b'), timeMs, value: n * 10 },
    ]),
    { series: seriesOf('hits', MetricType.Counter), timeMs, value: 30 },
    { series: seriesOf('depth', MetricType.Gauge), timeMs, value: i === 50 ? 5 : 50 },
    { series: seriesOf("evil'=1|x", MetricType.Gauge), timeMs, value: 1 },
  ]);
  return { starts, samples };
}
