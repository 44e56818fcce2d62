import { expect } from 'chai';
import { DistributionAccumulator } from '../../lib/aggregate/distribution.js';
import { type GaugePartial, mergePartial, type SetPartial } from '../../lib/aggregate/partial.js';
import { MetricType } from '../../lib/metric.js';
import { HyperLogLog } from '../../lib/sketch/hyperloglog.js';

const gauge = (last: number, lastAtMs: number): GaugePartial => ({
  type: MetricType.Gauge,
  last,
  lastAtMs,
  min: last,
  max: last,
  sum: last,
  samples: 1,
});

function timerOf(values: readonly number[]) {
  const accumulator = new DistributionAccumulator(MetricType.Timer, {});
  for (const value of values) accumulator.record(value, 1);
  return accumulator.partial();
}

function setOf(members: readonly string[]): SetPartial {
  const set = new HyperLogLog();
  for (const member of members) {
    const bytes = new TextEncoder().encode(member);
    set.add(bytes, 0, bytes.length);
  }
  return { type: MetricType.Set, members: set };
}

describe('merging partials', () => {
  it('adds counters up', () => {
    const into = { type: MetricType.Counter, sum: 1.5, samples: 2 };
    mergePartial(into, { type: MetricType.Counter, sum: 2, samples: 1 });
    expect(into).to.deep.equal({ type: MetricType.Counter, sum: 3.5, samples: 3 });
  });

  it('keeps the later gauge value, whichever is merged into which', () => {
    const early = gauge(10, 1000);
    mergePartial(early, gauge(-3, 2000));
    const late = gauge(-3, 2000);
    mergePartial(late, gauge(10, 1000));
    const both = { last: -3, lastAtMs: 2000, min: -3, max: 10, sum: 7, samples: 2 };
    expect(early).to.include(both);
    expect(late).to.include(both);
  });

  it('makes of two timers what one would have been', () => {
    const low = Array.from({ length: 2000 }, (_, i) => i + 1);
    const high = Array.from({ length: 500 }, (_, i) => 10_000 + i);
    const into = timerOf(low);
    mergePartial(into, timerOf(high));
    const whole = timerOf([...low, ...high]);
    expect(into).to.include({ samples: 2500, count: 2500, sum: whole.sum, min: 1, max: 10_499 });
    expect(Buffer.from(into.sketch.encode())).to.deep.equal(Buffer.from(whole.sketch.encode()));
  });

  it('counts members of two sets once', () => {
    const into = setOf(['a', 'b', 'c']);
    mergePartial(into, setOf(['b', 'c', 'd']));
    expect(into.members.estimate()).to.equal(4);
  });

  it('leaves what is merged from as it was', () => {
    const from = timerOf([1, 2, 3]);
    const before = Buffer.from(from.sketch.encode());
    mergePartial(timerOf([9]), from);
    expect(from).to.include({ samples: 3, count: 3, sum: 6, min: 1, max: 3 });
    expect(Buffer.from(from.sketch.encode())).to.deep.equal(before);
  });
});
