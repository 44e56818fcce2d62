import { mkdirSync, symlinkSync } from 'node:fs';
import { expect } from 'chai';
import { linuxCpu } from '../../lib/probe/cpu.js';
import { linuxDiskIo } from '../../lib/probe/disk-io.js';
import { linuxDisks } from '../../lib/probe/disks.js';
import { linuxNetwork } from '../../lib/probe/network.js';
import { linuxProcesses } from '../../lib/probe/processes.js';
import type { Reading, Source } from '../../lib/probe/reading.js';
import { linuxTemperatures } from '../../lib/probe/temperatures.js';
import { KernelTree } from './kernel-tree.js';

/** Readings as `name{tag values}` and value. */
async function read(source: Source): Promise<Record<string, number>> {
  return Object.fromEntries((await source.read()).map((reading) => [keyOf(reading), reading.value]));
}

function keyOf({ name, tags }: Reading): string {
  return tags.length === 0 ? name : `${name}{${tags.map((tag) => tag.value).join(',')}}`;
}

describe('what the kernel’s files say', () => {
  let tree: KernelTree;
  const files = (contents: Readonly<Record<string, string>>) => {
    tree = new KernelTree(contents);
    return tree.roots;
  };
  afterEach(() => tree.remove());

  it('gives each state’s share of the processors’ time, adding up to 100', async () => {
    const source = linuxCpu(
      files({ 'proc/stat': 'cpu  100 20 50 900 30 0 5 2 10 4\ncpu0 1 2\ncpu1 1 2\nintr 5\n' }),
    );
    expect(await read(source)).to.deep.equal({ cpu_count: 2 });
    // Of 200 ticks: user 60 of which guest 10, nice 20 of which guest 10, system 30, idle 60, iowait 10, steal 20.
    tree.write('proc/stat', 'cpu  160 40 80 960 40 0 5 22 20 14\ncpu0 1 2\ncpu1 1 2\n');
    const shares = await read(source);
    expect(shares).to.deep.equal({
      cpu_count: 2,
      cpu_used_percent: 65,
      cpu_user_percent: 25,
      cpu_nice_percent: 5,
      cpu_system_percent: 15,
      cpu_idle_percent: 30,
      cpu_iowait_percent: 5,
      cpu_irq_percent: 0,
      cpu_softirq_percent: 0,
      cpu_steal_percent: 10,
      cpu_guest_percent: 10,
    });
  });

  it('gives no negative share when a counter goes back, and none when no time has passed', async () => {
    const source = linuxCpu(files({ 'proc/stat': 'cpu  100 0 0 100 50 0 0 0 0 0\ncpu0 1\n' }));
    await source.read();
    expect(await read(source)).to.deep.equal({ cpu_count: 1 });
    tree.write('proc/stat', 'cpu  110 0 0 110 40 0 0 0 0 0\ncpu0 1\n');
    expect(await read(source)).to.include({ cpu_user_percent: 50, cpu_iowait_percent: 0 });
  });

  it('fails on a stat file without processors', async () => {
    const outcome = await linuxCpu(files({ 'proc/stat': 'intr 5\n' }))
      .read()
      .catch((error: Error) => error.message);
    expect(outcome).to.equal('/proc/stat has no line for all processors');
  });

  it('gives transfers of whole disks in bytes, without partitions, loops and memory', async () => {
    const roots = files({
      'proc/diskstats': [
        '   7       0 loop0 9 0 9 9 9 0 9 9 0 9 9',
        ' 259       0 nvme0n1 100 6 2000 17 50 16 1000 78 0 440 27 3 49 65 1 6 4',
        ' 259       1 nvme0n1p1 100 6 2000 17 50 16 1000 78 0 440 27',
        ' 104       0 cciss/c0d0 1 0 2 0 3 0 4 0 0 5 0',
        '',
      ].join('\n'),
    });
    for (const name of ['loop0', 'nvme0n1', 'cciss!c0d0']) tree.write(`sys/block/${name}/size`, '1\n');
    expect(await read(linuxDiskIo(roots))).to.deep.equal({
      'disk_reads{nvme0n1}': 100,
      'disk_read_bytes{nvme0n1}': 1_024_000,
      'disk_writes{nvme0n1}': 50,
      'disk_write_bytes{nvme0n1}': 512_000,
      'disk_busy_ms{nvme0n1}': 440,
      'disk_reads{cciss/c0d0}': 1,
      'disk_read_bytes{cciss/c0d0}': 1024,
      'disk_writes{cciss/c0d0}': 3,
      'disk_write_bytes{cciss/c0d0}': 2048,
      'disk_busy_ms{cciss/c0d0}': 5,
    });
  });

  it('gives both ways of every interface but the ends of containers’ links', async () => {
    const roots = files({
      'proc/net/dev': [
        'Inter-|   Receive                                                |  Transmit',
        ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls',
        '  eth0: 1 2 3 4 0 0 0 0 5 6 7 8 0 0 0 0',
        'br-1a2b:18446744073 2 0 0 0 0 0 0 5 6 0 0 0 0 0 0',
        'veth12ab: 9 9 9 9 0 0 0 0 9 9 9 9 0 0 0 0',
        '',
      ].join('\n'),
    });
    const found = await read(linuxNetwork(roots));
    expect(Object.keys(found)).to.have.lengthOf(16);
    expect(found).to.include({
      'network_rx_bytes{eth0}': 1,
      'network_rx_packets{eth0}': 2,
      'network_rx_errors{eth0}': 3,
      'network_rx_drops{eth0}': 4,
      'network_tx_bytes{eth0}': 5,
      'network_tx_packets{eth0}': 6,
      'network_tx_errors{eth0}': 7,
      'network_tx_drops{eth0}': 8,
      'network_rx_bytes{br-1a2b}': 18446744073,
    });
  });

  it('counts processes and threads', async () => {
    const roots = files({
      'proc/stat': 'cpu 1\nprocesses 500\nprocs_running 3\nprocs_blocked 2\n',
      'proc/loadavg': '0.20 0.18 0.12 1/80 11206\n',
      'proc/1/stat': '',
      'proc/4711/stat': '',
      'proc/self/stat': '',
    });
    expect(await read(linuxProcesses(roots))).to.deep.equal({
      processes_total: 2,
      processes_running: 3,
      processes_blocked: 2,
      threads_total: 80,
    });
  });

  it('gives every sensor’s temperature, chips of one name told apart by their device', async () => {
    const roots = files({
      'sys/class/hwmon/hwmon0/name': 'k10temp\n',
      'sys/class/hwmon/hwmon0/temp1_input': '48250\n',
      'sys/class/hwmon/hwmon0/temp1_label': 'Tctl\n',
      'sys/class/hwmon/hwmon1/name': 'nvme\n',
      'sys/class/hwmon/hwmon1/temp1_input': '-5500\n',
      'sys/class/hwmon/hwmon1/temp1_label': 'Sensor 1\n',
      'sys/class/hwmon/hwmon2/name': 'nvme\n',
      'sys/class/hwmon/hwmon2/temp1_input': '36000\n',
      'sys/class/hwmon/hwmon3/name': 'acpi_fan\n',
      'sys/class/thermal/thermal_zone0/temp': '1000\n',
    });
    symlinkSync('../../nvme0', tree.path('sys/class/hwmon/hwmon1/device'));
    symlinkSync('../../nvme1', tree.path('sys/class/hwmon/hwmon2/device'));
    // A sensor that is there and cannot be read, as one of a sleeping device.
    mkdirSync(tree.path('sys/class/hwmon/hwmon2/temp2_input'));
    expect(await read(linuxTemperatures(roots))).to.deep.equal({
      'temperature_celsius{k10temp,Tctl}': 48.25,
      'temperature_celsius{nvme-nvme0,Sensor_1}': -5.5,
      'temperature_celsius{nvme-nvme1,temp1}': 36,
    });
  });

  it('gives thermal zones where there are no chips, and nothing where there is neither', async () => {
    const roots = files({
      'sys/class/thermal/thermal_zone0/temp': '51000\n',
      'sys/class/thermal/thermal_zone0/type': 'cpu-thermal\n',
      'sys/class/thermal/cooling_device0/type': 'fan\n',
    });
    expect(await read(linuxTemperatures(roots))).to.deep.equal({
      'temperature_celsius{thermal_zone0,cpu-thermal}': 51,
    });
    expect(await read(linuxTemperatures({ ...roots, sys: '/nowhere' }))).to.deep.equal({});
  });

  it('names a disk as the kernel does, and passes over mounts that are gone or single files', async () => {
    const roots = files({ 'mounted/x': '' });
    const line = (id: string, point: string) => `1 0 ${id} / ${point} rw - ext4 /dev/mapper/vg-root rw\n`;
    tree.write(
      'proc/self/mountinfo',
      line('253:0', tree.path('mounted')) +
        line('253:1', tree.path('gone')) +
        line('253:2', tree.path('mounted/x')) +
        line('253:3', '/'),
    );
    mkdirSync(tree.path('sys/dev/block'), { recursive: true });
    symlinkSync('../../devices/virtual/block/dm-0', tree.path('sys/dev/block/253:0'));
    const found = await linuxDisks(roots).read();
    expect(found.filter(({ name }) => name === 'disk_used').map(({ tags }) => tags)).to.deep.equal([
      [
        { key: 'device', value: 'dm-0' },
        { key: 'mount', value: tree.path('mounted') },
      ],
      [
        { key: 'device', value: 'mapper/vg-root' },
        { key: 'mount', value: '/' },
      ],
    ]);
  });
});
