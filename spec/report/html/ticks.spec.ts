import { expect } from 'chai';
import { incrementsOf } from '../../../lib/report/html/browser/ticks.js';

describe('the ticks of a chart', () => {
  it('are round in what they are written in, and in the unit of the series', () => {
    expect(incrementsOf({ kind: 'time', factor: 1000 }).incrs).to.include.members([
      0.5, 15, 1800, 10_800, 86_400,
    ]);
    expect(incrementsOf({ kind: 'time', factor: 1 }).incrs).to.include.members([0.2, 1, 30_000, 1_800_000]);
    expect(incrementsOf({ kind: 'bytes', factor: 1 }).incrs).to.include.members([
      1,
      512,
      1024,
      256 * 2 ** 20,
    ]);
    expect(incrementsOf({ kind: 'number', factor: 1 })).to.deep.equal({});
  });

  it('come in rising order, as uPlot wants them', () => {
    for (const kind of ['time', 'bytes'] as const) {
      const { incrs = [] } = incrementsOf({ kind, factor: 1 });
      expect(incrs).to.deep.equal(incrs.toSorted((a, b) => a - b));
    }
  });
});
