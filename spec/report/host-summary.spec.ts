import { expect } from 'chai';
import type { HostGauge } from '../../lib/query/host-gauges.js';
import { hostFacts } from '../../lib/report/host-summary.js';

function gauge(host: string, name: string, value: number, mount = ''): HostGauge {
  return { host, name, value, mount, timeMs: 0 };
}

describe('hostFacts', () => {
  it('tells cpu, load, memory and the fullest disk', () => {
    const gauges = [
      gauge('web1', 'cpu_used_percent', 31.5),
      gauge('web1', 'cpu_count', 2),
      ...[1, 5, 15].map((minutes) => gauge('web1', `system_load_${minutes}`, minutes / 10)),
      gauge('web1', 'mem_used', 3 * 2 ** 30),
      gauge('web1', 'mem_total', 4 * 2 ** 30),
      gauge('web1', 'disk_used', 10, '/'),
      gauge('web1', 'disk_total', 100, '/'),
      gauge('web1', 'disk_used', 9 * 2 ** 20, '/data'),
      gauge('web1', 'disk_total', 10 * 2 ** 20, '/data'),
    ];
    expect(hostFacts(gauges)).to.deep.equal([
      [
        'web1',
        'cpu 31.5 %',
        'load 0.10 0.50 1.50 on 2 cpus',
        'memory 75 % of 4 GiB',
        'disk /data 90 % of 10 MiB',
      ],
    ]);
  });

  it('tells what is known of several hosts, and how many more there are', () => {
    const gauges = ['d', 'c', 'b', 'a'].map((host) => gauge(host, 'cpu_used_percent', 5));
    expect(hostFacts(gauges)).to.deep.equal([
      ['a', 'cpu 5 %'],
      ['b', 'cpu 5 %'],
      ['c', 'cpu 5 %'],
      ['hosts beside these: 1'],
    ]);
    expect(hostFacts([gauge('a\u001b', 'mem_used', 5)])).to.deep.equal([]);
  });
});
