import { expect } from 'chai';
import type { Partial } from '../../lib/aggregate/partial.js';
import { MetricType } from '../../lib/metric.js';
import { Trend } from '../../lib/query/trend.js';
import { DDSketch } from '../../lib/sketch/ddsketch.js';

const window = { sinceMs: 1_000, untilMs: 5_000 };

function trend(
  slots: number,
  points: readonly (readonly [timeMs: number, stepMs: number, Partial])[],
): number[] {
  const made = new Trend(window, slots);
  for (const [timeMs, stepMs, partial] of points) made.add({ seriesId: 1, timeMs, stepMs, partial });
  return made.values();
}

const counter = (sum: number): Partial => ({ type: MetricType.Counter, sum, samples: 1 });
const gauge = (value: number): Partial => ({
  type: MetricType.Gauge,
  last: value,
  lastAtMs: 0,
  min: value,
  max: value,
  sum: value,
  samples: 1,
});

describe('Trend', () => {
  it('is the rate of a counter, over all its series', () => {
    const points = [
      [1_000, 1_000, counter(2)],
      [1_000, 1_000, counter(3)],
      [2_000, 1_000, counter(7)],
    ] as const;
    expect(trend(4, points)).to.deep.equal([5, 7, Number.NaN, Number.NaN]);
    expect(trend(2, points)).to.deep.equal([6, Number.NaN]);
  });

  it('is the mean of a gauge, and of a timer by its samples', () => {
    expect(
      trend(1, [
        [1_000, 1_000, gauge(2)],
        [2_000, 3_000, gauge(6)],
      ]),
    ).to.deep.equal([5]);
    const timer = (count: number, mean: number): Partial => ({
      type: MetricType.Timer,
      samples: count,
      count,
      sum: count * mean,
      min: mean,
      max: mean,
      sketch: new DDSketch(),
    });
    expect(
      trend(1, [
        [1_000, 1_000, timer(9, 10)],
        [2_000, 1_000, timer(1, 110)],
      ]),
    ).to.deep.equal([20]);
  });

  it('spreads a bucket over the slots it covers, and cuts it at the end of the window', () => {
    expect(trend(4, [[1_000, 60_000, counter(120)]])).to.deep.equal([2, 2, 2, 2]);
    expect(trend(2, [[2_000, 60_000, counter(120)]])).to.deep.equal([1, 2]);
  });
});
