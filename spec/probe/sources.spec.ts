import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { freemem, loadavg, uptime } from 'node:os';
import { expect } from 'chai';
import { portableCpu } from '../../lib/probe/cpu.js';
import { portableDiskIo } from '../../lib/probe/disk-io.js';
import { portableDisks } from '../../lib/probe/disks.js';
import { portableNetwork } from '../../lib/probe/network.js';
import { portableProcesses } from '../../lib/probe/processes.js';
import type { Reading } from '../../lib/probe/reading.js';
import { hostSources } from '../../lib/probe/sources.js';
import { portableTemperatures } from '../../lib/probe/temperatures.js';

const find = (readings: readonly Reading[], name: string, tag = ''): Reading => {
  const found = readings.find(
    (r) => r.name === name && (tag === '' || r.tags.some(({ value }) => value === tag)),
  );
  if (found === undefined) throw new Error(`no reading ${name} ${tag}`);
  return found;
};
const numberOf = (readings: readonly Reading[], name: string, tag?: string): number =>
  find(readings, name, tag).value;

describe('the sources of this host', () => {
  let first: Reading[];
  let second: Reading[];
  /** What the operating system said just before and just after the second reading: other programs change it. */
  let system: { readonly load: readonly number[]; readonly available: number }[];

  before(async () => {
    const sources = hostSources();
    const read = async () => (await Promise.all(sources.map((source) => source.read()))).flat();
    first = await read();
    // Time for the clock ticks that processors are accounted in.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const said = () => ({ load: loadavg(), available: freemem() });
    const asked = said();
    second = await read();
    system = [asked, said()];
  });

  /** That a reading lies between what the operating system said before and after, give or take. */
  function expectBetween(value: number, said: readonly number[], slack: number): void {
    expect(value).to.be.within(Math.min(...said) - slack, Math.max(...said) + slack);
  }

  it('keep the ancestor’s names', () => {
    const names = ['disk_used', 'disk_free', 'disk_total', 'mem_used', 'mem_available', 'mem_total'];
    for (const name of [...names, 'system_load_1', 'system_load_5', 'system_load_15']) {
      expect(numberOf(first, name), name).to.be.at.least(0);
    }
  });

  it('are all numbers, each reading with a name and tags of its own', () => {
    expect(second.filter(({ value }) => !Number.isFinite(value))).to.deep.equal([]);
    const keys = second.map(({ name, tags }) => JSON.stringify([name, tags]));
    expect(new Set(keys).size).to.equal(keys.length);
  });

  it('do not swap the load averages', () => {
    ['1', '5', '15'].forEach((minutes, i) => {
      const said = system.map(({ load }) => load[i]!);
      expectBetween(numberOf(second, `system_load_${minutes}`), said, 0.01);
    });
  });

  it('agree with the operating system about memory, time and processors', () => {
    const all = numberOf(second, 'mem_total');
    expect(numberOf(second, 'mem_used') + numberOf(second, 'mem_available')).to.equal(all);
    // What Node calls free is what a program could have: on Linux, caches that can be given up count.
    const available = system.map((said) => said.available);
    expectBetween(numberOf(second, 'mem_available'), available, all / 10);
    expect(numberOf(second, 'system_uptime_seconds')).to.be.closeTo(uptime(), 60);
    expect(numberOf(second, 'cpu_used_percent')).to.be.within(0, 100);
  });
});

describe('the sources that read /proc', () => {
  const isLinux = process.platform === 'linux';
  let own: Reading[];

  before(async function () {
    if (!isLinux) this.skip();
    own = (await Promise.all(hostSources('linux').map((source) => source.read()))).flat();
  });

  it('agree with df about the root', () => {
    const [, line] = execFileSync('df', ['-B1', '--output=size,used,avail', '/'], { encoding: 'utf8' }).split(
      '\n',
    );
    const [size, used, avail] = line!.trim().split(/\s+/).map(Number);
    expect(numberOf(own, 'disk_total', '/')).to.equal(size);
    expect(numberOf(own, 'disk_used', '/')).to.be.closeTo(used!, size! / 20);
    expect(numberOf(own, 'disk_free', '/')).to.be.closeTo(avail!, size! / 20);
  });

  it('agree with /proc/meminfo about memory', () => {
    const kib = Number(/^MemTotal: +(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]);
    expect(numberOf(own, 'mem_total')).to.equal(kib * 1024);
  });

  it('agree with their portable twins', async () => {
    const twins = [portableDisks(), portableNetwork(), portableCpu(), portableProcesses(), portableDiskIo()];
    const other = (await Promise.all(twins.map((source) => source.read()))).flat();
    const later = (await Promise.all(hostSources('linux').map((source) => source.read()))).flat();

    expect(numberOf(other, 'disk_total', '/')).to.equal(numberOf(own, 'disk_total', '/'));
    expect(numberOf(other, 'cpu_count')).to.equal(numberOf(own, 'cpu_count'));
    // The twin's shells are processes themselves, and other programs come and go.
    expect(numberOf(other, 'processes_total')).to.be.closeTo(numberOf(own, 'processes_total'), 50);
    for (const name of ['network_rx_bytes', 'network_tx_bytes', 'network_rx_errors', 'network_tx_drops']) {
      const between = [numberOf(own, name, 'lo'), numberOf(later, name, 'lo')] as const;
      expect(numberOf(other, name, 'lo'), name).to.be.within(...between);
    }
    const kinds = (readings: readonly Reading[]) => new Map(readings.map(({ name, kind }) => [name, kind]));
    for (const [name, kind] of kinds(other)) expect(kinds(own).get(name) ?? kind, name).to.equal(kind);
  });

  it('have a portable twin for temperatures that says nothing where nothing is known', async () => {
    const readings = await portableTemperatures().read();
    expect(readings.filter(({ value }) => !Number.isFinite(value))).to.deep.equal([]);
  });
});
