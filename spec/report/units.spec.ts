import { expect } from 'chai';
import type { MetricTypeName } from '../../lib/metric.js';
import { unitOf } from '../../lib/report/units.js';

describe('unitOf', () => {
  for (const [name, type, kind] of [
    ['api.latency', 'timer', 'time'],
    ['api.latency_ms', 'distribution', 'time'],
    ['system_uptime_seconds', 'gauge', 'time'],
    ['disk_busy_ms', 'counter', 'time'],
    ['disk_used', 'gauge', 'bytes'],
    ['nightly.disk_free', 'gauge', 'bytes'],
    ['mem_available', 'gauge', 'bytes'],
    ['swap_total', 'gauge', 'bytes'],
    ['response.bytes', 'timer', 'bytes'],
    ['bytes_sent', 'counter', 'bytes'],
    ['disk_reads', 'counter', 'number'],
    ['members_total', 'gauge', 'number'],
    ['cpu_used_percent', 'gauge', 'percent'],
    ['temperature_celsius', 'gauge', 'celsius'],
    ['system_load_1', 'gauge', 'number'],
    ['items', 'counter', 'number'],
    ['', 'gauge', 'number'],
  ] as const satisfies readonly (readonly [string, MetricTypeName, string])[]) {
    it(`takes the ${type} ${JSON.stringify(name)} for ${kind}`, () => {
      expect(unitOf(name, type).kind).to.equal(kind);
    });
  }

  it('knows how many milliseconds the unit of a name has', () => {
    expect(unitOf('x_seconds', 'timer').factor).to.equal(1000);
    expect(unitOf('x.us', 'gauge').factor).to.equal(0.001);
  });
});
