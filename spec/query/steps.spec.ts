import { expect } from 'chai';
import { parseStep } from '../../lib/query/parse-step.js';
import { alignmentIn, equalSteps, oneStep } from '../../lib/query/steps.js';
import { inZone } from './zone.js';

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

describe('the alignment of spans', () => {
  const hourMs = 3_600_000;
  const window = { sinceMs: Date.UTC(2026, 2, 20, 5, 17), untilMs: Date.UTC(2026, 3, 8, 3) };
  const alignmentOf = (zone: string, step: string) =>
    inZone(zone, () => alignmentIn(window, parseStep(step)));

  it('is what the local days of a zone have in common, whatever its clocks do', () => {
    expect(alignmentOf('UTC', '1d')).to.equal(24 * hourMs);
    expect(alignmentOf('Europe/Berlin', '1d')).to.equal(hourMs);
    expect(alignmentOf('Asia/Kolkata', '1d') % (hourMs / 2)).to.equal(0);
    expect(alignmentOf('Asia/Kolkata', '1d') % hourMs).to.equal(hourMs / 2);
    expect(alignmentOf('Asia/Kathmandu', '1h')).to.equal(hourMs / 4);
    expect(alignmentOf('Europe/Berlin', '1h')).to.equal(hourMs);
  });

  it('is no matter where one span holds all of the window', () => {
    expect(alignmentIn(window, oneStep(window))).to.equal(Number.POSITIVE_INFINITY);
  });

  it('is not looked for among very many', () => {
    expect(alignmentOf('UTC', '1s')).to.equal(1);
  });
});
