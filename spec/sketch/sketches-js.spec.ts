import * as rival from '@datadog/sketches-js';
import { expect } from 'chai';
import { DDSketch } from '../../lib/sketch/ddsketch.js';
import { exactQuantile, quantiles } from './accuracy.js';
import { samplesOf } from './distributions.js';

describe('DDSketch beside @datadog/sketches-js', () => {
  it('is as near to the exact quantiles of non-negative samples, before and after merging', () => {
    for (const name of ['uniform', 'lognormal', 'pareto', 'exponential', 'constant']) {
      for (const size of [1, 10, 1000, 50_000]) {
        const values = samplesOf(name, size, 11);
        const [ours, theirs] = [new DDSketch(), new rival.DDSketch({ relativeAccuracy: 0.01 })];
        for (let part = 0; part < 5; part += 1) {
          const [own, other] = [new DDSketch(), new rival.DDSketch({ relativeAccuracy: 0.01 })];
          for (let i = part; i < size; i += 5) {
            own.add(values[i]!, 2);
            other.accept(values[i]!, 2);
          }
          ours.merge(own);
          theirs.merge(other);
        }
        expect(ours.count).to.equal(theirs.count);
        const sorted = Float64Array.from([...values, ...values]).sort();
        for (const q of quantiles) {
          const exact = exactQuantile(sorted, q);
          // Theirs is at the very edge of the bound at times, and rounds.
          expect(theirs.getValueAtQuantile(q), `${name} ${q}`).to.be.within(
            exact * 0.9899999,
            exact * 1.0100001,
          );
          expect(ours.quantile(q), `${name} ${q}`).to.be.within(exact * 0.99, exact * 1.01);
        }
      }
    }
  });
});
