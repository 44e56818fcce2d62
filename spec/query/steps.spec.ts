import { expect } from 'chai';
import { equalSteps, oneStep } from '../../lib/query/steps.js';

describe('equalSteps', () => {
  it('start at multiples of their length and follow each other', () => {
    const steps = equalSteps(300_000);
    expect(steps.startOf(1_000_000)).to.equal(900_000);
    expect(steps.startOf(900_000)).to.equal(900_000);
    expect(steps.endOf(900_000)).to.equal(1_200_000);
    expect(steps.startOf(1_199_999)).to.equal(900_000);
  });
});

describe('oneStep', () => {
  it('is the window itself', () => {
    const steps = oneStep({ sinceMs: 5, untilMs: 99 });
    expect(steps.startOf(42)).to.equal(5);
    expect(steps.endOf(5)).to.equal(99);
  });
});
