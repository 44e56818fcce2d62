import { expect } from 'chai';
import { UsageError } from '../../lib/errors.js';
import { performanceUnit, readMeasure } from '../../lib/report/measure.js';
import { unitOf } from '../../lib/report/units.js';

describe('a measure', () => {
  for (const [name, type, text, value] of [
    ['latency', 'timer', '250', 250],
    ['latency', 'timer', '0.25s', 250],
    ['wait_seconds', 'gauge', '250ms', 0.25],
    ['wait_us', 'distribution', '2 ms', 2_000],
    ['body_bytes', 'distribution', '4KiB', 4_096],
    ['cpu_percent', 'gauge', '90%', 90],
    ['depth', 'gauge', '-1.5e3', -1_500],
  ] as const) {
    it(`is ${value} for ${text} of ${name}`, () => {
      expect(readMeasure(text, unitOf(name, type), name)).to.be.closeTo(value, 1e-9);
    });
  }

  it('is refused in a unit of something else', () => {
    for (const text of ['5ms', '5parsec', '', 'ms', '1:2']) {
      expect(() => readMeasure(text, unitOf('depth', 'gauge'), 'depth'), text).to.throw(
        UsageError,
        /for depth; give a number without a unit/,
      );
    }
  });
});

describe('the unit of performance data', () => {
  it('is one that Nagios knows', () => {
    expect(performanceUnit(unitOf('latency', 'timer'))).to.deep.equal({ uom: 'ms', factor: 1 });
    expect(performanceUnit(unitOf('wait_seconds', 'gauge'))).to.deep.equal({ uom: 's', factor: 1 });
    expect(performanceUnit(unitOf('wait_ns', 'gauge'))).to.deep.equal({ uom: 'us', factor: 1e-3 });
    expect(performanceUnit(unitOf('cpu_percent', 'gauge')).uom).to.equal('%');
    expect(performanceUnit(unitOf('depth', 'gauge')).uom).to.equal('');
  });
});
